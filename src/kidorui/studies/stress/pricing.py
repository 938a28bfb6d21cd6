"""Prices inside and outside the controlled country, marginal and as paid, month by month."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.network import Network
from kidorui.studies.stress.covering import intake
from kidorui.studies.stress.lived import Lived

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]

_STAGES = ("oxide", "metal", "magnet")

_NOISE = 1e-6
"""Flows below this, t/yr, are the solver's tolerance."""


def prices(lived: Lived) -> pd.DataFrame:
    """One row per month and oxide, metal or magnet with a base price, US$/kg.

    `inside`, `outside` and `outside_rest` are marginal: what one more kilogram is worth at the
    controlling place, at the focus place, and at the dearest of the others where any is used in
    the calm, in the copy that sectors draw on. The columns `_paid` are means of the marginal
    prices of all places of their kind by what sectors and recipes take there, each copy at its
    own. NaN where the material is not traded, or nothing is taken.
    """
    materials = _materials(lived)
    marginal, taken = _marginal(lived), _taken(lived)
    settings, months = lived.case.settings, lived.path.months
    rest = _elsewhere(lived, marginal, taken)
    columns: dict[str, FloatArray | list[str]] = {
        "inside": _of_place(marginal, materials, settings.control, months),
        "outside": _of_place(marginal, materials, settings.focus, months),
        **_dearest(rest, materials, months),
    }
    inside = (lived.network.pools["place"] == settings.control).to_numpy()
    for name, places in (
        ("inside_paid", inside),
        ("outside_paid", ~inside),
        ("world_paid", inside | True),
    ):
        columns[name] = _paid(lived, taken, materials, places).ravel()
    month = np.repeat(np.array(lived.labels, dtype=object), len(materials))
    return pd.DataFrame({"month": month, "material": materials * months, **columns})


def pool_of(network: Network, material: str, place: str) -> int:
    """The pool that sectors draw on, which goods of any origin may enter; -1 where none is."""
    pools = network.pools
    rows = pools[(pools["material"] == material) & (pools["place"] == place)]
    return int(rows.index[int(rows["control"].argmax())]) if len(rows) else -1


def _materials(lived: Lived) -> list[str]:
    table = lived.case.table("materials")
    told = table["stage"].isin(_STAGES) & table["base_price"].notna()
    traded = table["id"].isin(set(lived.network.pools["material"]))
    return [str(material) for material in table.loc[told & traded, "id"]]


def _marginal(lived: Lived) -> pd.DataFrame:
    """(material and place, month): marginal price in the copy that sectors draw on."""
    pools = lived.network.pools
    price = pd.DataFrame(lived.path.price[:, : len(pools)].T)
    # the controlled copy, where there is one, comes after the free one
    keys = pools[["material", "place"]]
    drawn = ~keys.duplicated(keep="last")
    return price[drawn].set_index(pd.MultiIndex.from_frame(keys[drawn]))


def _taken(lived: Lived) -> FloatArray:
    """(month, pool): t/yr that recipes and sectors take out of it."""
    taken = intake(lived)
    pool = lived.network.demands["pool"].to_numpy(np.intp)
    bought = lived.path.values["bought"]
    known = np.flatnonzero(pool >= 0)
    np.add.at(taken.T, pool[known], bought.T[known])
    return taken


def _of_place(marginal: pd.DataFrame, materials: list[str], place: str, months: int) -> FloatArray:
    """Marginal price of each month and material at a place, in the order of rows."""
    at = pd.MultiIndex.from_product([materials, [place]])
    return np.asarray(marginal.reindex(at).to_numpy(float).reshape(-1, months).T.ravel())


def _elsewhere(lived: Lived, marginal: pd.DataFrame, taken: FloatArray) -> pd.DataFrame:
    """The rows of `marginal` of other places where the material is used in the calm."""
    settings, pools = lived.case.settings, lived.network.pools
    calm = taken[max(lived.lead - 1, 0)] > _NOISE
    used = pd.MultiIndex.from_frame(pools.loc[calm, ["material", "place"]])
    third = ~marginal.index.get_level_values(1).isin([settings.control, settings.focus])
    return marginal[third & marginal.index.isin(used)]


def _dearest(
    marginal: pd.DataFrame, materials: list[str], months: int
) -> dict[str, FloatArray | list[str]]:
    """Highest marginal price of each month and material, and where it is."""
    price = np.full((months, len(materials)), np.nan)
    place = np.full((months, len(materials)), "", dtype=object)
    for number, material in enumerate(materials):
        here = marginal.index.get_level_values(0) == material
        if here.any():
            names = marginal.index.get_level_values(1)[here].to_numpy(object)
            values = marginal[here].to_numpy(float)
            most = values.argmax(axis=0)
            price[:, number] = values.max(axis=0)
            place[:, number] = names[most]
    return {"outside_rest": price.ravel(), "dearest": place.ravel().tolist()}


def _paid(lived: Lived, taken: FloatArray, materials: list[str], places: BoolArray) -> FloatArray:
    """(month, material): mean marginal price of some pools by what is taken out of each."""
    pools = lived.network.pools
    kind = pd.Index(materials).get_indexer(pd.Index(pools["material"]))
    chosen = np.flatnonzero((kind >= 0) & places)
    spent, volume = np.zeros((2, len(materials), lived.path.months))
    weight = np.where(taken > _NOISE, taken, 0.0)[:, chosen]
    np.add.at(volume, kind[chosen], weight.T)
    np.add.at(spent, kind[chosen], (weight * lived.path.price[:, chosen]).T)
    return np.asarray((spent / np.where(volume > 0, volume, np.nan)).T)
