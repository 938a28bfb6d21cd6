"""Results in the forms of other programmes: one module a form, each reading result tables only."""

from kidorui.results.exports.origin import ExportError, Origin

__all__ = ["ExportError", "Origin"]
