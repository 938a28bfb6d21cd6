"""Single cells: from what a file holds to text, from text to what a column holds."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from typing import TypeAlias

from kidorui.case.faults import Unreadable, accept
from kidorui.case.schema import Column

Reader: TypeAlias = Callable[[str], object]

UNCOMPUTED = "#UNCOMPUTED!"
"""Stands for a formula of a workbook whose value was never computed."""

LONGEST = 10_000
"""Most characters of a cell."""

ID_FORM = "letters, digits and _ . + - (at most 64, the first a letter or digit)"

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]{0,63}")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}([,' _\u00a0\u2009\u202f]\d{3})+(\.\d+)?", re.ASCII)
_NO_NUMBER = re.compile(r"[+-]?(nan|inf|infinity|n/?a|null|none|-+|–|—)", re.IGNORECASE)
_EXCEL_ERROR = re.compile(
    r"#(DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!|SPILL!|CALC!|FIELD!|BLOCKED!|GETTING_DATA)"
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_YES = {"yes": True, "true": True, "no": False, "false": False}


def to_cell(value: object) -> str:
    """Text of a value from a workbook, a Parquet file or TOML, as it would stand in a CSV file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Iterable):
        return ";".join(map(to_cell, value))
    return str(value)


def number_text(value: float) -> str:
    """The shortest text that reads back as the same number; "" where it is missing."""
    if value != value:
        return ""
    return str(int(value)) if abs(value) < 1e15 and value == int(value) else repr(value)


def clean(text: str) -> str:
    """Text without blanks around it, its lines ended in one way."""
    text = text.strip()
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def reader_of(column: Column, factor: float = 1.0) -> Reader:
    """A function that reads a cell of the column; it raises Unreadable.

    factor: what turns a number as written into the column's unit.
    """
    if column.is_number:
        read = _number_reader(column, factor)
    elif column.is_list and column.unit:
        read = _list_reader(_number_reader(column, factor))
    elif column.is_list:
        read = _list_reader(_read_text if column.reference else _read_id_or_all)
    elif column.is_bool:
        read = _read_bool
    elif column.choices:
        read = _choice_reader(column)
    elif column.type == "id" and not column.reference:
        read = _read_id
    else:
        read = _read_text
    return _guarded(read)


def _guarded(read: Reader) -> Reader:
    """Refuse first what no column takes."""

    def guarded(text: str) -> object:
        if text == UNCOMPUTED:
            raise Unreadable(
                "a formula that was never computed", "open and save the workbook, or write a value"
            )
        if _EXCEL_ERROR.fullmatch(text):
            raise Unreadable(f"the error {text}", "a value")
        control = _CONTROL.search(text)
        if control:
            raise Unreadable(f"the control character {control.group()!r}", "printable text")
        if len(text) > LONGEST:
            raise Unreadable(f"{len(text):,} characters", f"at most {LONGEST:,}")
        return read(text)

    return guarded


def _number_reader(column: Column, factor: float) -> Reader:
    unit = f" {column.unit}" if column.unit not in ("", "1") else ""
    whole = column.type == "integer" or (column.unit == "yr" and column.is_list)

    def read(text: str) -> float:
        # as many digits as a spreadsheet keeps, so that a workbook gives back the same number
        value = float(f"{_read_number(text) * factor:.15g}")
        if math.isinf(value):
            raise Unreadable(f"{text} is too large", "a finite number")
        if not column.min <= value <= column.max:
            raise Unreadable(f"{number_text(value)}{unit} is out of range", span(column) + unit)
        if whole and not value.is_integer():
            raise Unreadable(f"{text} is no whole number", "a whole number")
        return value

    return read


def span(column: Column) -> str:
    """The numbers a column accepts, in words without the unit."""
    low, high = number_text(column.min), number_text(column.max)
    if math.isinf(column.min):
        return "any number" if math.isinf(column.max) else f"at most {high}"
    return f"at least {low}" if math.isinf(column.max) else f"{low} to {high}"


def _read_number(text: str) -> float:
    if _NUMBER.fullmatch(text):
        return float(text)
    if _NO_NUMBER.fullmatch(text):
        raise Unreadable(f"{text!r} is no number", "a number, or nothing where it is missing")
    if _GROUPED.fullmatch(text):
        plain = re.sub(r"[^\d.+-]", "", text)
        raise Unreadable(f"{text!r} is no number", f"write {plain}")
    if text.endswith("%"):
        raise Unreadable(f"{text!r} is no number", "a number; a unit stands in the header")
    raise Unreadable(f"{text!r} is no number", "a number such as 1234.5 or 1e3")


def _list_reader(read: Reader) -> Reader:
    def read_list(text: str) -> tuple[object, ...]:
        items = [item.strip() for item in text.split(";")]
        if "" in items:
            raise Unreadable(f"an empty item in {text!r}", "items separated by one ;")
        twice = [item for item in dict.fromkeys(items) if items.count(item) > 1]
        values = tuple(read(item) for item in items)
        if twice and isinstance(values[0], str):
            raise Unreadable(f"{twice[0]} twice", "each item once")
        return values

    return read_list


def _read_bool(text: str) -> bool:
    if text.casefold() not in _YES:
        raise Unreadable(f"{text!r}", "yes or no")
    return _YES[text.casefold()]


def _choice_reader(column: Column) -> Reader:
    def read(text: str) -> str:
        if text not in column.choices:
            choices = f"one of {', '.join(column.choices)}"
            raise Unreadable(f"{text!r}", accept(choices, text, column.choices, listed=False))
        return text

    return read


def _read_id(text: str) -> str:
    if not _ID.fullmatch(text):
        raise Unreadable(f"{text!r} is no id", ID_FORM)
    return text


def _read_id_or_all(text: str) -> str:
    return text if text == "*" else _read_id(text)


def _read_text(text: str) -> str:
    return text
