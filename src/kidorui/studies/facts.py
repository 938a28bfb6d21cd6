"""Facts that every answer about a case has beside its tables."""

from __future__ import annotations

from dataclasses import asdict
from importlib.metadata import version
from typing import TYPE_CHECKING

from kidorui.case import Case
from kidorui.results import Json

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def facts(case: Case, options: DataclassInstance) -> dict[str, Json]:
    """Which case was asked, what of it, and by which version."""
    return {
        "title": case.settings.title,
        "case": case.settings.name,
        "case_hash": case.hash,
        "options": asdict(options),
        "kidorui": version("kidorui"),
    }


def seen_from(case: Case) -> dict[str, Json]:
    """The place looked from and the controlling one: their ids and names."""
    names, settings = case.table("places").set_index("id")["name"], case.settings
    return {
        "focus_id": settings.focus,
        "focus": str(names[settings.focus]),
        "control_id": settings.control,
        "control": str(names[settings.control]),
    }


def highs() -> str:
    """The solver that nearly all is solved with."""
    return f"HiGHS {version('highspy')}"
