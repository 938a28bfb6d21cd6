"""Many draws of a stress, each lived from the state of the calm at its onset."""

from __future__ import annotations

import hashlib
import io
import json
import pickle
import threading
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from kidorui.network import Network
from kidorui.network.months import MONTH
from kidorui.program import Infeasible, SolverError
from kidorui.results import Json
from kidorui.studies.base_year import question_of
from kidorui.studies.context import Context
from kidorui.studies.stress.departing import Departures, depart
from kidorui.studies.stress.lived import Lived
from kidorui.studies.stress.losses import worth_gone
from kidorui.studies.stress.pricing import pool_of
from kidorui.studies.stress.sampling import Draw, Sample, apply_draws, sample
from kidorui.studies.stress.scenario import Scenario
from kidorui.studies.stress.shortage import missing
from kidorui.studies.stress.stops import days_stopped
from kidorui.studies.stress.world import World

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

BATCH = 4
"""Draws sent to a worker at once: enough that sending costs little, few enough to lose."""

Reading: TypeAlias = Callable[[Lived], tuple[FloatArray, FloatArray]]
"""First stop (day from the onset, NaN = never) and days stopped of every demand in a life."""


@dataclass(frozen=True)
class Asked:
    """How draws are lived and what is read of them.

    read: the days on which lines stop; a function of a module, as it is sent to workers.
    materials: whose prices are compared; None: all oxides. question: what else decides the
        answer, such as a plan replayed.
    """

    read: Reading = days_stopped
    materials: tuple[str, ...] | None = None
    question: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What is kept of a draw: small arrays only.

    `first` is the axis month of its onset; `failed` says why there is nothing else. By line (as
    `lines` orders them): `first_stop` (day from the onset, NaN = never), `stopped` (days), and
    by month from the onset `fill` (share) and `short` (t). `value` is what was short, million
    US$; `dearest` (material) the highest ratio of the marginal price outside to that inside.
    """

    first: int
    failed: str
    first_stop: FloatArray
    stopped: FloatArray
    fill: FloatArray
    short: FloatArray
    value: float
    dearest: FloatArray


@dataclass(frozen=True)
class Drawn:
    """A sample and what came of it; `lines` are demands of the network, by their number."""

    network: Network
    sample: Sample
    lines: IntArray
    materials: tuple[str, ...]
    outcomes: tuple[Outcome, ...]


def walk_draws(
    world: World, scenario: Scenario, draws: int, context: Context, asked: Asked | None = None
) -> Drawn:
    """Draw, live every draw, and keep what is read of each.

    All draws are lived for as long after their onset where the axis of the world is `LATEST`
    months longer than the scenario; else to its end, and less is seen of a later onset.
    The months of the calm are solved once, and only where a draw is not remembered. A draw
    depends on the world and itself alone, whatever worker has it; one that cannot be solved is
    an outcome that says why. Raises Infeasible where the calm has no solution, Cancelled.
    """
    asked = asked or Asked()
    materials = oxides(world.network) if asked.materials is None else asked.materials
    asked = replace(asked, materials=materials)
    chosen = sample(world.case, scenario, draws, context.seed)
    outcomes = _live_all(world, scenario, apply_draws(world.case, scenario, chosen), asked, context)
    return Drawn(world.network, chosen, lines(world.network), materials, tuple(outcomes))


def lines(network: Network) -> IntArray:
    """The demands of the focus place that want anything on the axis, by number."""
    here = (network.demands["place"] == network.case.settings.focus).to_numpy()
    return np.flatnonzero(here & (network.quantity > 0).any(axis=0))


def oxides(network: Network) -> tuple[str, ...]:
    """The oxides that both the focus place and the controlling place have."""
    table, settings = network.case.table("materials"), network.case.settings
    found = table.loc[table["stage"] == "oxide", "id"]
    places = (settings.focus, settings.control)
    return tuple(
        str(name) for name in found if all(pool_of(network, name, place) >= 0 for place in places)
    )


def _live_all(
    world: World, scenario: Scenario, draws: Sequence[Draw], asked: Asked, context: Context
) -> list[Outcome]:
    """Recall what is remembered, send the rest to the workers, remember as it comes back."""
    keys = [_key(world, scenario, asked, draw) for draw in draws]
    found = {number: _unpack(context.memo.get(key)) for number, key in enumerate(keys)}
    due = [number for number, outcome in found.items() if outcome is None]
    if due:
        batches = [due[at : at + BATCH] for at in range(0, len(due), BATCH)]
        departures = depart(world, scenario, [draws[number] for number in due])
        content = pickle.dumps(_desk(departures, asked))
        work = partial(_live_batch, hashlib.sha256(content).hexdigest(), content)

        def keep(position: int, answers: Sequence[bytes]) -> None:
            for number, answer in zip(batches[position], answers, strict=True):
                context.memo.put(keys[number], answer)
                found[number] = _unpack(answer)

        keeping = replace(context, executor=_Keeping(context.executor, keep))
        keeping.map("draws", work, [[draws[number] for number in batch] for batch in batches])
    return [outcome for outcome in found.values() if outcome is not None]


class _Keeping(Executor):
    """Hands each answer over as it arrives, so that a study that is killed has kept it."""

    def __init__(self, inner: Executor | None, keep: Callable[[int, list[bytes]], None]) -> None:
        self._inner = inner
        self._keep = keep

    def map(
        self,
        fn: Callable[..., Any],
        *iterables: Iterable[Any],
        timeout: float | None = None,
        chunksize: int = 1,
    ) -> Iterator[Any]:
        if self._inner:
            found = self._inner.map(fn, *iterables, timeout=timeout, chunksize=chunksize)
        else:
            found = map(fn, *iterables)
        for position, answer in enumerate(found):
            self._keep(position, answer)
            yield answer


@dataclass(frozen=True)
class _Desk:
    """What a worker needs: where draws part from the calm, and what is read of them.

    `lines` are demands; `pools` those of the materials compared, outside and inside.
    """

    departures: Departures
    asked: Asked
    lines: IntArray
    pools: tuple[IntArray, IntArray]

    def live(self, draw: Draw) -> Outcome:
        """Live a draw; why one cannot be lived is told in words."""
        try:
            return _read(self.departures.live(draw), self)
        except (Infeasible, SolverError) as error:
            return _failed(draw.first(self.departures.scenario), str(error))


def _desk(departures: Departures, asked: Asked) -> _Desk:
    network = departures.world.network
    settings = network.case.settings
    outside, inside = (
        np.array([pool_of(network, m, place) for m in asked.materials or ()], dtype=np.intp)
        for place in (settings.focus, settings.control)
    )
    return _Desk(departures, asked, lines(network), (outside, inside))


_here = threading.local()
"""The desk of this thread, and the hash it is known by: a march writes into its world."""


def _live_batch(key: str, content: bytes, draws: Sequence[Draw]) -> list[bytes]:
    """Live some draws at the desk, which is laid out once in each worker."""
    if getattr(_here, "key", None) != key:
        _here.desk, _here.key = pickle.loads(content), key
    desk: _Desk = _here.desk
    return [_pack(desk.live(draw)) for draw in draws]


def _read(lived: Lived, desk: _Desk) -> Outcome:
    first, chosen = lived.lead, desk.lines
    first_stop, stopped = desk.asked.read(lived)
    price = lived.path.price[first:]
    outside, inside = desk.pools
    return Outcome(
        first=first,
        failed="",
        first_stop=first_stop[chosen],
        stopped=stopped[chosen],
        fill=lived.fill[first:, chosen],
        short=missing(lived)[first:, chosen] * MONTH,
        value=float(worth_gone(lived, chosen)[0].sum()),
        dearest=_highest(price[:, outside], price[:, inside], (outside >= 0) & (inside >= 0)),
    )


def _highest(outside: FloatArray, inside: FloatArray, known: npt.NDArray[np.bool_]) -> FloatArray:
    """(material): the highest ratio of two prices in any month; NaN where there is none."""
    has = known & (inside > 1e-6)
    ratio = np.where(has, outside / np.where(has, inside, 1.0), -np.inf)
    highest = ratio.max(axis=0, initial=-np.inf)
    return np.asarray(np.where(np.isinf(highest), np.nan, highest))


def _failed(first: int, words: str) -> Outcome:
    none = np.zeros(0)
    return Outcome(first, words, none, none, np.zeros((0, 0)), np.zeros((0, 0)), np.nan, none)


def _key(world: World, scenario: Scenario, asked: Asked, draw: Draw) -> str:
    """All that decides an outcome."""
    case, window, axis = world.case, world.window.network.tree, world.network.tree
    question = {
        **question_of(case),
        **asked.question,
        "study": "draw of a stress",
        "read": f"{asked.read.__module__}.{asked.read.__qualname__}",
        "materials": asked.materials,
        "axis": [float(axis.start[0]), axis.size, scenario.months, scenario.lead],
        "window": [world.knows, *window.duration.tolist()],
        "standing": repr(scenario.standing),
        "scenario": repr(scenario.strikes),
        "strikes": repr(draw.strikes),
        "stock": draw.stock,
    }
    return json.dumps(question, sort_keys=True)


_ARRAYS = ("first_stop", "stopped", "fill", "short", "dearest")


def _pack(outcome: Outcome) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(
        file,
        first=outcome.first,
        failed=np.array(outcome.failed),
        value=outcome.value,
        **{name: getattr(outcome, name) for name in _ARRAYS},
    )
    return file.getvalue()


def _unpack(content: bytes | None) -> Outcome | None:
    """The outcome kept in bytes; None where there is none or it is damaged."""
    if content is None:
        return None
    try:
        with np.load(io.BytesIO(content)) as kept:
            found = {name: kept[name] for name in kept.files}
    except (ValueError, OSError, zipfile.BadZipFile):
        return None
    return Outcome(
        first=int(found["first"]),
        failed=str(found["failed"]),
        value=float(found["value"]),
        **{name: found[name] for name in _ARRAYS},
    )
