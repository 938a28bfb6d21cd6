"""Elements that shares are told by, alone and in groups, and those that the data lump."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.case import Case
from kidorui.network import Network
from kidorui.studies.calibration.bases import SYMBOLS, symbols
from kidorui.studies.dependence import GROUPS

BoolArray = npt.NDArray[np.bool_]

ALL = "all"
NOT_IDENTIFIED = "not identified"
"""In place of an origin: the data lump what was asked for with others."""

_ONE = re.compile(r"[A-Z][a-z]?")

_NOT_MINED = frozenset(["Sc"])
"""Rare earths that do not come with the others, so that no rest of them holds any."""


@dataclass(frozen=True)
class Told:
    """What shares are told by: each element of a case, then light, heavy, and all.

    `members` is (name, element).
    """

    names: tuple[str, ...]
    members: BoolArray

    @classmethod
    def of(cls, network: Network) -> Told:
        """The elements and groups of a network's case; a group without elements is left out."""
        elements = network.elements
        groups = {name: network.element_group(name) for name in GROUPS}
        groups = {name: held for name, held in groups.items() if held.any()}
        groups[ALL] = np.ones(len(elements), dtype=bool)
        return cls(
            names=(*elements, *groups),
            members=np.vstack([np.eye(len(elements), dtype=bool), *groups.values()]),
        )


def lumped(case: Case) -> pd.DataFrame:
    """One row per element that the case carries with others as one: element, carried_as, why.

    An id that is no symbol stands for several: those run together in it (NdPr), or else all rare
    earths that have no row of their own.
    """
    ids = list(case.table("elements")["id"])
    groups = [one for one in ids if not _ONE.fullmatch(one)]
    told = {symbol for one in ids for symbol in (symbols(one) or (one,))}
    rest = sorted(SYMBOLS - told - _NOT_MINED)
    rows = [
        {"element": element, "carried_as": group, "why": f"the case carries {group} as one"}
        for group in groups
        for element in symbols(group) or (rest if told & SYMBOLS else ())
    ]
    return pd.DataFrame(rows, columns=["element", "carried_as", "why"]).astype(object)


def known_elements(case: Case, names: Sequence[str]) -> list[str]:
    """The names as they were asked for, each an element or group that shares are told by.

    Raises ValueError for one that the case does not know; one that it lumps is known.
    """
    accepted = [*case.table("elements")["id"], *lumped(case)["element"], *GROUPS, ALL]
    if unknown := [name for name in names if name not in accepted]:
        raise ValueError(f"no element {', '.join(unknown)}; the case has {', '.join(accepted)}")
    return list(names)
