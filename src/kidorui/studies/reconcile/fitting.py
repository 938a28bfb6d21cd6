"""A year's observations and balances as one programme, solved about the last point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from kidorui.studies.calibration.terms import Lens, Terms
from kidorui.studies.reconcile.assumed import NOUGHT, STOCK, UNEXPLAINED, own_errors
from kidorui.studies.reconcile.baskets import WIDEST, Baskets
from kidorui.studies.reconcile.nearest import Nearest, nearest
from kidorui.studies.reconcile.observed import Measured, terms_of
from kidorui.studies.reconcile.problem import Problem, Spread
from kidorui.studies.reconcile.restated import data_sets
from kidorui.studies.reconcile.unknowns import SMALL, Unknowns

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
BoolArray = npt.NDArray[np.bool_]

RESTS = 1e-7
"""Largest step, as a share of the scale of an unknown, at which the programme has converged."""

HALVINGS = 20
"""Most times that a step is halved."""

SAME = 1e-10
"""Gain in the sum of squares, as a share, at which it has converged."""

OPEN = 1e-2
"""Part of what passes a pool by which an open balance counts as much as a standard error."""

MOST = 40
"""Programmes solved in a row before it counts as not converging."""


@dataclass(frozen=True)
class Step:
    """One programme: the largest step, the largest open balance, the sum of squares."""

    step: float
    violation: float
    objective: float


@dataclass(frozen=True)
class Fitted:
    """A reconciled year: the last programme's solution, the steps to it, whether they rest."""

    found: Nearest
    steps: tuple[Step, ...]
    converged: bool

    @property
    def point(self) -> FloatArray:
        """The reconciled unknowns."""
        return self.found.unknowns


@dataclass(frozen=True)
class Assumed:
    """Unknowns taken to be `value` within `error`, by their numbers; `own`: as the case states."""

    unknown: IntArray
    value: FloatArray
    error: FloatArray
    own: BoolArray


@dataclass(frozen=True)
class _About:
    """The figures kept, by number, and the point whose wholes are the usual ones of shares."""

    kept: IntArray
    usual: FloatArray


@dataclass(frozen=True)
class System:
    """What is reconciled: unknowns, figures, and what is assumed.

    own: whether the case's own demands and base flows count as measured. With `baskets` the
    deviations of coefficients follow the other unknowns.
    """

    unknowns: Unknowns
    measured: Sequence[Measured]
    price: FloatArray
    scale: float = 1.0
    own: bool = True
    baskets: Baskets | None = None

    @cached_property
    def data_sets(self) -> Mapping[str, str]:
        """The data set of each source of the case."""
        return data_sets(self.unknowns.network.case)

    @property
    def start(self) -> FloatArray:
        """Where the first programme is linear about: the prior, coefficients as stated."""
        return np.concatenate([self.unknowns.prior, np.zeros(self._free)])

    def solve(self, kept: IntArray, start: FloatArray | None = None) -> Fitted:
        """Reconcile with the figures kept, from the point given, or the prior.

        What is not linear is taken so about the last point (Gauss and Newton): shares about one
        that fits all other figures first. A step that would fit worse is halved. What the data
        leave open stays nearest to the prior, then to the last point. Raises NoPoint where
        balances, bounds and limits cannot all hold.
        """
        is_share = np.array([self.measured[i].whole is not None for i in kept], dtype=bool)
        point = self.start if start is None else start
        if start is None and is_share.any():
            point = self.solve(kept[~is_share]).point
        count = self.unknowns.count
        about = _About(kept, np.maximum(point[:count], self.unknowns.prior))
        once = self.baskets is None and not is_share.any()
        steps: list[Step] = []
        merit = np.inf
        while True:
            problem = self._at(point, about)
            found = nearest(problem)
            moved, now = self._shortened(point, found.unknowns, merit, about)
            step = float((np.abs(moved - point) / problem.scale).max(initial=0.0))
            rests = once or step <= RESTS or merit - now <= SAME * max(now, 1.0)
            point, merit = moved, now
            steps.append(Step(step, self.violation(point), self.objective(point, about)))
            if rests or len(steps) == MOST:
                return Fitted(replace(found, unknowns=point), tuple(steps), rests)

    def objective(self, point: FloatArray, about: _About) -> float:
        """The sum of squares at a point, shares and products as they are."""
        rows, values, errors = self._rows(point, about)
        assumed, count = self.assumed, self.unknowns.count
        off = [
            (rows @ point - values) / errors,
            (point[assumed.unknown] - assumed.value) / assumed.error,
        ]
        if self.baskets is not None:
            off.append(point[count:] / self.baskets.error)
        return float(sum((part**2).sum() for part in off))

    def _shortened(
        self, point: FloatArray, moved: FloatArray, before: float, about: _About
    ) -> tuple[FloatArray, float]:
        """The step, halved until it is no worse than the point it leaves; and how good it is.

        Balances that free coefficients leave open count as well, in OPEN of what passes.
        """

        def merit(at: FloatArray) -> float:
            squares = self.objective(at, about)
            if self.baskets is None:
                return squares
            open_balances = self._balances(at) @ at[: self.unknowns.count]
            passes = np.maximum(self.unknowns.of_pools(), 1.0)
            return squares + float(((open_balances / passes / OPEN) ** 2).sum())

        now = merit(moved)
        for _ in range(HALVINGS):
            if now <= before + SAME * max(before, 1.0):
                break
            moved = (point + moved) / 2
            now = merit(moved)
        return moved, now

    def observed_alone(self, fitted: Fitted, kept: IntArray) -> Spread:
        """How errors spread if the case's own figures say nothing."""
        problem, binding = fitted.found.problem, fitted.found.binding
        rows = np.ones(len(problem.observed), dtype=bool)
        rows[len(kept) : len(kept) + len(self.assumed.own)] = ~self.assumed.own
        chosen = np.flatnonzero(rows)
        alone = replace(
            problem,
            rows=problem.rows[chosen],
            observed=problem.observed[chosen],
            error=problem.error[chosen],
        )
        return Spread(alone, binding)

    def violation(self, point: FloatArray) -> float:
        """The largest open balance with the coefficients of the point itself."""
        count = self.unknowns.count
        return Problem.of(
            sparse.csr_array((0, count)), np.zeros(0), np.zeros(0), self._balances(point)
        ).violation(point[:count])

    @cached_property
    def assumed(self) -> Assumed:
        """What is taken as nought or as the case states it, for want of an observation."""
        unknowns, network = self.unknowns, self.unknowns.network
        held = network.stocks["initial"].to_numpy(float)
        value, error = np.zeros(unknowns.count), np.ones(unknowns.count)
        stock, open_pool = unknowns.blocks["stock"], unknowns.blocks["unexplained"]
        error[stock] = STOCK * self.scale * np.maximum(held, unknowns.upper[stock])
        error[open_pool] = UNEXPLAINED * self.scale * unknowns.of_pools()
        counts = np.zeros(unknowns.count, dtype=bool)
        counts[stock] = counts[open_pool] = True
        if self.own:
            for block, (stated, stated_error, source) in self._own_figures().items():
                span = unknowns.blocks[block]
                again = self._told_again(span, source)
                value[span], counts[span] = np.nan_to_num(stated), ~np.isnan(stated) & ~again
                error[span] = np.maximum(np.nan_to_num(stated_error), SMALL * unknowns.scale[span])
        counts &= unknowns.upper > unknowns.lower
        chosen = np.flatnonzero(counts)
        own = ~np.isin(chosen, np.concatenate([_numbers(stock), _numbers(open_pool)]))
        return Assumed(chosen, value[chosen], np.maximum(error[chosen], 1.0), own)

    def _told_again(self, span: slice, source: Sequence[str]) -> BoolArray:
        """(thing of a block): whether an observation of the same data set is of it alone.

        The case's own figure is then that observation written down once more.
        """
        can_be = self.unknowns.upper > 0
        again = np.zeros(self.unknowns.count, dtype=bool)
        for one in self.measured:
            at = np.flatnonzero((one.part != 0) & can_be)
            if one.whole is None and len(at) == 1 and span.start <= at[0] < span.stop:
                own = self.data_sets.get(source[at[0] - span.start])
                again[at] |= own == one.figure.data_set
        return again[span]

    def _own_figures(self) -> dict[str, tuple[FloatArray, FloatArray, Sequence[str]]]:
        """What the case states of uses and flows, its error and source; NaN where nothing."""
        network = self.unknowns.network
        keys = ["sector", "place", "material"]
        rows = network.case.table("demands").sort_values("year").drop_duplicates(keys)
        rows = network.demands[keys].merge(rows, on=keys, how="left")
        size = np.maximum(rows["quantity"].to_numpy(float), 1e-300)
        part = own_errors(rows, "quantity", scale=self.scale) / size
        stage = network.case.table("materials").set_index("id")["stage"]
        routes = network.case.table("routes").set_index(["goods", "origin", "destination"])
        links = network.links
        keyed = links[["material", "origin", "destination"]]
        named = pd.MultiIndex.from_frame(keyed)
        by_stage = pd.MultiIndex.from_frame(keyed.assign(material=keyed["material"].map(stage)))
        told = routes.reindex(named).reset_index(drop=True)
        wide = routes.reindex(by_stage).reset_index(drop=True)
        told = told.where(told["source"].notna(), wide)
        reached = self.unknowns.of_pools()[links["to_pool"].to_numpy()]
        least = NOUGHT * self.scale * reached * (told["base_flow"] == 0).to_numpy(bool)
        return {
            "use": (network.quantity[0], part * network.quantity[0], list(rows["source"])),
            "flow": (
                told["base_flow"].to_numpy(float),
                np.maximum(own_errors(told, "base_flow", scale=self.scale), least),
                list(told["source"]),
            ),
        }

    @property
    def _free(self) -> int:
        return 0 if self.baskets is None else len(self.baskets.table)

    def _balances(self, point: FloatArray) -> sparse.csr_array:
        """(pool, unknown) with the coefficients of the point."""
        unknowns = self.unknowns
        if self.baskets is None:
            return unknowns.balances
        recipes = self.baskets.at(point[unknowns.count :]).recipes
        rest = unknowns.balances[:, unknowns.blocks["activity"].stop :]
        return sparse.csr_array(sparse.hstack([recipes, rest]))

    def _at(self, point: FloatArray, about: _About) -> Problem:
        """The programme linear about a point."""
        unknowns = self.unknowns
        rows, values, errors = self._rows(point, about)
        assumed = self.assumed
        each = sparse.csr_array(sparse.eye_array(unknowns.count))[assumed.unknown]
        plain = Problem(
            rows=sparse.csr_array(
                sparse.vstack([sparse.csr_array(rows[:, : unknowns.count]), each])
            ),
            observed=np.concatenate([values, assumed.value]),
            error=np.concatenate([errors, assumed.error]),
            balances=self._balances(point),
            due=np.zeros(unknowns.balances.shape[0]),
            limits=unknowns.limits,
            limit=unknowns.limit,
            lower=unknowns.lower,
            upper=unknowns.upper,
            prior=point[: unknowns.count],
            scale=unknowns.scale,
        )
        if self.baskets is None:
            return plain
        return self._with_baskets(plain, self.baskets, point, rows[:, unknowns.count :])

    def _with_baskets(
        self, plain: Problem, baskets: Baskets, point: FloatArray, slopes: FloatArray
    ) -> Problem:
        """The same with the deviations of coefficients as further unknowns, measured as nought.

        slopes (figure, coefficient): what they add to what was observed.
        """
        count, free = self.unknowns.count, len(baskets.table)
        moved = baskets.slopes(point[self.unknowns.blocks["activity"]])
        silent = sparse.csr_array((plain.rows.shape[0] - len(slopes), free))
        own = sparse.hstack([sparse.csr_array((free, count)), sparse.eye_array(free)])
        rows = sparse.hstack([plain.rows, sparse.vstack([sparse.csr_array(slopes), silent])])
        wide = np.full(free, WIDEST)
        return Problem(
            rows=sparse.csr_array(sparse.vstack([rows, own])),
            observed=np.concatenate([plain.observed, np.zeros(free)]),
            error=np.concatenate([plain.error, baskets.error]),
            balances=sparse.csr_array(sparse.hstack([plain.balances, moved])),
            due=moved @ point[count:],
            limits=sparse.csr_array(sparse.block_diag([plain.limits, baskets.limits])),
            limit=np.concatenate([plain.limit, baskets.limit]),
            lower=np.concatenate([plain.lower, -wide]),
            upper=np.concatenate([plain.upper, wide]),
            prior=point,
            scale=np.concatenate([plain.scale, baskets.error]),
        )

    def _rows(self, point: FloatArray, about: _About) -> tuple[FloatArray, FloatArray, FloatArray]:
        """(figure kept, unknown) rows, what they should be, and errors, about a point."""
        count = self.unknowns.count
        chosen = [self.measured[number] for number in about.kept.tolist()]
        rows, values = np.zeros((len(chosen), len(point))), np.zeros(len(chosen))
        if self.baskets is None:
            for at, one in enumerate(chosen):
                rows[at], values[at] = one.row(point, about.usual)
        else:
            lens = Lens(self.baskets.at(point[count:]), self.price)
            nothing = np.zeros(self._free)
            plain, usual = (np.concatenate([p[:count], nothing]) for p in (point, about.usual))
            for at, one in enumerate(chosen):
                part, whole = self._sloped(one, lens, self.baskets, point)
                now = replace(one, part=part, whole=whole)
                rows[at], value = now.row(plain, usual)
                values[at] = value + rows[at, count:] @ point[count:]
        return rows, values, np.array([one.error for one in chosen])

    def now(self, one: Measured, point: FloatArray) -> Measured:
        """A figure with what it adds up at a point, coefficients included."""
        if self.baskets is None:
            return one
        count = self.unknowns.count
        lens = Lens(self.baskets.at(point[count:]), self.price)
        part, whole = self._sloped(one, lens, self.baskets, point)
        return replace(one, part=part[:count], whole=None if whole is None else whole[:count])

    def _sloped(
        self, one: Measured, lens: Lens, baskets: Baskets, point: FloatArray
    ) -> tuple[FloatArray, FloatArray | None]:
        """(unknown): what a figure adds up, and what it is a share of, with free coefficients."""
        terms = terms_of(one.figure, lens)
        if isinstance(terms, str):  # of stocks, which no recipe changes
            return np.concatenate([one.part, np.zeros(self._free)]), None
        activity = point[self.unknowns.blocks["activity"]]

        def row(of: Terms) -> FloatArray:
            slope = np.zeros(self._free)
            if of.output is not None:
                slope = baskets.slope_of(of.output, of.activity, activity)
            return np.concatenate([self.unknowns.row(of), slope])

        return row(terms), None if terms.whole is None else row(terms.whole)


def _numbers(span: slice) -> IntArray:
    return np.arange(span.start, span.stop, dtype=np.intp)
