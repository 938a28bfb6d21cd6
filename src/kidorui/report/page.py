"""The page of a plan: the three questions, what stands behind the answers, what not to believe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import pandas as pd
from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from kidorui.report.charts import Group, bars
from kidorui.results import Json, Result
from kidorui.studies.plan_told import parts

NO_EVENT = "no event"

_NUMBERS = (": with",)  # endings of headings whose cells are numbers in words
_MANY = 8  # rows of a table that has no natural end


@dataclass(frozen=True)
class Column:
    """A column as it is printed: heading and cells; numbers stand to the right."""

    heading: str
    cells: Sequence[str]
    right: bool


def page(result: Result) -> str:
    """A self-contained HTML page of a plan: no script, nothing fetched from elsewhere.

    Raises ValueError for a result of another study.
    """
    if result.kind != "plan":
        raise ValueError(f"a page is made of a plan, not of a result of {result.kind!r}")
    tables, meta = result.tables, result.meta
    told = {part.name: part for part in parts(tables, meta)}
    return _template().render(
        meta=meta,
        questions=_questions(result.summary),
        parts=told,
        columns={name: columns(part.rows) for name, part in told.items()},
        builds=columns(_named(told["builds"].rows, tables["builds"])),
        later=columns(_later(tables["builds"], meta)),
        short_chart=_short_chart(tables["shortage_by_element"], meta),
        sectors=columns(_sectors(tables["shortage"])),
        share_chart=_share_chart(tables["dependence"], meta),
        prices=columns(_prices(tables["prices"], meta)),
        bill=columns(_bill(tables["accounts"])),
        binds=columns(_binds(tables["binding"])),
        observed=columns(_observed(tables["base_year"])),
        compared=int(tables["base_year"]["deviation"].notna().sum()),
        facts=_facts(meta),
        sizes=[(name, len(table)) for name, table in tables.items()],
        notes=_words(meta.get("notes")),
        failures=_words(meta.get("failures")),
    )


def columns(table: pd.DataFrame) -> list[Column]:
    """A table as columns of text; headings are the names of its columns."""
    return [
        Column(
            heading=str(name),
            cells=[figure(v) if numeric else str(v) for v in table[name]],
            right=numeric or str(name).endswith(_NUMBERS),
        )
        for name in table.columns
        for numeric in [table[name].dtype.kind in "if"]
    ]


def figure(value: float) -> str:
    """A number to three significant digits, thousands marked; a dash where it is missing."""
    if value != value:
        return "–"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["figure"] = figure
    text = files("kidorui.report").joinpath("page.html").read_text(encoding="utf-8")
    return environment.from_string(text)


def _questions(summary: pd.DataFrame) -> list[tuple[str, list[dict[str, object]]]]:
    """Headlines by question, in order."""
    rows = summary.sort_values("order")
    return [
        (str(question), [{str(k): v for k, v in row.items()} for row in group.to_dict("records")])
        for question, group in rows.groupby("question", sort=False)
    ]


def _named(rows: pd.DataFrame, builds: pd.DataFrame) -> pd.DataFrame:
    """The builds with the names of the projects, the prong they belong to and who pays."""
    facts = builds.drop_duplicates("project").set_index("project").loc[rows["project"]]
    out = rows.assign(project=facts["name"].to_numpy(object) + " (" + rows["project"] + ")")
    out.insert(1, "prong", facts["prong"].to_numpy(object))
    out["paid from"] = facts["funds"].to_numpy(object)
    return out


def _later(builds: pd.DataFrame, meta: Mapping[str, Json]) -> pd.DataFrame:
    """What is decided only once an event has struck, the largest money first."""
    rows = builds[builds["state"] != NO_EVENT].sort_values("cost", ascending=False).head(_MANY)
    return pd.DataFrame(
        {
            "project": rows["project"],
            "once": rows["state"],
            "decided": rows["decided"].astype(str),
            "size": rows["size"],
            "unit": rows["unit"],
            "million US$/yr": rows["cost"],
        }
    )


def _short_chart(table: pd.DataFrame, meta: Mapping[str, Json]) -> Markup:
    struck = table[table["state"] != NO_EVENT]
    keys = ["state", "year", "group"]
    sums = struck.groupby(keys, sort=False).sum(numeric_only=True).reset_index()
    groups = [
        Group(
            f"{row['group']}, {row['state']} {row['year']}",
            [("without", row["shortage_nothing"]), ("plan", row["shortage_plan"])],
        )
        for _, row in sums.iterrows()
    ]
    return bars(groups, title="Shortage without the plan and with it, t oxide a year", unit=" t/yr")


def _sectors(table: pd.DataFrame) -> pd.DataFrame:
    rows = table[(table["state"] != NO_EVENT) & (table["shortage_nothing"] > 0)]
    rows = rows.sort_values(["loss_avoided", "loss_nothing"], ascending=False, kind="stable").head(
        _MANY
    )
    return pd.DataFrame(
        {
            "sector": rows["sector"],
            "uses": rows["material"],
            "event": rows["state"] + " " + rows["year"].astype(str),
            "short without, t/yr": rows["shortage_nothing"],
            "with, t/yr": rows["shortage_plan"],
            "loss avoided, million US$/yr": rows["loss_avoided"],
        }
    )


def _share_chart(table: pd.DataFrame, meta: Mapping[str, Json]) -> Markup:
    told = table[(table["basis"] == "look-through") & (table["state"] == NO_EVENT)]
    later = told[told["plan"] != "base year"]
    year = later["year"].min()
    groups = []
    for (stage, group), rows in told.groupby(["stage", "group"], sort=False):
        now = rows[(rows["year"] == year) | (rows["plan"] == "base year")]
        share = now.drop_duplicates("plan").set_index("plan")["share"] * 100
        order = (("base", "base year"), ("without", "do-nothing"), ("plan", "plan"))
        shown = [(style, float(share.get(name, float("nan")))) for style, name in order]
        if any(value == value for _, value in shown):
            ceiling = float(now[now["plan"] == "plan"]["ceiling"].min()) * 100
            groups.append(Group(f"{stage}, {group}", shown, mark=ceiling))
    words = f"Share that passes {meta.get('control')} at each stage, per cent"
    return bars(groups, title=words, unit=" %", top=100.0)


def _prices(table: pd.DataFrame, meta: Mapping[str, Json]) -> pd.DataFrame:
    """Prices at the focus place: base, then without and with the plan, by state of the world."""
    rows = table[(table["place"] == meta.get("focus_id")) & (table["origin"] == "any")]
    quiet = rows["state"] == NO_EVENT
    rows = rows[~quiet | (rows["year"] == meta.get("year"))]
    shown = rows.drop_duplicates("material")[["material", "price_base"]].set_index("material")
    shown.columns = ["base"]
    for (state, year), told in rows.groupby(["state", "year"], sort=False):
        told = told.set_index("material")
        words = str(year) if state == NO_EVENT else f"{state} {year}"
        ends = zip(told["price"], told["price_low"], told["price_high"], strict=True)
        shown[f"{words}: without"] = told["price_nothing"]
        shown[f"{words}: with"] = pd.Series([_price(*e) for e in ends], told.index, dtype=object)
    return shown.reset_index()


def _price(value: float, low: float, high: float) -> str:
    """A price, with its interval where it was measured and is one."""
    if low != low or high != high or abs(high - low) < 1e-3 * max(abs(value), 1e-9):
        return figure(value)
    return f"{figure(value)} ({figure(low)} to {figure(high)})"


def _bill(table: pd.DataFrame) -> pd.DataFrame:
    rows = table[(table[["plan", "nothing"]].abs() > 0).any(axis=1)]
    return pd.DataFrame(
        {
            "item": rows["item"],
            "without plan, million US$/yr": rows["nothing"],
            "with plan": rows["plan"],
            "difference": rows["difference"],
            "billion yen/yr": rows["difference_yen"],
        }
    )


def _binds(table: pd.DataFrame) -> pd.DataFrame:
    """The dearest of each kind."""
    rows = table[table["worth"] > 0].sort_values("rent", ascending=False, kind="stable")
    rows = rows.drop_duplicates(["kind", "id"]).groupby("kind", sort=False).head(2)
    return pd.DataFrame(
        {
            "what": rows["kind"],
            "which": rows["id"],
            "row": rows["table"] + ":" + rows["row"].astype(str),
            "when": [
                str(year) if state in (NO_EVENT, "any") else f"{year}, {state}"
                for state, year in zip(rows["state"], rows["year"], strict=True)
            ],
            "one more is worth": rows["worth"],
            "unit": rows["unit"],
        }
    ).head(_MANY)


def _observed(table: pd.DataFrame) -> pd.DataFrame:
    """What is furthest from what was observed."""
    rows = table[table["deviation"].notna()]
    furthest = rows["deviation"].abs().sort_values(ascending=False, kind="stable").index
    rows = rows.loc[furthest].head(_MANY)
    return pd.DataFrame(
        {
            "observation": rows["id"],
            "computed": rows["computed"],
            "observed": rows["observed"],
            "unit": rows["unit"],
            "deviation, %": rows["deviation"] * 100,
        }
    )


def _facts(meta: Mapping[str, Json]) -> list[tuple[str, str]]:
    options = meta.get("options")
    asked = options if isinstance(options, Mapping) else {}
    set_ = [f"{name} {value}" for name, value in asked.items() if value not in (None, (), [])]
    return [
        ("case", f"{meta['case']}, sha256 {meta['case_hash']}"),
        ("options", ", ".join(set_)),
        ("programme", f"{meta['columns']:,} variables, {meta['rows']:,} constraints, "
                      f"{meta['nodes']} nodes of the tree"),
        ("solved by", f"{meta['solver']}, duality gap {meta['duality_gap']:.1g}, "
                      f"gap of whole units {meta['gap']:.2g}"),
        ("made by", f"kidorui {meta['kidorui']}"),
        ("money", f"prices of {meta['price_year']}, {meta['yen_per_usd']:g} yen per US$, "
                  f"discounted at {float(str(meta['discount_rate'])):.1%} a year"),
    ]  # fmt: skip


def _words(found: Json) -> list[str]:
    return [str(f) for f in found] if isinstance(found, list | tuple) else []
