"""From ore to use: what the focus place uses, linked from plant to plant, by where it was mined."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.network import Network
from kidorui.network.last_met import Link, Stops
from kidorui.network.trace import NO_ORIGIN, RECYCLED, UNEXPLAINED
from kidorui.studies.exposure.elements import Told
from kidorui.studies.exposure.origins import WITHIN, ResidualError
from kidorui.studies.exposure.year_flows import YearFlows

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

STAGES = ("separation", "metal", "magnet", "recycling")
"""Stages between ore and use, in their order: of recycling what gave back what is used as such."""

SCRAP, MINE = "scrap", "mine"
"""Stages that content begins at, beside what is not known: scrap that nothing is traced behind."""

UNKNOWN, USE = "unknown", "use"
"""Stage that content of no known origin comes from; and that which all goes to."""

_NOTHING = 1e-6
"""Content below which a row is not told, t oxide/yr."""

COLUMNS = ("element", "from_stage", "from_place", "to_stage", "to_place", "mined", "amount")


@dataclass(frozen=True)
class Linked:
    """All links of what the focus place uses, element by element.

    `links` hold `amount` (from, to, origin, name) in t oxide/yr: from and to are `places`, or of
    use `sectors`; `origins` (origin) has stage, place and mined of each.
    """

    told: Told
    places: tuple[str, ...]
    sectors: tuple[str, ...]
    origins: pd.DataFrame
    links: tuple[Link, ...]


@dataclass(frozen=True)
class _Plants:
    """Stage and place of each activity, by number, and what can begin at it.

    `stage` is -1 where content does not stop; `origin` (activity) is a row of `origins`, whose
    last two are what is unexplained and no known origin.
    """

    stage: IntArray
    place: IntArray
    origin: IntArray
    places: tuple[str, ...]
    origins: pd.DataFrame

    @classmethod
    def of(cls, network: Network) -> _Plants:
        """The plants of a network."""
        units = network.units[["stage", "place"]].iloc[network.activities["unit"]]
        places = tuple(sorted(set(units["place"])))
        place = pd.Index(places).get_indexer(pd.Index(units["place"]))
        begins = pd.Index([MINE, "recycling"]).get_indexer(pd.Index(units["stage"]))
        last = 2 * len(places)
        origins = pd.DataFrame(
            {
                "stage": [MINE] * len(places) + [SCRAP] * len(places) + [UNKNOWN] * 2,
                "place": [*places, *places, UNEXPLAINED, NO_ORIGIN],
                "mined": [*places, *[RECYCLED] * len(places), UNEXPLAINED, NO_ORIGIN],
            },
            dtype=object,
        )
        return cls(
            stage=pd.Index(STAGES).get_indexer(pd.Index(units["stage"])),
            place=place,
            origin=np.where(begins < 0, last, begins * len(places) + place),
            places=places,
            origins=origins,
        )


def linked(flows: YearFlows) -> Linked:
    """Link what the focus place uses from where it began to the sectors that use it.

    Of each stage the plant that content met last counts, as in `origins`; a recycling plant where
    what it gave back was made into metal or magnets no more. Raises ResidualError where shares
    cannot be told to 1e-9.
    """
    told, plants = Told.of(flows.network), _Plants.of(flows.network)
    sectors, uses = _uses(flows)
    found = [_of_element(flows, n, plants, use) for n, use in enumerate(uses)]
    add = told.members.T.astype(float)
    links = tuple(
        Link(one[0].start, one[0].end, np.stack([part.amount for part in one], axis=-1) @ add)
        for one in zip(*found, strict=True)
    )
    return Linked(told, plants.places, sectors, plants.origins, links)


def _of_element(flows: YearFlows, element: int, plants: _Plants, pools: FloatArray) -> list[Link]:
    """The links of what of an element is used, pools (pool, sector) t/yr."""
    mixing = flows.by_element[element]
    absorbs = (plants.stage >= 0) & (mixing.made > 0)
    at = np.flatnonzero(absorbs)
    # labels: each activity that content stops at, then the origins but that of no known one
    label = plants.origin + len(at)
    label[at] = np.arange(len(at))
    chain = mixing.ending_at(absorbs, label, len(at) + len(plants.origins) - 1)
    feeds = mixing.feeds(at)
    use = np.zeros((len(chain.entering), pools.shape[1]))
    use[: len(pools)] = pools
    behind = chain.behind(np.hstack([feeds.toarray().T, use]))
    ends = np.vstack([behind.origins, behind.unknown]).T
    starved = np.flatnonzero(mixing.fed[at] <= 0)
    ends[starved, len(at) + plants.origin[at[starved]]] = 1.0
    links = list(_links(ends, plants, at))
    _refuse_wrong(flows, behind.residual, links, use)
    return links


def _links(ends: FloatArray, plants: _Plants, at: IntArray) -> Iterator[Link]:
    """All links, of where what each stop takes and each sector uses ends, (stop, then sector).

    Stops are taken twice over: what has been metal is past recycling, upstream of which plants of
    that stage are passed and not told.
    """
    stage, count = plants.stage[at], len(at)
    passed, began = ends[:, :count], ends[:, count:]
    metal = np.isin(stage, [STAGES.index("metal"), STAGES.index("magnet")])
    early = np.flatnonzero(~metal)
    # what each stop or sector met next: not yet metal, or metal and all before it
    onward = np.hstack([passed[:, early], np.where(metal, passed, 0.0)])
    behind_metal = np.hstack([np.zeros((count, len(early))), passed[:count]])
    stops = Stops(
        passed=np.vstack([onward[early], behind_metal]),
        began=np.vstack([began[early], began[:count]]),
        stage=np.concatenate([stage[early], np.where(stage == len(STAGES) - 1, -1, stage)]),
        place=plants.place[at[np.concatenate([early, np.arange(count)])]],
        stages=len(STAGES),
        places=len(plants.places),
    )
    return stops.links(onward[count:], began[count:])


def _refuse_wrong(flows: YearFlows, residual: float, links: list[Link], use: FloatArray) -> None:
    """Raise ResidualError where what goes into use is not all that is used."""
    reached = sum(link.amount.sum() for link in links if link.end is None)
    off = max(residual, abs(float(reached) - use.sum()) / max(use.sum(), _NOTHING))
    if not off <= WITHIN:
        raise ResidualError(f"links of {flows.year}: off by {off:.1e}, {WITHIN:g} accepted")


def _uses(flows: YearFlows) -> tuple[tuple[str, ...], FloatArray]:
    """The sectors of the focus place, and (element, pool, sector) t/yr that they use."""
    network, demands = flows.network, flows.network.demands
    here = flows.at_home(demands["place"])
    names, sector = np.unique(demands["sector"][here].to_numpy(str), return_inverse=True)
    content = network.content_of(demands["material"])[here] * flows.used[here, None]
    use = np.zeros((len(network.pools), len(names), len(network.elements)))
    np.add.at(use, (demands["pool"].to_numpy()[here], sector), content)
    return tuple(map(str, names)), np.moveaxis(use, -1, 0)


def chain(through: Linked) -> pd.DataFrame:
    """One row per element or group, link and origin: from stage to stage, from place to place.

    Columns as declared in results/schema/exposure.csv. What goes into the plants of a stage at a
    place comes out of them again, origin by origin.
    """
    table = pd.concat([_rows(through, link) for link in through.links], ignore_index=True)
    table = table.sort_values("name", kind="stable", ignore_index=True)
    names = np.array(through.told.names, dtype=object)
    return table.assign(element=names[table["name"]])[list(COLUMNS)]


def _rows(through: Linked, link: Link) -> pd.DataFrame:
    """Columns of the table, with the number of the `name` in place of the element."""
    name, start, end, origin = np.nonzero(link.amount.transpose(3, 0, 1, 2) > _NOTHING)
    places, origins = np.array(through.places, dtype=object), through.origins
    stage, place, mined = (origins[c].to_numpy()[origin] for c in ("stage", "place", "mined"))
    to = np.array(through.sectors, dtype=object) if link.end is None else places
    return pd.DataFrame(
        {
            "name": name,
            "from_stage": stage if link.start is None else STAGES[link.start],
            "from_place": place if link.start is None else places[start],
            "to_stage": USE if link.end is None else STAGES[link.end],
            "to_place": to[end],
            "mined": mined,
            "amount": link.amount[start, end, origin, name],
        }
    )
