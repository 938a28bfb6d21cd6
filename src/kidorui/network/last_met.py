"""Which plants content met last, at several stages together: links of a chain from first to last.

A chain of flows is looked at where it stops alone, at the plants of some stages (a censored
Markov chain: Kemeny and Snell, Finite Markov Chains, 1960, ch. 6.1). Of content that is used, the
plant met last at each stage it met at all is one of a row of stops, told in the order of the
stages; two that follow each other in that row are linked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.intp]

Stages = frozenset[int]
"""Stages by number: 0 for the first of the chain."""


@dataclass(frozen=True)
class Link:
    """Content that goes from one stage to a later one and stops at none between them.

    `start` is the number of its stage, None for where it began; `end` None for where it is used.
    `amount` (from, to, origin) in the unit of the use: from and to are places or uses. Of what
    begins, from is of length 1: where it began is its origin.
    """

    start: int | None
    end: int | None
    amount: FloatArray


@dataclass(frozen=True)
class Stops:
    """A chain seen where it stops alone: shares of what each stop takes, and where it stands.

    `passed` (stop, stop before) and `began` (stop, origin) add up to 1 for each stop; origins are
    what content began as, the last of them unknown. `stage` and `place` (stop) are numbers, of
    which there are `stages` and `places`; a stop of stage -1 is passed and never told.
    """

    passed: FloatArray
    began: FloatArray
    stage: IntArray
    place: IntArray
    stages: int
    places: int
    _found: dict[Stages, tuple[FloatArray, FloatArray]] = field(default_factory=dict, repr=False)

    def ends(self, stages: Stages) -> tuple[FloatArray, FloatArray]:
        """Where what is at each stop ends, walked upstream until it meets any of some stages.

        (stop, stop met) and (stop, origin) shares; a stop of these stages is met at once. With
        none of the stages the second are the origins of all that is at each stop.
        """
        if stages not in self._found:
            self._found[stages] = self._ends(np.isin(self.stage, list(stages)))
        return self._found[stages]

    def _ends(self, met: BoolArray) -> tuple[FloatArray, FloatArray]:
        count = len(met)
        onward = np.where(met[:, None], 0.0, self.passed)
        ended = np.hstack([np.diag(met.astype(float)), np.where(met[:, None], 0.0, self.began)])
        rooted = _reached(np.asarray(onward > 0), np.asarray((ended > 0).any(axis=1)))
        found = np.zeros_like(ended)
        found[~rooted, -1] = 1.0  # circles that nothing enters
        right = ended[rooted] + onward[np.ix_(rooted, ~rooted)] @ found[~rooted]
        within = np.eye(int(rooted.sum())) - onward[np.ix_(rooted, rooted)]
        found[rooted] = np.linalg.solve(within, right)
        return found[:, :count], found[:, count:]

    def links(self, use: FloatArray, straight: FloatArray) -> Iterator[Link]:
        """All links of what is used, by use, place and origin.

        use: (use, stop) what last passed each stop; straight: (use, origin) what passed no stop.
        """
        none = straight + use @ self.ends(frozenset(range(self.stages)))[1]
        yield Link(None, None, none[None, :, :])
        total = use.sum(axis=0)
        for stage in range(self.stages):
            below, above = frozenset(range(stage)), frozenset(range(stage + 1, self.stages))
            yield Link(None, stage, self._begun(total, stage, below))
            for later in above:
                yield Link(stage, later, self._between(total, stage, later))
            yield Link(stage, None, self._used(use, stage, above))

    def _begun(self, total: FloatArray, stage: int, below: Stages) -> FloatArray:
        """(1, place, origin): what met the stage and none of those below it."""
        here = total @ self._met(below | {stage}, stage)
        return np.asarray((self._at(stage) * here) @ self._origin(below, stage))[None, :, :]

    def _used(self, use: FloatArray, stage: int, above: Stages) -> FloatArray:
        """(place, use, origin): what met the stage and none of those above it."""
        here = use @ self._met(above | {stage}, stage)
        held = here[:, :, None] * self._origin(above, stage)
        return np.asarray(np.tensordot(self._at(stage), held, axes=(1, 1)))

    def _between(self, total: FloatArray, stage: int, later: int) -> FloatArray:
        """(place, place later, origin): what met both stages and none of those between them.

        Walked upstream the later one is met first, but for what was scrap in between.
        """
        between = frozenset(range(stage + 1, later))
        late = self._pair(total, later, stage, between)
        return late.transpose(1, 0, 2) + self._pair(total, stage, later, between)

    def _pair(self, total: FloatArray, first: int, then: int, never: Stages) -> FloatArray:
        """(place first, place then, origin): what walked upstream met one and then the other."""
        at_first = self._at(first) * (total @ self._met(never | {first, then}, first))
        onward = self.ends(never | {then})[0]
        at_then = at_first @ onward[np.ix_(self.stage == first, self.stage == then)]
        held = at_then[:, :, None] * self._origin(never, then)
        return np.asarray(np.tensordot(self._at(then), held, axes=(1, 1))).transpose(1, 0, 2)

    def _met(self, stages: Stages, which: int) -> FloatArray:
        """(stop, stop of a stage): where what is at each stop meets that of the stages first."""
        return self.ends(stages)[0][:, self.stage == which]

    def _origin(self, never: Stages, stage: int) -> FloatArray:
        """(stop of a stage, origin): share that began so and met some stages never."""
        return self.ends(never)[1][self.stage == stage, :]

    def _at(self, stage: int) -> FloatArray:
        """(place, stop of a stage): 1 where the stop is at the place."""
        here: FloatArray = np.eye(self.places)[:, self.place[self.stage == stage]]
        return here


def _reached(from_before: BoolArray, begins: BoolArray) -> BoolArray:
    """(stop): whether anything reaches it of what begins or ends; from_before (stop, before)."""
    found = begins
    while True:
        more: BoolArray = np.asarray(found | (from_before & found).any(axis=1))
        if (more == found).all():
            return found
        found = more
