"""What may fail: every country at a stage, plant, owner and route, each as an event of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.case import Case
from kidorui.network import Network
from kidorui.network.hits import Target
from kidorui.studies.dependence import countries

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

Kind = Literal["stage", "plant", "owner", "route", "ban"]

_STANDS = 1e-6
"""t/yr below which a plant does not stand."""


@dataclass(frozen=True)
class Outage:
    """One thing that fails, wholly and until further notice, as an event of the case.

    A stage is all plants of a country at it, an owner all of theirs anywhere; a route carries one
    material from one place to another; a ban is all that one place sends another. `origin` is
    the place, or the first of the country; "" where it is in several. `goods` are the plants, or
    the materials and stages, that stop.
    """

    kind: Kind
    id: str
    name: str
    origin: str
    destination: str
    stage: str
    goods: tuple[str, ...]

    @property
    def stops_plants(self) -> bool:
        """Whether plants stop; else what is shipped does."""
        return self.kind in ("stage", "plant", "owner")


NOTHING = Outage("plant", "nothing", "nothing fails", "", "", "", ())


def event_of(case: Case, outage: int) -> int:
    """The row of the event of an outage in the case it was added to; -1 is that of NOTHING.

    case: the case without outages.
    """
    return len(case.table("events")) + 1 + outage


def every_outage(network: Network, standing: FloatArray) -> list[Outage]:
    """All that may fail in a network whose units have `standing` capacity, t/yr.

    Projects that open count as plants; what does not stand cannot fail.
    """
    units = network.units.assign(
        owner=_owners(network), country=network.units["place"].map(countries(network.case))
    )[standing > _STANDS]
    names = network.case.table("places").set_index("id")["name"]
    return [
        *_stages(units, names),
        *_plants(units),
        *_owned(units),
        *_routes(network, names),
    ]


def every_ban(network: Network) -> list[Outage]:
    """Of every pair of places with a route from one to the other's country, one cut off."""
    routes, country = network.routes, countries(network.case)
    routes = routes[routes["origin"].map(country) != routes["destination"].map(country)]
    names = network.case.table("places").set_index("id")["name"]
    stages = tuple(dict.fromkeys(network.case.table("materials")["stage"]))
    pairs = (
        routes[["origin", "destination"]].drop_duplicates().sort_values(["origin", "destination"])
    )
    return [
        Outage("ban", f"ban {a} {b}", f"{names[a]} ships nothing to {names[b]}", a, b, "", stages)
        for a, b in pairs.itertuples(index=False)
    ]


def with_outages(case: Case, outages: Iterable[Outage]) -> Case:
    """The case with an event for each outage after its own, in their order, and one before them.

    The first new one, `NOTHING`, strikes nothing: with it the same rules hold as in an outage.
    """
    events = case.table("events")
    rows = pd.DataFrame([_event(one) for one in (NOTHING, *outages)], columns=list(events.columns))
    both = rows if events.empty else pd.concat([events, rows.astype(events.dtypes)])
    return replace(case, tables={**case.tables, "events": both.reset_index(drop=True)})


def base_flow(
    network: Network, target: Target, activity: FloatArray, shipment: FloatArray
) -> float:
    """What flows through what an outage strikes, t/yr, of (activity) and (link) flows."""
    if target.cuts_links:
        return float(shipment[target.hit].sum())
    return float(activity[target.hit[network.activities["unit"].to_numpy()]].sum())


def alike(targets: Iterable[Target]) -> IntArray:
    """(outage): the number of the first outage that strikes the very same things."""
    first: dict[tuple[bool, bytes], int] = {}
    return np.array(
        [
            first.setdefault((one.cuts_links, one.hit.tobytes()), number)
            for number, one in enumerate(targets)
        ],
        dtype=np.intp,
    )


def _owners(network: Network) -> pd.Series:
    """(unit): who owns it, in the words of the case; "" where it does not say."""
    case, units = network.case, network.units
    known = {
        name: case.table(name).drop_duplicates("id").set_index("id")["owner"]
        for name in ("plants", "projects")
    }
    owner = [
        str(known[table].get(i, "")) for table, i in zip(units["table"], units["id"], strict=True)
    ]
    return pd.Series(owner, index=units.index, dtype=object)


def _stages(units: pd.DataFrame, names: pd.Series) -> Iterator[Outage]:
    for key, of in units.groupby(["country", "stage"], sort=True):
        place, stage = map(str, key)
        name = f"{names[place]}, all {_PLANTS.get(stage, stage)}"
        yield Outage("stage", f"{place} {stage}", name, place, "", stage, tuple(of["id"]))


def _plants(units: pd.DataFrame) -> Iterator[Outage]:
    for plant, name, place, stage in units[["id", "name", "place", "stage"]].itertuples(
        index=False
    ):
        yield Outage("plant", plant, name or plant, place, "", stage, (plant,))


def _owned(units: pd.DataFrame) -> Iterator[Outage]:
    """Several owners of one plant are named with a comma; any of them may fail."""
    each = units.assign(owner=units["owner"].str.split(",")).explode("owner")
    each["owner"] = each["owner"].str.strip()
    for owner, of in each[each["owner"] != ""].groupby("owner", sort=True):
        stages = " ".join(dict.fromkeys(of["stage"]))
        inside = set(of["country"])
        origin = inside.pop() if len(inside) == 1 else ""
        yield Outage(
            "owner", str(owner), f"{owner}, all plants", origin, "", stages, tuple(of["id"])
        )


def _routes(network: Network, names: pd.Series) -> Iterator[Outage]:
    materials = network.case.table("materials").set_index("id")
    for goods, a, b in network.routes[["material", "origin", "destination"]].itertuples(
        index=False
    ):
        name = f"{materials['name'][goods]}, {names[a]} to {names[b]}"
        stage = str(materials["stage"][goods])
        yield Outage("route", f"{goods} {a} {b}", name, a, b, stage, (goods,))


_PLANTS = {
    "mine": "mines",
    "separation": "separation",
    "metal": "metal making",
    "magnet": "magnet making",
    "recycling": "recycling",
}


def _event(outage: Outage) -> dict[str, object]:
    """The row of the table of events."""
    return {
        "id": f"{outage.kind}: {outage.id}",
        "name": outage.name,
        "kind": "stop" if outage.stops_plants else "ban",
        "origin": "" if outage.stops_plants else outage.origin,
        "destinations": (outage.destination,) if outage.destination else (),
        "users": (),
        "goods": outage.goods,
        "start": np.nan,
        "duration": np.nan,
        "severity": 1.0,
        "severity_low": 1.0,
        "severity_high": 1.0,
        "hazard": np.nan,
        "hazard_low": np.nan,
        "hazard_high": np.nan,
        "build_up": np.nan,
        "processing": np.nan,
        "easing": np.nan,
        "leak": np.nan,
        "leak_low": np.nan,
        "leak_high": np.nan,
        "premium": np.nan,
        "premium_low": np.nan,
        "premium_high": np.nan,
        "extraterritorial": False,
        "de_minimis": 0.0,
        "in_force": False,
        "source": "",
        "confidence": "high",
        "note": "",
        "_row": -1,
        "_file": "",
    }
