"""What a run was asked and answered: its manifest.json."""

from __future__ import annotations

import hashlib
import json
import platform
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import version

from kidorui.results import Json

FORMAT = 1
"""Raised when an older kidorui could not read a manifest."""

_SOLVER = "highspy"
_RECORDED = ("kidorui", "highspy", "numpy", "scipy", "pandas")


class ManifestError(ValueError):
    """A manifest that cannot be read; the text says why."""


def versions() -> dict[str, str]:
    """Python, kidorui and the libraries an answer depends on, with their versions."""
    return {"python": platform.python_version()} | {name: version(name) for name in _RECORDED}


def solver() -> str:
    """The solver's name and version."""
    return f"HiGHS {version(_SOLVER)}"


@dataclass(frozen=True)
class Inputs:
    """All that decides an answer: same inputs, same run.

    case_hash covers the resolved tables and settings of the case; options are the study's.
    """

    kind: str
    case: str
    case_hash: str
    options: Mapping[str, Json] = field(default_factory=dict)
    seed: int = 0

    @property
    def hash(self) -> str:
        """sha256 of the inputs with the versions of kidorui and the solver."""
        question = asdict(self) | {"kidorui": version("kidorui"), "solver": solver()}
        return hashlib.sha256(canonical(question).encode()).hexdigest()

    @property
    def stem(self) -> str:
        """The readable part of the run's id: kind and case, such as plan-japan."""
        return "-".join(_slug(part) for part in (self.kind, self.case))


@dataclass(frozen=True)
class Manifest:
    """The manifest of one run.

    created is UTC in ISO format, tables the number of rows of each, timings seconds by step
    (no part of any hash), memo_keys the remembered answers the run was built on.
    """

    id: str
    inputs: Inputs
    inputs_hash: str
    result_hash: str
    created: str
    tables: Mapping[str, int]
    versions: Mapping[str, str] = field(default_factory=versions)
    solver: str = field(default_factory=solver)
    gap: float | None = None
    memo_keys: tuple[str, ...] = ()
    meta: Mapping[str, Json] = field(default_factory=dict)
    timings: Mapping[str, float] = field(default_factory=dict)

    def to_json(self) -> str:
        """The text of manifest.json."""
        content = {"format": FORMAT} | asdict(self)
        return json.dumps(content, indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Manifest:
        """Read the text of a manifest.json; raises ManifestError."""
        try:
            content = json.loads(text)
            if content.pop("format") != FORMAT:
                raise ManifestError(f"not of format {FORMAT}: written by another kidorui")
            inputs = Inputs(**content.pop("inputs"))
            keys = tuple(content.pop("memo_keys"))
            return cls(inputs=inputs, memo_keys=keys, **content)
        except (AttributeError, KeyError, TypeError, json.JSONDecodeError) as error:
            raise ManifestError(f"not a manifest of a run: {error}") from error


def canonical(value: object) -> str:
    """JSON with sorted keys, the same text for the same content; tuples count as lists."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "unnamed"
