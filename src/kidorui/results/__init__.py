"""What a study answers: named tables with a declared schema, and facts about the run."""

from kidorui.results.part import Part
from kidorui.results.result import Json, Result, ResultError
from kidorui.results.schema import ResultColumn, ResultTable, arranged, result_schema

__all__ = [
    "Json",
    "Part",
    "Result",
    "ResultColumn",
    "ResultError",
    "ResultTable",
    "arranged",
    "result_schema",
]
