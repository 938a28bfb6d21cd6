"""The way of an element from mine to use, coloured by where it was mined."""

from __future__ import annotations

from functools import partial

import pandas as pd

from kidorui.figures.catalogue import NoPicture
from kidorui.figures.naming import Names
from kidorui.figures.picture import Picture
from kidorui.figures.plots import Link, Node, Role, Sankey
from kidorui.figures.rows import each
from kidorui.language import Language
from kidorui.results import Result

STAGES = ("mine", "scrap", "unknown", "separation", "metal", "magnet", "recycling", "use")
"""Stages from left to right; the first three stand in one column."""
BEGINNINGS = STAGES[:3]
SMALL = 0.02
"""A node with less than this share of all that is used is told with others."""
MOST = 6
"""Nodes of a column that are told by name at most."""
CRUMB = 0.003
"""Links of less than this share of all that is used are not drawn."""
OTHERS = "others"
NO_PLACE = ("recycled", "unexplained", "no known origin")
"""What stands for a place in `mined` where there is none."""

_ELEMENTS = {"light": ("Nd", "light"), "heavy": ("Dy", "heavy")}
"""The element told for a group: what magnets need of it, else the group as a whole."""


def sankey(group: str, result: Result, say: Language) -> Picture:
    """From mine to use in the focus place, of the element that stands for light or heavy."""
    chain = result.table("chain")
    element = next((e for e in _ELEMENTS[group] if (chain["element"] == e).any()), "")
    if not element:
        raise NoPicture(f"sankey_{group}: chain has no rows of {' or '.join(_ELEMENTS[group])}")
    names = Names(result, say)
    told = _merged(chain[chain["element"] == element], result)
    word = element_name(element, say)
    return Picture(
        name=f"sankey_{group}",
        title=say("From mine to use: {element}", element=word),
        note=say(
            "t of oxide a year in what {place} uses, by the last plant of each stage that it met; "
            "a flow that skips a column met no plant of that stage. Flows have the colour of where "
            "it was mined, bars of where the plants are. Flows below {crumb} are left out.",
            place=names.focus,
            crumb=say.share(CRUMB),
        ),
        finding=_chain_finding(chain[chain["element"] == element], word, names, result, say),
        plot=Sankey(
            nodes=_nodes(told, result, names, say),
            links=_links(told),
            columns=_headings(told, say),
            unit=say.unit("t oxide/yr"),
            legend=_legend(told, result, names, say),
        ),
        data=chain[chain["element"] == element],
        tables=("chain",),
        units={"amount": "t oxide/yr"},
    )


sankey_light = partial(sankey, "light")
sankey_heavy = partial(sankey, "heavy")


def element_name(element: str, say: Language) -> str:
    """An element or group of them in words."""
    groups = {
        "light": say("light rare earths"),
        "heavy": say("heavy rare earths"),
        "all": say("all rare earths"),
    }
    return groups.get(element) or say.name(element)


def home(result: Result) -> frozenset[str]:
    """The places of the focus place's country."""
    told = result.meta.get("home")
    places = told if isinstance(told, list | tuple) else ()
    return frozenset({str(result.meta.get("focus_id", "")), *map(str, places)})


def control(result: Result) -> str:
    """The id of the controlling place."""
    return str(result.meta.get("control_id", ""))


def _merged(chain: pd.DataFrame, result: Result) -> pd.DataFrame:
    """Links between (column, place), small places of each column as others.

    The columns are counted over the stages there are; what begins is all in the first.
    """
    rows = chain[["from_stage", "from_place", "to_stage", "to_place", "mined", "amount"]].copy()
    scrap = rows["from_stage"] == "scrap"
    rows["from_place"] = rows["from_place"].where(~scrap, "scrap")
    used = float(rows.loc[rows["to_stage"] == "use", "amount"].sum())
    rows["from_stage"] = rows["from_stage"].replace(dict.fromkeys(BEGINNINGS, "mine"))
    named = _named(rows, used) | {(stage, control(result)) for stage in STAGES}
    for end in ("from", "to"):
        pairs = zip(rows[f"{end}_stage"], rows[f"{end}_place"], strict=True)
        keep = pd.Series([pair in named for pair in pairs], index=rows.index)
        rows[f"{end}_place"] = rows[f"{end}_place"].where(keep, OTHERS)
    rows["role"] = [role(str(place), result) for place in rows["mined"]]
    keys = ["from_stage", "from_place", "to_stage", "to_place", "role"]
    merged: pd.DataFrame = rows.groupby(keys)["amount"].sum().reset_index()
    return merged[merged["amount"] >= CRUMB * used]


def _named(rows: pd.DataFrame, used: float) -> set[tuple[str, str]]:
    """The (stage, place) that are large enough to be told by name."""
    found: set[tuple[str, str]] = set()
    for stage in STAGES:
        into = rows[rows["to_stage"] == stage].groupby("to_place")["amount"].sum()
        out = rows[rows["from_stage"] == stage].groupby("from_place")["amount"].sum()
        size = pd.concat([into, out], axis=1).max(axis=1)
        large = size[size >= SMALL * used].nlargest(MOST)
        found |= {(stage, str(place)) for place in large.index}
    return found


def _columns(told: pd.DataFrame) -> dict[str, int]:
    """The column of each stage that is there."""
    there = {*told["from_stage"], *told["to_stage"]}
    return {stage: at for at, stage in enumerate(s for s in STAGES if s in there)}


def _headings(told: pd.DataFrame, say: Language) -> list[str]:
    words = {
        "mine": say("Mined"),
        "separation": say("Separated"),
        "metal": say("Made metal"),
        "magnet": say("Made magnets"),
        "recycling": say("Recycled"),
        "use": say("Used"),
    }
    return [words[stage] for stage in _columns(told)]


def role(place: str, result: Result) -> Role:
    """The colour of what was mined at a place."""
    if place == control(result):
        return "control"
    if place in home(result):
        return "good"
    return "muted" if place in (*NO_PLACE, "scrap") else "free"


def _nodes(told: pd.DataFrame, result: Result, names: Names, say: Language) -> list[Node]:
    ends = [
        told.groupby([f"{end}_stage", f"{end}_place"])["amount"].sum() for end in ("from", "to")
    ]
    sizes = pd.concat([end.rename_axis(["stage", "place"]) for end in ends])
    whole = sizes.groupby(level=["stage", "place"]).max().reset_index()
    whole["column"] = whole["stage"].map(_columns(told))
    whole["last"] = whole["place"] == OTHERS
    whole = whole.sort_values(["column", "last", "amount"], ascending=[True, True, False])
    return [
        Node(
            f"{row['stage']} {row['place']}",
            _label(str(row["stage"]), str(row["place"]), names, say),
            int(row["column"]),
            "base" if row["stage"] == "use" else role(str(row["place"]), result),
        )
        for row in each(whole)
    ]


def _label(stage: str, place: str, names: Names, say: Language) -> str:
    if place == OTHERS:
        return say("others")
    if place == "scrap":
        return say("scrap")
    return names.sector(place) if stage == "use" else names.place(place)


def _links(told: pd.DataFrame) -> list[Link]:
    return [
        Link(
            f"{row['from_stage']} {row['from_place']}",
            f"{row['to_stage']} {row['to_place']}",
            float(row["amount"]),
            row["role"],
        )
        for row in each(told)
    ]


def _legend(told: pd.DataFrame, result: Result, names: Names, say: Language) -> dict[str, Role]:
    words: dict[str, Role] = {
        names.control: "control",
        names.focus: "good",
        say("elsewhere"): "free",
        say("recycled or not known"): "muted",
    }
    places = told.loc[told["to_stage"] != "use", "to_place"]
    there = {*told["role"], *(role(str(place), result) for place in places)}
    return {word: colour for word, colour in words.items() if colour in there}


def _chain_finding(
    chain: pd.DataFrame, word: str, names: Names, result: Result, say: Language
) -> str:
    used = float(chain.loc[chain["to_stage"] == "use", "amount"].sum())
    out = chain[chain["from_place"] == control(result)].groupby("from_stage")["amount"].sum()
    return say(
        "Of the {used} of {element} used, {mined} was mined in {place} and {separated} separated "
        "there.",
        used=say.quantity(used, "t oxide/yr"),
        element=word,
        mined=say.share(float(out.get("mine", 0.0)) / used if used else 0.0),
        separated=say.share(float(out.get("separation", 0.0)) / used if used else 0.0),
        place=names.control,
    )
