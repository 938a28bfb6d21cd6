"""Customs codes as the table of materials writes them."""

from __future__ import annotations


def customs_codes(cell: str) -> tuple[str, ...]:
    """The codes of a cell of `materials.hs`, digits alone: `2846.90; 2805.30` has two."""
    parts = (part.strip() for part in cell.replace(".", "").split(";"))
    return tuple(part for part in parts if part)
