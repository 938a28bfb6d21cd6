"""How far the focus place depends on the controlling one, at each stage, direct and behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.case import Case
from kidorui.network import Network
from kidorui.network.trace import Mixing
from kidorui.program import Solution
from kidorui.program.operation import shipped
from kidorui.studies.base_year import served_by_demand
from kidorui.studies.moments import NO_EVENT, Moment
from kidorui.studies.solved import Solved

FloatArray = npt.NDArray[np.float64]

GOODS: Mapping[str, tuple[str, ...]] = {
    "mine": ("ore", "concentrate", "carbonate"),
    "separation": ("oxide",),
    "metal": ("metal",),
    "magnet": ("magnet",),
}
"""Goods that each stage of plants hands on."""

GROUPS = ("light", "heavy")
BASE_YEAR = "base year"
DIRECT, LOOK_THROUGH = "direct", "look-through"

_NOTHING = 1e-6
"""t/yr of content below which there is nothing to share out."""


@dataclass(frozen=True)
class Lens:
    """What shares are counted by on one network.

    `used` (group: demand) is content of what the focus place uses; `imported` ((stage, group):
    link) content of what crosses its border as goods of a stage; `theirs` (link) tells what is
    shipped from the controlling place.
    """

    network: Network
    used: Mapping[str, FloatArray]
    imported: Mapping[tuple[str, str], FloatArray]
    theirs: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, network: Network) -> Lens:
        """Look the contents and borders of a network up, once."""
        case, links, demands = network.case, network.links, network.demands
        focus, home = case.settings.focus, home_places(case)
        here = (demands["place"] == focus).to_numpy()
        crosses = (links["destination"].isin(home) & ~links["origin"].isin(home)).to_numpy()
        stages = links["material"].map(case.table("materials").set_index("id")["stage"])
        carried, wanted = (network.content_of(t["material"]) for t in (links, demands))
        groups = {g: network.element_group(g) for g in GROUPS}
        return cls(
            network,
            used={g: wanted[:, of_group].sum(axis=1) * here for g, of_group in groups.items()},
            imported={
                (stage, g): carried[:, of_group].sum(axis=1) * (stages.isin(goods) & crosses)
                for stage, goods in GOODS.items()
                for g, of_group in groups.items()
            },
            theirs=(links["origin"] == case.settings.control).to_numpy(),
        )

    def shares(self, solution: Solution, nodes: FloatArray) -> list[dict[str, object]]:
        """Rows stage, group, basis, share of a solution's flows, averaged over nodes."""
        values = {**solution.values, "shipment": shipped(self.network, solution.values)}
        blocks = ("activity", "shipment", "relabel", "unexplained")
        flows = [nodes @ values[block] for block in blocks]
        served = nodes @ served_by_demand(self.network, solution)
        saving = self.network.savings["demand"].to_numpy()
        np.subtract.at(served, saving, nodes @ solution.values["saved"])
        pool = self.network.demands["pool"].to_numpy()
        mixing = {group: Mixing.of(self.network, *flows, group=group) for group in GROUPS}
        control = self.network.case.settings.control
        rows: list[dict[str, object]] = []
        for (stage, group), content in self.imported.items():
            direct = _share(flows[blocks.index("shipment")] * content, self.theirs)
            behind = mixing[group].share_through(stage, control)
            through = _share(np.clip(served, 0, None) * self.used[group], behind[pool])
            for basis, share in ((DIRECT, direct), (LOOK_THROUGH, through)):
                rows.append({"stage": stage, "group": group, "basis": basis, "share": share})
        return rows


def dependence(solved: Solved, moments: Sequence[Moment]) -> pd.DataFrame:
    """One row per stage, group, basis and moment: shares in the base year, with and without."""
    base = Lens.of(solved.base.network).shares(solved.base.solution, np.ones(1))
    first = solved.case.settings.base_year
    tables = [pd.DataFrame(base).assign(year=first, state=NO_EVENT, plan=BASE_YEAR)]
    lens = Lens.of(solved.network)
    for name, solution in solved.both.items():
        for moment in moments:
            rows = pd.DataFrame(lens.shares(solution, moment.share))
            tables.append(rows.assign(year=moment.year, state=moment.state, plan=name))
    table = pd.concat(tables, ignore_index=True)
    table["ceiling"] = ceilings(solved.case, table)
    table["above"] = (table["share"] > table["ceiling"] + 1e-6).astype(bool)
    return table


def home_places(case: Case) -> list[str]:
    """The places of the focus place's country."""
    country = countries(case)
    return [place for place, first in country.items() if first == country[case.settings.focus]]


def countries(case: Case) -> dict[str, str]:
    """Of every place the first place of its country (`iso3`).

    One that stands for several countries, or for one that is not named, is a country of its own.
    """
    first: dict[str, str] = {}
    places = case.table("places")[["id", "iso3", "covers"]]
    return {
        place: place if len(covers) or not iso3 else first.setdefault(iso3, place)
        for place, iso3, covers in places.itertuples(index=False)
    }


def ceilings(case: Case, table: pd.DataFrame) -> FloatArray:
    """The strictest ceiling on each row's share (NaN: none), among the policies of the case."""
    s, policies = case.settings, case.table("policies")
    theirs = (policies["origin"] == s.control) | (policies["origin"] == "")
    stage_of = case.table("materials").set_index("id")["stage"]
    ceiling = np.full(len(table), np.nan)
    mine = policies[(policies["kind"] == "share") & (policies["place"] == s.focus) & theirs]
    for _, policy in mine.iterrows():
        goods = stage_of.get(policy["goods"], policy["goods"])
        fits = table["stage"].isin([stage for stage, made in GOODS.items() if goods in made])
        fits &= (table["basis"] == policy["basis"]) & (table["year"] >= policy["start"])
        if policy["group"] != "both":
            fits &= table["group"] == policy["group"]
        ceiling = np.where(fits, np.fmin(ceiling, float(policy["bound"])), ceiling)
    return ceiling


def _share(amount: FloatArray, part: FloatArray | npt.NDArray[np.bool_]) -> float:
    """Mean of `part` weighted by `amount`; NaN where there is no amount to speak of."""
    whole = float(amount.sum())
    return float(amount @ part) / whole if whole > _NOTHING else float("nan")
