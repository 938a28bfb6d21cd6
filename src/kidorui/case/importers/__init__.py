"""Published files as they are, to observations of a case with source and licence."""

from kidorui.case.importers.importing import Format, Imported, import_file
from kidorui.case.importers.rows import LeftOut

__all__ = ["Format", "Imported", "LeftOut", "import_file"]
