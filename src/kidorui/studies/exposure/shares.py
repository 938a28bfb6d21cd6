"""Shares of each origin in what the focus place imports and in what the world makes, by stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from kidorui.program.blocks import PER_TONNE
from kidorui.studies.dependence import GOODS
from kidorui.studies.exposure.concentration import shares as shares_of
from kidorui.studies.exposure.elements import Told
from kidorui.studies.exposure.year_flows import YearFlows

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

RECYCLING = "recycling"

TRADED: Mapping[str, tuple[str, ...]] = {**GOODS, RECYCLING: ("scrap",)}
"""Goods in whose trade the stages are told: of recycling, what it is fed with."""

MADE: Mapping[str, tuple[str, ...]] = {**GOODS, RECYCLING: ("oxide",)}
"""Goods that plants of each stage make: of recycling, what it gives back."""

BASES: Mapping[str, str] = {"weight": "t/yr", "oxide": "t oxide/yr", "value": "million US$/yr"}
"""Bases of every figure, and the units of its amounts."""

_NOTHING = 1e-6
"""Amounts below this are not told, in the unit of their basis."""


@dataclass(frozen=True)
class Amounts:
    """What is made, traded and used of the goods of each stage, on one basis.

    Arrays are (stage, place, name), a yearly amount in the unit of the basis; stages and places
    in the order of `stages` and `places`, names those of `told`. `imports` come to the focus
    country from the place, `exports` go from it to the place; `used` is what other plants and
    sectors take there; `recovered` what recycling plants make of the goods of a stage.
    """

    basis: str
    stages: tuple[str, ...]
    places: tuple[str, ...]
    told: Told
    made: FloatArray
    recovered: FloatArray
    imports: FloatArray
    exports: FloatArray
    used: FloatArray


class Ledger:
    """Counts the flows of a year by stage, place, element and basis."""

    def __init__(self, flows: YearFlows) -> None:
        self.flows = flows
        self.told = Told.of(flows.network)
        self.stages = tuple(TRADED)
        self.places = tuple(sorted(set(flows.network.pools["place"])))

    def amounts(self, basis: str) -> Amounts:
        """All amounts on one basis: weight, oxide or value.

        Weight and value are those of all goods that hold the element, whole: what of a magnet's
        is due to one of its elements nobody can tell. Value is at base prices; where goods without
        one flow it is missing.
        """
        flows, network, counts = self.flows, self.flows.network, self._counts(basis)
        links, demands = network.links, network.demands
        into, out = flows.at_home(links["destination"]), flows.at_home(links["origin"])
        traded = self._of_stage(links["material"], TRADED)
        served = self._of_stage(demands["material"], TRADED)
        moved = _weighed(flows.shipment, counts(links["material"]))
        wanted = _weighed(flows.used, counts(demands["material"]))
        made = self._made(counts)
        return Amounts(
            basis,
            self.stages,
            self.places,
            self.told,
            made=np.maximum(made[0], 0.0),
            recovered=np.maximum(made[1], 0.0),
            imports=self._by_place(links["origin"], moved, traded & (into & ~out)),
            exports=self._by_place(links["destination"], moved, traded & (out & ~into)),
            used=self._by_place(demands["place"], wanted, served) + np.maximum(made[2], 0.0),
        )

    def _made(self, counts: _Counts) -> list[FloatArray]:
        """(stage, place, name) made by plants of the stage, recovered, and taken by the others.

        What plants of a stage take of its own goods is taken off: a cut of didymium into two
        oxides makes no more of either than there was.
        """
        network, pools = self.flows.network, self.flows.network.pools
        stage = network.units["stage"].to_numpy()[network.activities["unit"]]
        goods, counted = self._of_stage(pools["material"], MADE), counts(pools["material"])
        recycles = stage == RECYCLING
        out: list[list[FloatArray]] = [[], [], []]
        for number, name in enumerate(self.stages):
            own = stage == name
            nobody = np.zeros_like(own)
            if name == RECYCLING:
                parts = ((own, 1.0), (nobody, 1.0), (nobody, 1.0))
            else:
                parts = ((own, 1.0), (recycles, 1.0), (~own & ~recycles, -1.0))
            for found, (chosen, sign) in zip(out, parts, strict=True):
                net = sign * (network.recipes @ (self.flows.activity * chosen))
                found.append(
                    self._by_place(pools["place"], _weighed(net, counted), goods[[number]])[0]
                )
        return [np.array(found) for found in out]

    def _of_stage(self, materials: pd.Series, goods: Mapping[str, tuple[str, ...]]) -> BoolArray:
        """(stage, row): whether a material is of the goods of each stage."""
        stages = materials.map(self._materials["stage"])
        return np.array([stages.isin(goods[stage]).to_numpy() for stage in self.stages])

    def _by_place(self, places: pd.Series, amounts: FloatArray, chosen: BoolArray) -> FloatArray:
        """(stage, place, name): amounts (row, name) added up by place over the rows chosen."""
        where = pd.Index(self.places).get_indexer(pd.Index(places))
        stage, row = np.nonzero(chosen)
        shape = (len(chosen) * len(self.places), len(where))
        cell = stage * len(self.places) + where[row]
        total = sparse.csr_array((np.ones(len(row)), (cell, row)), shape=shape) @ amounts
        return np.asarray(total.reshape(len(chosen), len(self.places), -1))

    def _counts(self, basis: str) -> _Counts:
        held = self.flows.network.contents @ self.told.members.T
        if basis == "oxide":
            return _Counts(self._order, held)
        if basis == "weight":
            return _Counts(self._order, (held > 0).astype(float))
        price = self._materials["base_price"].to_numpy(float)[:, None] * PER_TONNE
        return _Counts(self._order, np.where(held > 0, price, 0.0))

    @cached_property
    def _materials(self) -> pd.DataFrame:
        return self.flows.case.table("materials").set_index("id")

    @property
    def _order(self) -> pd.Index:
        return self._materials.index


@dataclass(frozen=True)
class _Counts:
    """What a tonne of each material counts for, (material, name)."""

    materials: pd.Index
    each: FloatArray

    def __call__(self, materials: pd.Series) -> FloatArray:
        """(row, name)."""
        return np.asarray(self.each[self.materials.get_indexer(pd.Index(materials))])


def shares(ledger: Ledger) -> pd.DataFrame:
    """One row per element or group, stage, basis and origin that sells or makes anything.

    `imports` and `output` are amounts in the unit of the basis, with their shares of what the
    focus place imports and of what all plants of the stage make.
    """
    tables = [_rows(ledger.amounts(basis)) for basis in BASES]
    return pd.concat(tables, ignore_index=True)


def _rows(amounts: Amounts) -> pd.DataFrame:
    parts = {"imports": amounts.imports, "output": amounts.made}
    told = {**parts, **{f"share_{k}": _shares(part) for k, part in parts.items()}}
    flows = np.fmax(amounts.imports, amounts.made) > _NOTHING
    flows |= np.isnan(amounts.imports) | np.isnan(amounts.made)
    name, stage, place = np.nonzero(flows.transpose(2, 0, 1))
    columns = {column: array[stage, place, name] for column, array in told.items()}
    return pd.DataFrame(
        {
            "element": np.array(amounts.told.names, dtype=object)[name],
            "stage": np.array(amounts.stages, dtype=object)[stage],
            "basis": amounts.basis,
            "origin": np.array(amounts.places, dtype=object)[place],
            "unit": BASES[amounts.basis],
            **columns,
        }
    )


def _shares(amounts: FloatArray) -> FloatArray:
    """(stage, place, name): share of each place in the sum over places."""
    return np.moveaxis(shares_of(np.moveaxis(amounts, 1, -1)), -1, 1)


def _weighed(flow: FloatArray, counts: FloatArray) -> FloatArray:
    """(row, name): flows times what a tonne counts for; what does not flow counts nothing."""
    return np.where(np.abs(flow)[:, None] > 0, flow[:, None] * counts, 0.0)
