"""One fact counts once: what a data set says again, of the same thing, is left out and told.

Two figures of one thing from two publishers are two measurements, and their mean is nearer to
the truth than either. Two editions of one data set are not, nor a total beside all that it is the
sum of, nor a share beside the flows that it was divided from: counted as independent they would
make the standard errors too small and hold up each other in the test for gross errors.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from kidorui.case import Case
from kidorui.studies.calibration.terms import Seen
from kidorui.studies.reconcile.assumed import LEAST

MADE_FROM: Mapping[str, str] = {"baci": "comtrade"}
"""Data sets that are made from another: BACI reconciles what both sides report to Comtrade."""

ROUNDED = 1e-3
"""Part of a total by which the sum of its parts may be off by rounding: one standard error."""


@dataclass(frozen=True)
class Figure:
    """An observation of the network's own places: one of the case, or the sum of several.

    `error` is its standard error in its own unit, `assumed` whether it was not stated;
    `data_set` whose it is, and `parts` the observations it was summed from. Imports from all are
    without those from the origins in `but`.
    """

    id: str
    seen: Seen
    value: float
    error: float
    assumed: bool
    confidence: str
    source: str
    data_set: str
    note: str
    parts: tuple[str, ...] = ()
    but: tuple[str, ...] = ()


@dataclass(frozen=True)
class Restated:
    """A figure that says again what others say, and in words which."""

    figure: Figure
    why: str


def data_sets(case: Case) -> Mapping[str, str]:
    """The data set of every source: of kind dataset the first word of its id, else itself.

    `baci-2024` and `baci-hs92-v202501` are editions of one.
    """
    sources = case.table("sources")
    return {
        str(name): str(name).split("-")[0] if kind == "dataset" else str(name)
        for name, kind in zip(sources["id"], sources["kind"], strict=True)
    }


def thing(seen: Seen) -> Seen:
    """What is observed: with customs codes these say which goods, whatever the row calls them."""
    return replace(seen, goods="") if seen.basis.hs else seen


def once(found: Sequence[Figure]) -> tuple[list[Figure], list[Restated]]:
    """Of each thing one source of a data set: the last in the order given.

    Nothing of a data set counts where one that is made from it tells the thing. Rows of one
    source stay, as reports of both sides of a border do.
    """
    groups: dict[Seen, list[Figure]] = {}
    for figure in found:
        groups.setdefault(thing(figure.seen), []).append(figure)
    again: dict[int, Restated] = {}
    for told in groups.values():
        last = {figure.data_set: figure for figure in told}
        for figure in told:
            counts = last[figure.data_set]
            made = next((n for n, of in MADE_FROM.items() if of == figure.data_set), "")
            if made in last:
                why = f"{last[made].source} is made from it, and counts ({last[made].id})"
            elif counts.source != figure.source:
                why = f"told again by {counts.source}, which counts ({counts.id})"
            else:
                continue
            again[id(figure)] = Restated(figure, why)
    return [figure for figure in found if id(figure) not in again], list(again.values())


def without_sums(found: Sequence[Figure]) -> tuple[list[Figure], list[Restated]]:
    """Imports from all less those from partners that the same data set tells, as what is left.

    Shares of imports that are flows of the same data set divided by each other are left out.
    """
    flows = _flows_by_thing(found)
    counted, again = [], []
    for figure in found:
        if figure.seen.kind == "flow" and not figure.seen.origin:
            partners = [
                one
                for (data_set, seen), one in flows.items()
                if data_set == figure.data_set
                and seen.origin
                and replace(seen, origin="") == thing(figure.seen)
            ]
            counted.append(_rest(figure, partners) if partners else figure)
        elif codes := _divided_from(figure, flows):
            told = " and ".join(codes)
            why = f"follows from flows of HS {told} of {figure.source}, which count"
            again.append(Restated(figure, why))
        else:
            counted.append(figure)
    return counted, again


def _flows_by_thing(found: Iterable[Figure]) -> Mapping[tuple[str, Seen], Figure]:
    """Flows by their data set and what they are of."""
    return {
        (figure.data_set, thing(figure.seen)): figure
        for figure in found
        if figure.seen.kind == "flow"
    }


def _rest(total: Figure, partners: Sequence[Figure]) -> Figure:
    """What came from all but these partners, within its own error and that of rounding."""
    rest = total.value - sum(one.value for one in partners)
    rounding = ROUNDED * abs(total.value)
    if total.assumed:
        error = total.error * abs(rest) / abs(total.value) if total.value else total.error
    else:
        error = float(np.sqrt(max(total.error**2 - sum(one.error**2 for one in partners), 0.0)))
    said = f"{total.value:,.6g} from all, less what {len(partners)} partners sent"
    return replace(
        total,
        value=rest,
        error=max(float(np.hypot(error, rounding)), LEAST),
        but=tuple(sorted(one.seen.origin for one in partners)),
        note=f"{said}; {total.note}" if total.note else said,
    )


def _divided_from(share: Figure, flows: Mapping[tuple[str, Seen], Figure]) -> tuple[str, ...]:
    """Customs codes of a share of imports whose parts and wholes its data set tells; or none."""
    seen = share.seen
    if seen.kind != "share" or not seen.origin or not seen.basis.hs:
        return ()
    measure = "value" if seen.basis.measure == "value" else "gross"
    told = {
        (of.origin, code)
        for data_set, of in flows
        if data_set == share.data_set and of.place == seen.place and of.basis.measure == measure
        for code in of.basis.hs
    }
    wanted = {(origin, code) for origin in (seen.origin, "") for code in seen.basis.hs}
    return seen.basis.hs if wanted <= told else ()
