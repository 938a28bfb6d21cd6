"""What a study needs from outside: workers, progress, cancelling, a seed, a memo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class Memo(Protocol):
    """Answers kept by the hash of their question."""

    def get(self, key: str) -> bytes | None:
        """The answer kept under `key`, or None."""
        ...

    def put(self, key: str, value: bytes) -> None:
        """Keep an answer."""
        ...


class NoMemo:
    """Remembers nothing."""

    def get(self, key: str) -> bytes | None:
        """None."""
        return None

    def put(self, key: str, value: bytes) -> None:
        """Keep nothing."""


class Cancelled(Exception):
    """The study was told to stop."""


def _silent(what: str, share: float | None) -> None:
    """Tell nobody."""


def _never() -> bool:
    return False


@dataclass(frozen=True)
class Context:
    """Workers, progress(what, share done or None), cancelled(), seed and memo of a study."""

    executor: Executor | None = None
    progress: Callable[[str, float | None], None] = _silent
    cancelled: Callable[[], bool] = _never
    seed: int = 0
    memo: Memo = field(default_factory=NoMemo)

    def report(self, what: str, share: float | None = None) -> None:
        """Tell what is being done; raises Cancelled if the study was told to stop."""
        if self.cancelled():
            raise Cancelled(what)
        self.progress(what, share)

    def map(self, what: str, work: Callable[[Item], Answer], items: Sequence[Item]) -> list[Answer]:
        """`work` on every item, in their order, by the executor where there is one.

        Tells how far it is after each item; raises Cancelled if the study was told to stop.
        """
        answers: list[Answer] = []
        found = self.executor.map(work, items) if self.executor else map(work, items)
        self.report(what, 0.0)
        for answer in found:
            answers.append(answer)
            self.report(what, len(answers) / len(items))
        return answers
