"""Where what is used comes from at each stage, and how few make it."""

from __future__ import annotations

import pandas as pd

from kidorui.figures.exposure.chain import control, element_name, home
from kidorui.figures.naming import Names
from kidorui.figures.picture import Picture
from kidorui.figures.plots import Bars, Dots, Mark, Role, Series
from kidorui.figures.rows import headings
from kidorui.language import Language
from kidorui.results import Result

STAGES = ("mine", "separation", "metal", "magnet")
KEY = ("Nd", "Dy", "Tb", "Y")
"""Elements told apart, where the data do: those of magnets, and the heavy one used most."""
NAMED = 4
"""Places beyond the controlling one and home that are told by name."""
NO_PLANT = "no such plant"
UNKNOWN = ("recycled", "unexplained", "no known origin", "not identified")
PASSED_BY = 0.9
"""A stage that more than this share of an element met no plant of is not shown."""
CONCENTRATED = 2500.0
"""Points of HHI above which a market was long called highly concentrated (US DOJ and FTC,
Horizontal Merger Guidelines, 2010)."""
POINTS = 10_000.0
MARKETS = (("light", "heavy"), ("Nd", "Dy"))


def origins(result: Result, say: Language) -> Picture:
    """Look-through shares by place and stage for each key element."""
    names = Names(result, say)
    shares = _shares(result)
    order = _order(shares, result)
    rows = list(shares.index)
    return Picture(
        name="origins",
        title=say("Where what {place} uses was last worked, by stage", place=names.focus),
        note=say(
            "Per cent of the element in all that is used, by the place of the last plant of the "
            "stage that it met, seen through all trade between; what is missing to 100 met none. "
            "Scrap that nothing is traced behind, and what is not known, is told apart."
        ),
        finding=_origins_finding(shares, names, result, say),
        plot=Bars(
            rows=[_stage(stage, say) for _, stage in rows],
            series=[
                Series(
                    _origin_name(origin, names, say),
                    role,
                    [float(value) * 100 for value in shares[origin]],
                )
                for origin, role in order
            ],
            unit="%",
            groups=headings(element_name(element, say) for element, _ in rows),
            stacked=True,
            top=100.0,
        ),
        data=shares.reset_index().melt(["element", "stage"], var_name="origin", value_name="share"),
        tables=("origins",),
        units={"share": "1"},
    )


def _shares(result: Result) -> pd.DataFrame:
    """Share by (element, stage) down and origin across, small origins as others."""
    table = result.table("origins")
    table = table[(table["via"] == "all") & table["stage"].isin(STAGES)]
    elements = [element for element in KEY if (table["element"] == element).any()]
    elements = elements or [e for e in ("light", "heavy") if (table["element"] == e).any()]
    table = table[table["element"].isin(elements)]
    wide = table.pivot_table(index=["element", "stage"], columns="origin", values="share")
    wide = wide.reindex([(e, s) for e in elements for s in STAGES]).dropna(how="all").fillna(0.0)
    if NO_PLANT in wide:
        wide = wide[wide[NO_PLANT] <= PASSED_BY].drop(columns=NO_PLANT)
    first = {control(result), *home(result)}
    unknown = [origin for origin in UNKNOWN if origin in wide]
    rest = wide.drop(columns=[*unknown, *(p for p in first if p in wide)])
    named = list(rest.max().nlargest(NAMED).index)
    at_home = [place for place in sorted(home(result)) if place in wide]
    found = wide[[c for c in (control(result),) if c in wide]].copy()
    if at_home:
        found[str(result.meta.get("focus_id", at_home[0]))] = wide[at_home].sum(axis=1)
    found[named] = wide[named]
    found["others"] = rest.drop(columns=named).sum(axis=1)
    found["not known"] = wide[unknown].sum(axis=1)
    return found.loc[:, found.max() > 0]


def _order(shares: pd.DataFrame, result: Result) -> list[tuple[str, Role]]:
    """Origins with their colours: the controlling place, home, then by size."""
    more: list[Role] = ["third", "fifth", "fourth", "sixth"]
    fixed: dict[str, Role] = {
        control(result): "control",
        str(result.meta.get("focus_id", "")): "first",
        "others": "muted",
        "not known": "base",
    }
    return [(str(origin), fixed[origin] if origin in fixed else more.pop(0)) for origin in shares]


def _origin_name(origin: str, names: Names, say: Language) -> str:
    if origin == "others":
        return say("others")
    return say("recycled or not known") if origin == "not known" else names.place(origin)


def _stage(stage: str, say: Language) -> str:
    return {
        "mine": say("mined"),
        "separation": say("separated"),
        "metal": say("made metal"),
        "magnet": say("made magnets"),
        "recycling": say("recycled"),
    }[stage]


def _origins_finding(shares: pd.DataFrame, names: Names, result: Result, say: Language) -> str:
    place = control(result)
    of_place = shares[place] if place in shares else pd.Series(0.0, index=shares.index)
    separated = of_place[of_place.index.get_level_values("stage") == "separation"]
    if separated.empty:
        return say("Nothing is told of where it was separated.")
    parts = [
        say("{share} of the {element}", share=say.share(float(share)), element=say.name(str(e)))
        for e, share in zip(separated.index.get_level_values("element"), separated, strict=True)
    ]
    return say(
        "Of what {focus} uses, {place} separated {parts}.",
        focus=names.focus,
        place=names.control,
        parts=say.listed(parts),
    )


def concentration(result: Result, say: Language) -> Picture:
    """How concentrated output, imports and supply are, by stage and element."""
    table = result.table("indices")
    wanted = ("hhi_output", "hhi_imports", "hhi_supply")
    table = table[(table["basis"] == "oxide") & table["index"].isin(wanted)]
    elements = [element for pair in zip(*MARKETS, strict=True) for element in pair]
    wide = table.pivot_table(index=["stage", "element"], columns="index", values="value") * POINTS
    rows = [(s, e) for s in STAGES for e in (MARKETS[0] if s == "mine" else elements)]
    wide = wide.reindex(columns=list(wanted)).reindex([r for r in rows if r in wide.index])
    told: tuple[tuple[str, str, Role], ...] = (
        ("hhi_output", say("the world's output"), "base"),
        ("hhi_imports", say("imports"), "without"),
        ("hhi_supply", say("supply, own output with it"), "plan"),
    )
    above = int((wide["hhi_output"] > CONCENTRATED).sum())
    return Picture(
        name="concentration",
        title=say("How concentrated each stage is"),
        note=say(
            "Herfindahl-Hirschman index in points, by oxide contained: 10,000 is a single place. "
            "The line is {limit}, above which a market was long called highly concentrated.",
            limit=say.number(CONCENTRATED),
        ),
        finding=_concentration_finding(wide["hhi_output"], above, say),
        plot=Dots(
            rows=[element_name(element, say) for _, element in wide.index],
            series=[
                Series(name, role, [float(v) for v in wide[column]]) for column, name, role in told
            ],
            unit=say("points of HHI"),
            groups=headings(_stage(stage, say) for stage, _ in wide.index),
            marks=[Mark(CONCENTRATED, say.number(CONCENTRATED), "warn")],
        ),
        data=wide.reset_index(),
        tables=("indices",),
        units=dict.fromkeys(wanted, "points of 10,000"),
    )


def _concentration_finding(output: pd.Series, above: int, say: Language) -> str:
    told = output.dropna().sort_values()
    if told.empty:
        return say("No index of output is told.")
    stage, element = (str(told.index.get_level_values(at)[-1]) for at in ("stage", "element"))
    return say(
        "The world's output is above {limit} in {above} of {all}; most where {element} are "
        "{stage}: {value}.",
        limit=say.number(CONCENTRATED),
        above=above,
        all=len(told),
        element=element_name(element, say),
        stage=_stage(stage, say),
        value=say.number(float(told.iloc[-1])),
    )
