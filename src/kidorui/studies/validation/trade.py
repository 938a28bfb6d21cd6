"""What crosses borders in a lived path: what leaves, what arrives, what it is worth there."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.network.months import MONTH
from kidorui.program.operation import shipped
from kidorui.studies.stress.lived import Lived
from kidorui.studies.validation.markets import border_price

FloatArray = npt.NDArray[np.float64]

RAW = ("carbonate", "oxide", "metal")
"""Stages of goods that customs count as rare earths: HS 2805.30, 2846.10 and 2846.90."""


def calm(lived: Lived) -> slice:
    """The months before the first strike."""
    return slice(0, lived.lead)


def year(lived: Lived, number: int) -> npt.NDArray[np.intp]:
    """The months of a calendar year."""
    return np.flatnonzero([label.startswith(f"{number}-") for label in lived.labels])


def exports(lived: Lived, origin: str, stages: Collection[str], to: str = "") -> FloatArray:
    """(month): t a month that leave a place, as customs there count them, all of them or to one."""
    links = lived.network.links
    hit = (links["origin"] == origin) & (links["destination"] != origin) & _are(lived, stages)
    if to:
        hit &= links["destination"] == to
    sent = shipped(lived.network, lived.path.values)[:, hit.to_numpy()]
    return np.asarray(sent.sum(axis=1) * MONTH)


def imports(lived: Lived, stages: Collection[str], origin: str = "") -> FloatArray:
    """(month): t a month that arrive at the focus place, from one place or all."""
    links = lived.network.links
    hit = (links["destination"] == lived.case.settings.focus) & _are(lived, stages)
    if origin:
        hit &= links["origin"] == origin
    return np.asarray(_landed(lived)[:, hit.to_numpy()].sum(axis=1) * MONTH)


def import_weight(lived: Lived, materials: Collection[str]) -> FloatArray:
    """(month): t a month of some materials that arrive at the focus place."""
    links = lived.network.links
    hit = (links["destination"] == lived.case.settings.focus) & links["material"].isin(
        list(materials)
    )
    return np.asarray(_landed(lived)[:, hit.to_numpy()].sum(axis=1) * MONTH)


def import_value(lived: Lived, materials: Collection[str], origin: str = "") -> FloatArray:
    """(month): thousand US$ a month of what arrives at the focus place, at its marginal prices."""
    links = lived.network.links
    focus = lived.case.settings.focus
    hit = (links["destination"] == focus) & links["material"].isin(list(materials))
    if origin:
        hit &= links["origin"] == origin
    chosen = np.flatnonzero(hit)
    names = links["material"].to_numpy()[chosen]
    price = {name: border_price(lived, name, focus) for name in dict.fromkeys(names)}
    worth = np.zeros((lived.path.months, len(chosen)))
    for number, name in enumerate(names):
        worth[:, number] = price[name]
    return np.asarray((_landed(lived)[:, chosen] * worth).sum(axis=1) * MONTH)


def materials_of(lived: Lived, stages: Collection[str]) -> list[str]:
    """The materials of some stages."""
    table = lived.case.table("materials")
    return table.loc[table["stage"].isin(list(stages)), "id"].tolist()


def non_cerium_oxides(lived: Lived) -> list[str]:
    """What HS 2846.90 holds of the case: oxides and carbonates but of cerium alone."""
    network = lived.network
    names = materials_of(lived, ("carbonate", "oxide"))
    content = network.content_of(pd.Series(names))
    others = content[:, [element != "Ce" for element in network.elements]].sum(axis=1)
    return [name for name, rest in zip(names, others, strict=True) if rest > 0.01]


def apparent_use(lived: Lived) -> FloatArray:
    """(month): t of oxide a month in net imports of raw goods and what the focus place recycles."""
    network, focus = lived.network, lived.case.settings.focus
    links = network.links
    raw = _are(lived, RAW).to_numpy()
    content = network.content_of(links["material"]).sum(axis=1)
    inward = raw & (links["destination"] == focus).to_numpy()
    outward = raw & (links["origin"] == focus).to_numpy()
    landed = _landed(lived)[:, inward] @ content[inward]
    left = shipped(lived.network, lived.path.values)[:, outward] @ content[outward]
    return np.asarray((landed - left + _recycled(lived)) * MONTH)


def _recycled(lived: Lived) -> FloatArray:
    """(month): t/yr of oxide that recyclers at the focus place give back as raw goods."""
    network = lived.network
    units = network.units.iloc[network.activities["unit"]]
    theirs = (units["stage"] == "recycling") & (units["place"] == lived.case.settings.focus)
    chosen = np.flatnonzero(theirs)
    raw = network.pools["material"].isin(materials_of(lived, RAW)).to_numpy()
    content = network.content_of(network.pools["material"]).sum(axis=1) * raw
    made = network.recipes.maximum(0).T @ content
    return np.asarray(lived.path.values["activity"][:, chosen] @ made[chosen])


def _are(lived: Lived, stages: Collection[str]) -> pd.Series:
    return lived.network.links["material"].isin(materials_of(lived, stages))


def _landed(lived: Lived) -> FloatArray:
    """(month, link): t/yr that arrive of what was shipped, by the days that it is under way."""
    sent = shipped(lived.network, lived.path.values)
    lag = lived.network.links["transit"].to_numpy(float) / MONTH
    months = np.arange(len(sent))[:, None]
    whole = np.floor(lag + 1e-9).astype(np.intp)
    part = np.clip(lag - whole, 0.0, 1.0)
    link = np.arange(sent.shape[1])
    late = sent[np.maximum(months - whole - 1, 0), link]  # before the axis all was as in month 0
    return np.asarray((1 - part) * sent[np.maximum(months - whole, 0), link] + part * late)
