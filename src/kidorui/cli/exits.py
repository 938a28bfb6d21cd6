"""Exit codes, and what a command raises when it refuses its input."""

from __future__ import annotations

import sys

FINE = 0
FAILS = 1
FAULTY = 2
INFEASIBLE = 3
STOPPED = 130


class Refused(Exception):
    """Input a command cannot work with; the text says what is wrong and what is accepted."""


def imported(module: str, name: str) -> tuple[type[Exception], ...]:
    """An exception of a module if that is imported: one that is not cannot have raised it."""
    kind = getattr(sys.modules.get(module), name, None)
    return (kind,) if isinstance(kind, type) else ()
