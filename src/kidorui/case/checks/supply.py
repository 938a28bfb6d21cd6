"""Whether something can be made, whether it can reach who wants it, whether rows do anything."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from kidorui.case.checks.draft import BoolArray, Draft
from kidorui.case.checks.references import ids_of
from kidorui.case.faults import Fault
from kidorui.case.reach import Shape, available
from kidorui.case.schema import table_schema

IntArray = npt.NDArray[np.intp]

_NETWORK = (
    "places", "materials", "recipes", "plants", "modes", "projects", "routes", "demands",
)  # fmt: skip
"""Tables that tell what can be where."""


def check_producers(draft: Draft) -> Iterator[Fault]:
    """Plants without a mode, projects without what they would run or hold."""
    plants, projects = draft.frame("plants"), draft.frame("projects")
    if draft.can_suppose("modes"):
        running = set(draft.supposed("modes", {"plant": ids_of(draft, "plants")})["plant"])
        for index in np.flatnonzero(~plants["id"].isin([*running, ""])).tolist():
            wrong = f"{plants['id'][index]} has no mode, so it can run nothing"
            yield draft.fault("plants", index, "id", wrong, "a row of it in the table modes")
    is_stock = projects["stage"] == "stockpile"
    idle = ~is_stock & (projects["recipes"].map(len) == 0)
    idle &= ~draft.bad("projects", "recipes", "stage")
    for index in np.flatnonzero(idle).tolist():
        wrong = "no recipes, so the project could run nothing"
        yield draft.fault("projects", index, "recipes", wrong, "recipes, separated by ;")
    vain = is_stock & (projects["material"] == "") & ~draft.bad("projects", "material")
    for index in np.flatnonzero(vain).tolist():
        wrong = "blank, so the stockpile would hold nothing"
        yield draft.fault("projects", index, "material", wrong, "the material it holds")


def check_demands(draft: Draft) -> Iterator[Fault]:
    """Demands that nothing can reach, or whose material has no price to start from."""
    demands = draft.frame("demands")
    sound = demands[~draft.bad("demands", "material", "place")]
    wanted = sound.drop_duplicates(["material", "place"])
    if draft.can_suppose(*_NETWORK):
        grid = _Grid(ids_of(draft, "materials"), ids_of(draft, "places"))
        full = available(_shape(draft, grid))
        out = wanted[~full[grid.pair(wanted["material"], wanted["place"])]]
        for index, material, place in zip(out.index, out["material"], out["place"], strict=True):
            yield draft.fault(
                "demands",
                index,
                "material",
                f"no recipes and routes bring {material} to {place}",
                "a plant that makes it there, or a route from where it can be made",
            )
    yield from _unpriced(draft, set(wanted["material"]))


def check_curves(draft: Draft) -> Iterator[Fault]:
    """Demands whose curve has another shape in another year: the plan knows one of each."""
    demands = draft.frame("demands")
    keys = ["sector", "place", "material"]
    whose = ~draft.bad("demands", *keys)
    for name in ("elasticity", "value_lost", "priority"):
        known = whose & ~draft.bad("demands", name)
        for column in table_schema("demands").column(name).names:
            told = demands[known]
            first = told.groupby(keys, sort=False)[column].transform("first")
            for index in told.index[told[column] != first].tolist():
                yield draft.fault(
                    "demands",
                    index,
                    column,
                    f"{_told(demands[column][index])}, and {_told(first[index])} in another year",
                    "the same in all years of a demand",
                )


def check_matches(draft: Draft) -> Iterator[Fault]:
    """Substitutions of no demand and contracts along no route: rows that would do nothing."""
    substitutions, contracts = draft.frame("substitutions"), draft.frame("contracts")
    materials, places = ids_of(draft, "materials"), ids_of(draft, "places")
    if draft.can_suppose("demands"):
        words = {"sector": list(dict.fromkeys(substitutions["sector"])), "place": places}
        demands = draft.supposed("demands", {**words, "material": materials})
        keys = ["sector", "place", "material"]
        for index in _without_match(draft, "substitutions", keys, demands[keys]):
            yield draft.fault(
                "substitutions",
                index,
                "sector",
                f"no demand of {' '.join(map(str, substitutions.loc[index, keys]))}",
                "sector, place and material of a row in the table demands",
            )
    if draft.can_suppose("routes", "materials"):
        routes = _routes(draft)[["origin", "destination", "material"]]
        routes.columns = pd.Index(["seller", "buyer", "material"])
        for index in _without_match(draft, "contracts", list(routes.columns), routes):
            seller, buyer, material = contracts.loc[index, list(routes.columns)]
            yield draft.fault(
                "contracts",
                index,
                "seller",
                f"no route of {material} from {seller} to {buyer}",
                "seller, buyer and material of a row in the table routes",
            )


def _told(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _unpriced(draft: Draft, wanted: set[str]) -> Iterator[Fault]:
    materials = draft.frame("materials")
    priced = materials["base_price"] > 0
    lacking = materials["id"].isin(wanted) & ~priced & ~draft.bad("materials", "base_price")
    for index in np.flatnonzero(lacking).tolist():
        wrong = f"{materials['id'][index]} is in demand, but has no price in the base year"
        accepted = "a price above 0: the demand curve goes through it"
        yield draft.fault("materials", index, "base_price", wrong, accepted)


def _without_match(draft: Draft, name: str, keys: list[str], known: pd.DataFrame) -> list[int]:
    """Positions of the rows of a table whose keys are sound and are in no row of `known`."""
    own = pd.MultiIndex.from_frame(draft.frame(name)[keys].astype(object))
    there = own.isin(pd.MultiIndex.from_frame(known[keys].astype(object)))
    return np.flatnonzero(~there & ~draft.bad(name, *keys)).tolist()


class _Grid:
    """All (material, place) pairs, numbered material by material."""

    def __init__(self, materials: list[str], places: list[str]) -> None:
        self.materials, self.places = pd.Index(materials), pd.Index(places)

    @property
    def size(self) -> int:
        return len(self.materials) * len(self.places)

    def pair(self, material: pd.Series, place: pd.Series) -> IntArray:
        m = self.materials.get_indexer(pd.Index(material))
        p = self.places.get_indexer(pd.Index(place))
        return np.asarray(m * len(self.places) + p, dtype=np.intp)


def _shape(draft: Draft, grid: _Grid) -> Shape:
    """Recipes in place and routes; what is at fault may be anything, so that it misses nothing."""
    runs = _runs(draft)
    runs["mode"] = np.arange(len(runs))
    lines = _recipe_lines(draft, list(grid.materials))
    rows = runs.merge(lines, on="recipe")
    pairs = grid.pair(rows["material"], rows["place"])
    takes = rows["takes"].to_numpy(bool)

    def matrix(chosen: BoolArray) -> sparse.csr_array:
        where = rows["mode"].to_numpy()[chosen], pairs[chosen]
        return sparse.csr_array((np.ones(chosen.sum()), where), shape=(len(runs), grid.size))

    routes = _routes(draft)
    origin = grid.pair(routes["material"], routes["origin"])
    destination = grid.pair(routes["material"], routes["destination"])
    return Shape(matrix(takes), matrix(~takes), origin, destination)


def _runs(draft: Draft) -> pd.DataFrame:
    """(recipe, place): where recipes can be run by a plant or a project."""
    recipes, places = ids_of(draft, "recipes"), ids_of(draft, "places")
    plants = draft.supposed("plants", {"place": places})[["id", "place"]]
    modes = draft.supposed("modes", {"plant": ids_of(draft, "plants"), "recipe": recipes})
    of_plants = modes.merge(plants, left_on="plant", right_on="id")
    projects = draft.supposed("projects", {"place": places})
    bad = draft.bad("projects", "recipes")[projects["position"]]
    held = [recipes if b else list(r) for b, r in zip(bad, projects["recipes"], strict=True)]
    of_projects = projects.assign(recipe=pd.Series(held, dtype=object)).explode("recipe")
    both = pd.concat([of_plants[["recipe", "place"]], of_projects[["recipe", "place"]]])
    return both.dropna().drop_duplicates().reset_index(drop=True)


def _recipe_lines(draft: Draft, materials: list[str]) -> pd.DataFrame:
    """(recipe, material, takes): what is taken and made; an unreadable input is not needed."""
    lines = draft.supposed("recipes", {"material": materials})
    doubtful = draft.bad("recipes", "material", "coefficient")[lines["position"]]
    takes = lines["coefficient"] < 0
    lines = lines.assign(takes=takes)[~(takes & doubtful)]
    return lines[lines["takes"] | (lines["coefficient"] > 0) | doubtful[~(takes & doubtful)]]


def _routes(draft: Draft) -> pd.DataFrame:
    """(material, origin, destination): routes, those of a stage spread over its materials."""
    places = ids_of(draft, "places")
    stages = table_schema("materials").column("stage").choices
    materials = draft.supposed("materials", {"stage": stages})[["id", "stage"]]
    words = {"goods": [*materials["id"], *stages], "origin": places, "destination": places}
    routes = draft.supposed("routes", words)[["goods", "origin", "destination"]]
    own = routes[routes["goods"].isin(materials["id"])].assign(material=lambda r: r["goods"])
    of_stage = routes.merge(materials, left_on="goods", right_on="stage")
    both = pd.concat([own, of_stage.rename(columns={"id": "material"})], ignore_index=True)
    return both[["material", "origin", "destination"]].drop_duplicates()
