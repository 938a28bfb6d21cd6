"""The one-page report of a result."""

from kidorui.report.page import page

__all__ = ["page"]
