"""Where what the focus place uses was mined, separated and made, over any number of borders."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.network.lookthrough import Chain
from kidorui.network.trace import NO_ORIGIN
from kidorui.studies.dependence import GOODS
from kidorui.studies.exposure.elements import ALL, NOT_IDENTIFIED, Told, lumped
from kidorui.studies.exposure.year_flows import YearFlows

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

HOME = "home"
"""In place of a country: what never came in from abroad since the plant it is traced to."""

WITHIN = 1e-9
"""Residual up to which a look-through is told, as a share of the use."""

_NOTHING = 1e-6
"""Content below which a row is not told, t oxide/yr."""


class ResidualError(ArithmeticError):
    """A look-through was not solved well enough to be told."""


@dataclass(frozen=True)
class _Traced:
    """The look-through of one element, as in LookThrough without the axis of names."""

    vias: tuple[str, ...]
    origins: tuple[str, ...]
    amount: FloatArray
    borders: FloatArray
    used: FloatArray
    excess: FloatArray
    residual: float


@dataclass(frozen=True)
class LookThrough(_Traced):
    """What the focus place uses, by where it was traced to.

    `amount` (stage, via, origin, name) in t oxide/yr: `vias` are home and the places from which
    it last came in, `origins` those of the plants of the stage met last, and what else it can come
    of. `borders` (stage, borders, name) is the same by how many borders it crossed since, the last
    for that many or more. `used` (name) is what was traced, `excess` (name) what leaves pools
    beyond what is known to enter them, t oxide/yr; `residual` is the worst of any solve.
    """

    told: Told
    stages: tuple[str, ...]


def look_through(flows: YearFlows) -> LookThrough:
    """Trace all that the focus place uses, element by element; groups are sums of elements.

    Raises ResidualError where a system is too near to being singular to tell shares to 1e-9: a
    circle of flows that all but nothing enters.
    """
    told = Told.of(flows.network)
    elements = range(len(flows.network.elements))
    found = [_of_element(flows, element) for element in elements]
    add = told.members.astype(float)

    def by_name(arrays: list[FloatArray]) -> FloatArray:
        return np.asarray(np.tensordot(np.stack(arrays, axis=-1), add, axes=(-1, 1)))

    residual = max(one.residual for one in found)
    if residual > WITHIN:
        raise ResidualError(
            f"look-through of {flows.year}: residual {residual:.1e} of the use, {WITHIN:g} accepted"
        )
    return LookThrough(
        told=told,
        stages=tuple(GOODS),
        vias=found[0].vias,
        origins=found[0].origins,
        amount=by_name([one.amount for one in found]),
        borders=by_name(_even([one.borders for one in found])),
        used=by_name([one.used for one in found]),
        excess=by_name([one.excess for one in found]),
        residual=residual,
    )


def _of_element(flows: YearFlows, element: int) -> _Traced:
    mixing = flows.by_element[element]
    place = mixing.place
    inside = flows.at_home(place)
    abroad = tuple(sorted(set(place[~inside])))
    column = pd.Index(abroad).get_indexer(pd.Index(place))
    country, _ = pd.factorize(place.where(~inside, HOME))
    use = _content_used(flows, element, len(place))
    at_home = np.where(inside, use, 0.0)
    amounts, borders, residuals = [], [], [0.0]
    chains = {stage: mixing.to_last(stage) for stage in GOODS}
    origins: list[str] = []
    for chain, labels in chains.values():
        origins = [*labels, NO_ORIGIN]
        amount, residual = _by_via(chain, at_home, inside, column, len(abroad))
        crossed, nowhere = chain.borders(at_home, country)
        amounts.append(amount)
        borders.append(crossed.sum(axis=1) + nowhere)
        residuals.append(residual)
    excess = chains["mine"][0].excess(use).sum()
    return _Traced(
        vias=(HOME, *abroad),
        origins=tuple(origins),
        amount=np.array(amounts),
        borders=np.array(_even(borders)),
        used=np.asarray(at_home.sum()),
        excess=np.asarray(excess),
        residual=max(residuals),
    )


def _by_via(
    chain: Chain,
    use: FloatArray,
    inside: npt.NDArray[np.bool_],
    column: IntArray,
    abroad: int,
) -> tuple[FloatArray, float]:
    """(via, origin) t/yr, home first and no known origin last; and the worst residual.

    column: (node) which place abroad it lies in, -1 at home.
    """
    came, own = chain.entry(use, inside)
    entered = np.zeros((len(use), abroad))
    outside = np.flatnonzero(~inside)
    entered[outside, column[outside]] = came[outside]
    behind = chain.behind(entered)
    origins = np.vstack([own.origins, behind.origins.T])
    unknown = np.concatenate([np.atleast_1d(own.unknown), behind.unknown])
    return np.hstack([origins, unknown[:, None]]), max(own.residual, behind.residual)


def _content_used(flows: YearFlows, element: int, nodes: int) -> FloatArray:
    """(node): t/yr of an element in what sectors use of each pool, everywhere."""
    demands = flows.network.demands
    content = flows.network.content_of(demands["material"])[:, element]
    used = np.bincount(demands["pool"], weights=flows.used * content, minlength=nodes)
    return np.asarray(used, dtype=np.float64)


def _even(arrays: list[FloatArray]) -> list[FloatArray]:
    """Arrays of the same length along their last axis, filled up with noughts."""
    longest = max(array.shape[-1] for array in arrays)
    return [
        np.pad(array, [(0, 0)] * (array.ndim - 1) + [(0, longest - array.shape[-1])])
        for array in arrays
    ]


def origins(flows: YearFlows, traced: LookThrough, direct: pd.DataFrame) -> pd.DataFrame:
    """One row per element or group, stage, via and origin of what the focus place uses.

    via `all` adds the others up, and has beside it the `direct` share: of the origin in what is
    imported of the goods of the stage (`direct`: rows of table `shares`). `share` is of all that
    is used, `of_via` of what came that way, `of_stage` of what of that met a plant of the stage
    at all (oxides used as such meet no magnet maker). An element that the data lump with others
    has one row a stage, `not identified`, and no figures.
    """
    every = np.concatenate([traced.amount, traced.amount.sum(axis=1, keepdims=True)], axis=1)
    name, stage, via, origin = np.nonzero(every.transpose(3, 0, 1, 2) > _NOTHING)
    amount = every[stage, via, origin, name]
    plants = np.isin(traced.origins, flows.case.table("places")["id"])
    met = every[:, :, plants].sum(axis=2)
    met = np.where(met > 0, met, np.nan)
    rows = pd.DataFrame(
        {
            "element": np.array(traced.told.names, dtype=object)[name],
            "stage": np.array(traced.stages, dtype=object)[stage],
            "via": np.array([*traced.vias, ALL], dtype=object)[via],
            "origin": np.array(traced.origins, dtype=object)[origin],
            "amount": amount,
            "share": amount / traced.used[name],
            "of_via": amount / every.sum(axis=2)[stage, via, name],
            "of_stage": amount / met[stage, via, name],
        }
    )
    oxide = direct[direct["basis"] == "oxide"].assign(via=ALL)
    keys = ["element", "stage", "via", "origin"]
    rows = rows.merge(
        oxide[[*keys, "share_imports"]].rename(columns={"share_imports": "direct"}),
        on=keys,
        how="left",
    ).assign(identified=True)
    none = lumped(flows.case)[["element"]].merge(pd.DataFrame({"stage": traced.stages}), "cross")
    none = none.assign(via=ALL, origin=NOT_IDENTIFIED, identified=False)
    rows["of_stage"] = rows["of_stage"].where(rows["origin"].isin(flows.case.table("places")["id"]))
    columns = [*keys, "amount", "share", "of_via", "of_stage", "direct", "identified"]
    told = pd.concat([rows, none.reindex(columns=columns)]) if len(none) else rows
    return told[columns].reset_index(drop=True).astype({"identified": bool})


def borders(traced: LookThrough) -> pd.DataFrame:
    """One row per element or group, stage and number of borders crossed since such a plant."""
    name, stage, number = np.nonzero(traced.borders.transpose(2, 0, 1) > _NOTHING)
    amount = traced.borders[stage, number, name]
    return pd.DataFrame(
        {
            "element": np.array(traced.told.names, dtype=object)[name],
            "stage": np.array(traced.stages, dtype=object)[stage],
            "borders": number.astype(int),
            "amount": amount,
            "share": amount / traced.used[name],
        }
    )
