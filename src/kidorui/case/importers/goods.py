"""What the goods of a data set are in a case: customs codes, and oxides and metals by name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from kidorui.case.customs import customs_codes
from kidorui.case.faults import CaseError, Fault
from kidorui.case.importers.rows import Asked, BoolArray, within_a_place
from kidorui.case.schema import table_schema

_WORDS = {"oxide": re.compile(r"oxide|o\d", re.IGNORECASE), "metal": re.compile("metal")}


def codes_of(wanted: Asked) -> tuple[str, ...]:
    """Customs codes of the case's materials, of those asked for; CaseError where there is none."""
    cells = wanted.case.table("materials")["hs"]
    stated = sorted({code for cell in cells for code in customs_codes(cell)})
    if not wanted.hs:
        codes = {code[:6] for code in stated}
        none = [Fault("materials", None, "hs", "no material has a customs code", "HS codes")]
        if not codes:
            raise CaseError(none)
        return tuple(sorted(codes))
    alien = [hs for hs in wanted.hs if not any(_meet(hs, code) for code in stated)]
    if alien:
        accepted = f"one of {', '.join(stated)}, or digits that these begin with"
        raise CaseError(
            [Fault("--hs", None, "", f"no material is traded as {hs}", accepted) for hs in alien]
        )
    return tuple(
        max(hs, code[:6], key=len) for hs in wanted.hs for code in stated if _meet(hs, code)
    )


def under(numbers: pd.Series | np.ndarray, codes: Sequence[str]) -> BoolArray:
    """Which six-digit codes, as numbers, lie under one of the codes."""
    values = np.asarray(numbers)
    found = np.zeros(len(values), dtype=bool)
    for code in set(codes):
        found |= values // 10 ** (6 - len(code)) == int(code)
    return found


def goods_of(code: str, wanted: Asked) -> str:
    """The material that alone is traded under a six-digit code, else the stage of those that are.

    Of several stages it is the one that the case's own flows of the code name; without any, the
    one with the most materials, and of equals the furthest along the chain.
    """
    materials = wanted.case.table("materials")
    found = materials[_traded_under(code, materials)]
    if len(found) == 1:
        return str(found["id"].iloc[0])
    seen = wanted.case.table("observations")
    own = seen[(seen["kind"] == "flow") & seen["unit"].str.endswith(f", HS {code}")]["goods"]
    if own.isin([*found["id"], *found["stage"]]).any():
        return str(own[own.isin([*found["id"], *found["stage"]])].mode().iloc[0])
    order = table_schema("materials").column("stage").choices
    count = found["stage"].value_counts()
    return str(max(count.index, key=lambda stage: (count[stage], order.index(stage))))


def stages_of(code: str, wanted: Asked) -> list[str]:
    """Stages of the materials that are traded under a six-digit code."""
    materials = wanted.case.table("materials")
    return [str(stage) for stage in materials["stage"][_traded_under(code, materials)].unique()]


def traded_told(codes: Iterable[str], rows: pd.DataFrame, wanted: Asked) -> tuple[str, ...]:
    """What six-digit codes are taken for, and how many flows stay within a place of the network."""
    said = []
    for code in sorted(set(codes)):
        stages = stages_of(code, wanted)
        more = f" (materials of {', '.join(stages)} are traded under it)" if len(stages) > 1 else ""
        said.append(f"HS {code} is taken for {goods_of(code, wanted)}{more}")
    inside = within_a_place(rows, wanted)
    if inside:
        said.append(f"{inside:,} rows join countries that one place of the network stands for")
    return tuple(said)


def material_named(text: str, wanted: Asked) -> str:
    """The oxide or metal of the case that holds just the elements a text names; "" if none does.

    `Lanthanum oxide, 99.5% minimum` is the oxide that holds lanthanum alone; `Y2O3` goes by the
    oxide of the element.
    """
    elements = wanted.case.table("elements")
    words = set(re.findall(r"[a-z]+", text.casefold()))
    formulas = set(re.findall(r"[A-Za-z0-9]+", text))
    named = {
        str(row.id)
        for row in elements.itertuples(index=False)
        if str(row.name).casefold() in words or str(row.oxide) in formulas
    }
    stage = next((stage for stage, word in _WORDS.items() if word.search(text)), "")
    materials = wanted.case.table("materials")
    held = wanted.case.table("contents").groupby("material")["element"].agg(set)
    found = [
        str(material)
        for material in materials.loc[materials["stage"] == stage, "id"]
        if held.get(material, set()) == named
    ]
    return found[0] if len(found) == 1 and named else ""


def has_stage(stage: str, wanted: Asked) -> bool:
    """Whether a material of the case is of a stage."""
    return bool((wanted.case.table("materials")["stage"] == stage).any())


def _traded_under(code: str, materials: pd.DataFrame) -> BoolArray:
    """(material): whether it is traded under a six-digit code."""
    return np.array(
        [any(_meet(code, own) for own in customs_codes(cell)) for cell in materials["hs"]],
        dtype=bool,
    )


def _meet(one: str, other: str) -> bool:
    """Whether one customs code lies under the other."""
    return one.startswith(other) or other.startswith(one)
