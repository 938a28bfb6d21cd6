"""The main product of each project, and the price of it at which the project just pays."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.program.investment import MILLION
from kidorui.studies.binding import size_worth
from kidorui.studies.moments import Moment
from kidorui.studies.solved import PLAN, Solved

FloatArray = npt.NDArray[np.float64]

_KILOGRAMS = 1e3


def entry_prices(solved: Solved, told: Moment, lacking: FloatArray) -> pd.DataFrame:
    """(project) product, price, price_enters: of the main product in a year, US$/kg.

    The main product is what sells for most of what the project makes. It enters at the price
    that pays for what it lacks (US$ a year per t/yr), all else equal and for all its life; one
    that is built as large as it may be would still pay at less. Blank for a stockpile, and
    where the place has no price.
    """
    products = _main_products(solved, told)
    per_tonne = products["yield"].to_numpy(float) * _KILOGRAMS
    moved = (lacking - _surplus(solved)) / per_tonne
    entry = products["price"].to_numpy(float) + moved
    return products[["product", "price"]].assign(price_enters=entry)


def _main_products(solved: Solved, told: Moment) -> pd.DataFrame:
    """(project) product, price, yield: t of it per unit of activity."""
    projects = solved.projects.table.reset_index(drop=True)
    modes = projects.assign(number=projects.index).explode("recipes")
    made = solved.case.table("recipes")
    made = made[made["coefficient"] > 0].rename(columns={"recipe": "recipes"})
    rows = modes[["number", "place", "recipes"]].merge(made, on="recipes")
    rows = rows.merge(_prices(solved, told), on=["place", "material"])
    rows["worth"] = rows["coefficient"] * rows["price"]
    # the recipe that sells for most, and of it the product that does
    whole = rows.groupby(["number", "recipes"])["worth"].transform("sum")
    rows = rows.assign(whole=whole).sort_values(["number", "whole", "worth"], kind="stable")
    best = rows.drop_duplicates("number", keep="last").set_index("number")
    named = {"material": "product", "coefficient": "yield"}
    best = best.rename(columns=named)[["product", "price", "yield"]].reindex(projects.index)
    return best.assign(product=best["product"].fillna("").astype(object))


def _prices(solved: Solved, told: Moment) -> pd.DataFrame:
    """place, material, price: what goods of any origin are bought at, US$/kg."""
    pools = solved.network.pools
    price = told.share @ np.nan_to_num(solved.prices[PLAN])
    rows = pools[["place", "material"]].assign(price=price, control=pools["control"])
    rows = rows.sort_values("control", kind="stable")
    return rows.drop_duplicates(["place", "material"], keep="last").drop(columns="control")


def _surplus(solved: Solved) -> FloatArray:
    """(project): what a larger largest size would earn, US$ a year per t/yr."""
    years = np.einsum("mnj,m->nj", solved.projects.charged, solved.tree.weight).max(axis=0)
    return np.asarray(size_worth(solved) / np.maximum(years, 1e-9) / MILLION)
