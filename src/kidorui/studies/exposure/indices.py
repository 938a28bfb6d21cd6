"""Concentration and reliance of the focus place at each stage, from the flows of a year."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.studies.dependence import countries
from kidorui.studies.exposure.concentration import (
    hhi,
    net_import_reliance,
    self_sufficiency,
)
from kidorui.studies.exposure.concentration import shares as shares_of
from kidorui.studies.exposure.elements import Told
from kidorui.studies.exposure.origins import HOME, LookThrough
from kidorui.studies.exposure.shares import BASES, MADE, RECYCLING, Amounts, Ledger

FloatArray = npt.NDArray[np.float64]

RECOVERED = "recovered"


def indices(ledger: Ledger, traced: LookThrough) -> pd.DataFrame:
    """One row per element or group, stage, basis and index that can be told, as fractions.

    `hhi_output` is of the world's output, `hhi_imports` of what the focus country imports, and
    `hhi_supply` of that and what it makes and keeps; `top_supplier` the largest share of the
    latter, its country in `who`. `net_import_reliance` (USGS) and `self_sufficiency` (plants of
    the stage alone), `recovered` (recycling) are over apparent consumption and use;
    `self_sufficiency_through` is the share of all use for which the stage and all after it took
    place at home. Countries count as one whatever their places.
    """
    tables = [_of_basis(ledger, ledger.amounts(basis)) for basis in BASES]
    found = pd.concat([*tables, _through(ledger, traced)], ignore_index=True)
    order = {name: number for number, name in enumerate(ledger.told.names)}
    found = found[found["value"].notna()]
    return found.sort_values(
        "element", key=lambda names: names.map(order), kind="stable", ignore_index=True
    )


def _of_basis(ledger: Ledger, amounts: Amounts) -> pd.DataFrame:
    named, country = _countries(ledger)
    home = np.isin(amounts.places, ledger.flows.home)
    made, imports = (_by_country(part, country) for part in (amounts.made, amounts.imports))
    own = (amounts.made + amounts.recovered)[:, home].sum(axis=1)
    abroad = amounts.imports.sum(axis=1), amounts.exports.sum(axis=1)
    kept = np.maximum(own - abroad[1], 0.0)
    supply = np.concatenate([imports, kept[:, None]], axis=1)
    names = np.array([*named, HOME], dtype=object)
    share = shares_of(np.moveaxis(supply, 1, -1))
    largest = np.nan_to_num(share, nan=-1.0).argmax(axis=-1)
    used = amounts.used[:, home].sum(axis=1)
    found = {
        "hhi_output": hhi(np.moveaxis(made, 1, -1)),
        "hhi_imports": hhi(np.moveaxis(imports, 1, -1)),
        "hhi_supply": hhi(np.moveaxis(supply, 1, -1)),
        "top_supplier": np.take_along_axis(share, largest[..., None], axis=-1)[..., 0],
        "net_import_reliance": net_import_reliance(own, *abroad),
        "self_sufficiency": self_sufficiency(amounts.made[:, home].sum(axis=1), used),
        RECOVERED: self_sufficiency(amounts.recovered[:, home].sum(axis=1), used),
    }
    who = {"top_supplier": names[largest]}
    stages = np.array(amounts.stages)
    rows = [
        _rows(ledger.told, index, amounts.basis, stages[told], value[told], who.get(index))
        for index, value in found.items()
        for told in [_told_of(index, stages)]
    ]
    return pd.concat(rows, ignore_index=True)


def _told_of(index: str, stages: npt.NDArray[np.str_]) -> npt.NDArray[np.bool_]:
    """(stage): whether the index says anything of it.

    What is recovered is so as goods of one stage; recycling itself makes but no goods of its own.
    """
    other = stages != RECYCLING
    if index == RECOVERED:
        same = [MADE[str(stage)] == MADE[RECYCLING] for stage in stages]
        return np.asarray(other & np.array(same, dtype=bool))
    return np.asarray(other | (index == "hhi_output"))


def _through(ledger: Ledger, traced: LookThrough) -> pd.DataFrame:
    """The part of all use whose plants of each stage, and of all after it, stood at home."""
    own = np.isin(traced.origins, ledger.flows.home)
    amount = traced.amount[:, traced.vias.index(HOME)][:, own].sum(axis=1)
    value = self_sufficiency(amount, np.broadcast_to(traced.used, amount.shape))
    return _rows(traced.told, "self_sufficiency_through", "oxide", np.array(traced.stages), value)


def _rows(
    told: Told,
    index: str,
    basis: str,
    stages: npt.NDArray[np.str_],
    value: FloatArray,
    who: npt.NDArray[np.object_] | None = None,
) -> pd.DataFrame:
    """Rows of one index, from its values (stage, name) and whom they are of."""
    stage, name = (cells.ravel() for cells in np.indices(value.shape))
    return pd.DataFrame(
        {
            "element": np.array(told.names, dtype=object)[name],
            "stage": stages.astype(object)[stage],
            "basis": basis,
            "index": index,
            "value": value.ravel(),
            "unit": "1",
            "who": "" if who is None else who[: len(stages)].ravel(),
        }
    )


def _countries(ledger: Ledger) -> tuple[list[str], npt.NDArray[np.intp]]:
    """Countries by the first of their places, and (place) which of them each lies in."""
    first = countries(ledger.flows.case)
    country, found = pd.factorize(np.array([first[p] for p in ledger.places], dtype=object))
    return list(found), np.asarray(country, dtype=np.intp)


def _by_country(amounts: FloatArray, country: npt.NDArray[np.intp]) -> FloatArray:
    """(stage, country, name): amounts (stage, place, name) added up by country."""
    add = np.zeros((int(country.max(initial=-1)) + 1, len(country)))
    add[country, np.arange(len(country))] = 1.0
    return np.asarray(np.einsum("cp,spn->scn", add, amounts))
