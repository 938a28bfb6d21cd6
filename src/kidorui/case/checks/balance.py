"""Whether recipes keep the elements they take."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from kidorui.case.checks.draft import Draft
from kidorui.case.faults import Fault

_TOLERANCE = 1e-6

_HOLDS_ELEMENTS = ("concentrate", "carbonate", "oxide", "metal", "magnet", "scrap")
"""Stages whose materials cannot be without rare earths."""


def check_contents(draft: Draft) -> Iterator[Fault]:
    """Materials that recipes take or make, of which nothing is said what is in them."""
    if not draft.can_suppose("contents"):
        return
    materials = draft.frame("materials")
    stated = set(draft.supposed("contents", {"material": list(materials["id"])})["material"])
    in_use = set(draft.frame("recipes")["material"])
    silent = (
        materials["stage"].isin(_HOLDS_ELEMENTS)
        & materials["id"].isin(in_use)
        & ~materials["id"].isin(stated)
    )
    for index in np.flatnonzero(silent).tolist():
        wrong = f"{materials['id'][index]} has no contents, so it counts as holding nothing"
        yield draft.fault("materials", index, "id", wrong, "rows in the table contents", "warning")


def check_balance(draft: Draft) -> Iterator[Fault]:
    """Recipes that make more of an element than they take; mines take from outside."""
    rows = _contents_of_recipes(draft)
    sums = rows.groupby(["recipe", "element"], sort=False).agg(
        taken=("taken", "sum"), made=("made", "sum")
    )
    excess = sums[sums["made"] > sums["taken"] * (1 + _TOLERANCE)]
    for recipe, element, taken, made in excess.reset_index().itertuples(index=False, name=None):
        own = rows[(rows["recipe"] == recipe) & (rows["element"] == element)]
        position = int(own.sort_values("made")["position"].iloc[-1])
        yield draft.fault(
            "recipes",
            position,
            "coefficient",
            f"{recipe} makes {made:.6g} t of {element} oxide from {taken:.6g} t",
            f"outputs that hold no more than the inputs, at most {taken:.6g} t",
        )


def _contents_of_recipes(draft: Draft) -> pd.DataFrame:
    """(recipe row, element): t of oxide taken and made per unit of activity.

    Recipes are left out that take nothing, or of which a cell is at fault; so are elements
    whose content in one of their materials is.
    """
    recipes = draft.frame("recipes").reset_index(names="position")
    recipes["faulty"] = draft.bad("recipes", "recipe", "material", "coefficient")
    of_recipe = recipes.groupby("recipe")
    takes = of_recipe["coefficient"].transform("min") < 0
    sound = ~of_recipe["faulty"].transform("any")
    contents = draft.frame("contents")[["material", "element", "content"]].copy()
    contents["doubtful"] = draft.bad("contents", "material", "element", "content")
    rows = recipes[takes & sound].merge(contents, on="material", how="inner")
    held = rows["coefficient"] * rows["content"]
    rows = rows.assign(taken=(-held).clip(lower=0), made=held.clip(lower=0))
    doubtful = rows.groupby(["recipe", "element"])["doubtful"].transform("any")
    unknown = set(contents.loc[contents["doubtful"], "material"])
    vague = rows["material"].isin(unknown).groupby(rows["recipe"]).transform("any")
    return rows[~doubtful.astype(bool) & ~vague.astype(bool)]
