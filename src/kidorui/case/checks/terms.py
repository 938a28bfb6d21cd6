"""Whether times lie on the axis, and what a row says of itself fits together."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from kidorui.case.checks.draft import BoolArray, Draft
from kidorui.case.faults import Fault, Severity

CUTS = ("ban", "licence", "quota", "closure", "stop")
"""Kinds of event whose severity is a share cut off."""

_STRIKE_PLANTS = ("stop", "dumping")
"""Kinds of event that may name plants as what they hit."""

_KNOW_USERS = ("ban", "licence", "quota")
"""Kinds of event that may be for some end users alone."""


def check_axis(draft: Draft) -> Iterator[Fault]:
    """Dates that contradict each other or lie where they change nothing."""
    end = draft.year("end")
    last = f"a year before {end}, the end of the axis"
    for name, column in (("projects", "decision"), ("events", "start"), ("policies", "start")):
        if end is not None:
            late = draft.frame(name)[column] >= end
            wrong = f"not before {end}, so it changes nothing"
            yield from _faults(draft, name, column, late, wrong, last)
    for name, first, after in (("plants", "opening", "closing"), ("contracts", "start", "end")):
        frame = draft.frame(name)
        reverse = (frame[after] < frame[first]) & ~draft.bad(name, first)
        yield from _faults(draft, name, after, reverse, f"before {first}", f"not before {first}")
    yield from _contracts_off_axis(draft)
    yield from _extrapolated(draft)


def check_events(draft: Draft) -> Iterator[Fault]:
    """Fields of an event that its kind needs, or cannot have."""
    for column, where, wrong, accepted in _errors_of_events(draft):
        yield from _faults(draft, "events", column, where, wrong, accepted)
    for column, where, wrong in _idle_fields_of_events(draft):
        yield from _faults(draft, "events", column, where, wrong, "blank", "warning")
    yield from _plants_as_goods(draft)
    _check_planned(draft)


def check_policies(draft: Draft) -> Iterator[Fault]:
    """Ceilings that look through to another place than the one whose goods are followed."""
    policies, control = draft.frame("policies"), draft.words("control")
    bad = draft.bad("policies", "basis", "enforced", "kind")
    binds = policies["enforced"] & (policies["kind"] == "share") & ~bad
    other = binds & (policies["basis"] == "look-through") & ~policies["origin"].isin(control)
    if control:
        wrong = "not the controlling place, through whose goods alone a ceiling can look"
        accepted = f"{control[0]}, or the basis direct, or not enforced"
        yield from _faults(draft, "policies", "origin", other, wrong, accepted)


def check_sizes(draft: Draft) -> Iterator[Fault]:
    """Stocks that do not fit, projects whose least size is above their largest."""
    stocks, projects = draft.frame("stockpiles"), draft.frame("projects")
    full = (stocks["initial"] > stocks["capacity"]) & ~draft.bad("stockpiles", "capacity")
    wrong = "above the capacity, which is then taken to be as large"
    least = "at most the capacity"
    yield from _faults(draft, "stockpiles", "initial", full, wrong, least, "warning")
    large = (projects["size_min"] > projects["size_max"]) & ~draft.bad("projects", "size_max")
    yield from _faults(draft, "projects", "size_min", large, "above size_max", "at most size_max")


def _errors_of_events(draft: Draft) -> Iterator[tuple[str, pd.Series, str, str]]:
    """Column, rows at fault, what is wrong there, what is accepted."""
    events = draft.frame("events")
    kind_told, force_told = ~draft.bad("events", "kind"), ~draft.bad("events", "in_force")
    on = events["in_force"] & force_told
    off = ~events["in_force"] & force_told
    acts = (events["kind"] != "surge") & kind_told
    cuts = events["kind"].isin(CUTS) & kind_told
    wrong = "blank, but the event is in force"
    yield "start", on & events["start"].isna(), wrong, "the year it began"
    wrong = "blank, but the event is not in force"
    yield "hazard", off & events["hazard"].isna(), wrong, "the chance per year that it begins"
    wrong = "blank, so the event hits nothing"
    yield "origin", acts & (events["origin"] == ""), wrong, "who acts, or where the plants are"
    yield "severity", cuts & (events["severity_high"] > 1), "more than all", "a share, 0 to 1"
    named = events["users"].map(len) > 0
    alike = named & ~events["kind"].isin(_KNOW_USERS) & kind_told
    wrong = "end users, whom only a ban, licence or quota can tell apart"
    yield "users", alike, wrong, "blank, or another kind of event"
    if control := draft.words("control"):
        other = named & ~alike & ~events["origin"].isin([*control, ""])
        wrong = "not the controlling place, of whose goods alone the end users are followed"
        yield "origin", other, wrong, f"{control[0]}, or no users"


def _idle_fields_of_events(draft: Draft) -> Iterator[tuple[str, pd.Series, str]]:
    """Column, rows in which it changes nothing, and why."""
    events = draft.frame("events")
    on = events["in_force"] & ~draft.bad("events", "in_force")
    kind_told = ~draft.bad("events", "kind")
    surges = (events["kind"] == "surge") & kind_told
    strikes = events["kind"].isin(_STRIKE_PLANTS) & kind_told
    aimed = events["destinations"].map(len) > 0
    yield "hazard", on & events["hazard"].notna(), "without effect: the event is in force"
    yield "origin", surges & (events["origin"] != ""), "without effect on a surge"
    yield "destinations", strikes & aimed, "without effect: plants are hit where they are"


def _faults(
    draft: Draft,
    table: str,
    column: str,
    where: pd.Series | BoolArray,
    wrong: str,
    accepted: str,
    severity: Severity = "error",
) -> Iterator[Fault]:
    """A fault for each row where something holds and the column itself can be read."""
    chosen = np.asarray(where, dtype=bool) & ~draft.bad(table, column)
    for index in np.flatnonzero(chosen).tolist():
        value = draft.frame(table)[column][index]
        told = f"{value:g} is {wrong}" if isinstance(value, float) and value == value else wrong
        yield draft.fault(table, index, column, told, accepted, severity)


def _contracts_off_axis(draft: Draft) -> Iterator[Fault]:
    contracts = draft.frame("contracts")
    end, base = draft.year("end"), draft.year("base_year")
    if end is not None and base is not None:
        off = (contracts["start"] >= end) | (contracts["end"] < base)
        axis = f"years from {base} to {end - 1}"
        wrong = "off the axis, so the contract does nothing"
        yield from _faults(draft, "contracts", "start", off, wrong, axis, "warning")


def _extrapolated(draft: Draft) -> Iterator[Fault]:
    """Demands that are stated for a part of the axis only: their ends are carried on."""
    end, base = draft.year("end"), draft.year("base_year")
    if end is None or base is None:
        return
    keys = ["sector", "place", "material"]
    rows = draft.frame("demands").reset_index(names="position")
    rows["faulty"] = draft.bad("demands", "year", *keys)
    known = rows.groupby(keys, sort=False).agg(
        first=("year", "min"),
        last=("year", "max"),
        faulty=("faulty", "any"),
        at=("position", "first"),
    )
    short = known[~known["faulty"] & ((known["first"] > base) | (known["last"] < end - 1))]
    for first, last, position in zip(short["first"], short["last"], short["at"], strict=True):
        yield draft.fault(
            "demands",
            position,
            "year",
            f"stated for {first:.0f} to {last:.0f}; beyond, the nearest year stands in",
            f"years that cover {base} to {end - 1}",
            "warning",
        )


def _plants_as_goods(draft: Draft) -> Iterator[Fault]:
    events, plants = draft.frame("events"), set(draft.frame("plants")["id"])
    plants -= set(draft.frame("materials")["id"])
    for index, (kind, goods) in enumerate(zip(events["kind"], events["goods"], strict=True)):
        named = [good for good in goods if good in plants]
        if named and kind not in (*_STRIKE_PLANTS, ""):
            wrong = f"{named[0]} is a plant, which a {kind} does not hit"
            yield draft.fault("events", index, "goods", wrong, "materials or stages")


def _check_planned(draft: Draft) -> None:
    """Events the case plans for must be those that may still begin."""
    events = draft.frame("events")
    standing = set(events["id"][events["in_force"] & ~draft.bad("events", "in_force")])
    for name in draft.words("events"):
        for part in [name] if name in standing else name.split("+"):
            if part in standing:
                wrong = f"{part} is in force already, in every scenario"
                draft.settings.blame("events", wrong, "events that may begin")
