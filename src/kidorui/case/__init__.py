"""What a user writes: a case as a folder of tables (or a workbook), loaded and checked."""

from kidorui.case.case import Case, check, load
from kidorui.case.customs import customs_codes
from kidorui.case.differences import diff
from kidorui.case.exporting import export
from kidorui.case.faults import CaseError, Fault, Report
from kidorui.case.overlays import bundled
from kidorui.case.places import country_places
from kidorui.case.provenance import sources
from kidorui.case.schema import Column, TableSchema, table_schema, tables
from kidorui.case.settings import Settings, settings_schema
from kidorui.case.starting import new

__all__ = [
    "Case",
    "CaseError",
    "Column",
    "Fault",
    "Report",
    "Settings",
    "TableSchema",
    "bundled",
    "check",
    "country_places",
    "customs_codes",
    "diff",
    "export",
    "load",
    "new",
    "settings_schema",
    "sources",
    "table_schema",
    "tables",
]
