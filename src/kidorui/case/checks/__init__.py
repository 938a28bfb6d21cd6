"""What is checked of a case beyond its single cells: table against table."""

from __future__ import annotations

from kidorui.case.checks.balance import check_balance, check_contents
from kidorui.case.checks.draft import Draft
from kidorui.case.checks.observed import check_observations, check_places
from kidorui.case.checks.references import check_references, check_sources
from kidorui.case.checks.supply import (
    check_curves,
    check_demands,
    check_matches,
    check_producers,
)
from kidorui.case.checks.terms import check_axis, check_events, check_policies, check_sizes
from kidorui.case.faults import Fault

__all__ = ["Draft", "check_draft"]

_CHECKS = (
    check_producers,
    check_contents,
    check_balance,
    check_demands,
    check_curves,
    check_matches,
    check_axis,
    check_events,
    check_policies,
    check_sizes,
    check_places,
    check_observations,
    check_sources,
)


def check_draft(draft: Draft) -> list[Fault]:
    """All faults between tables; cells found to refer to nothing are marked as bad."""
    faults = check_references(draft)  # first: what refers to nothing is left aside by the others
    return faults + [fault for check in _CHECKS for fault in check(draft)]
