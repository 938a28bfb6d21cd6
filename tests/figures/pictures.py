"""Sample pictures of every kind of plot, made by hand: what both renderers are tested on."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from kidorui.figures.picture import Picture
from kidorui.figures.plots import (
    Arc,
    Band,
    Bars,
    Dots,
    Grid,
    Line,
    Lines,
    Link,
    Map,
    Mark,
    Node,
    Panel,
    Plot,
    Point,
    Role,
    Sankey,
    Scatter,
    Series,
    Span,
    Spot,
    Timeline,
)

SOURCE = (
    "Source: plan-sample-1a2b3c, tables places, flows, chain; case japan (0f1e2d3c), kidorui 0.1.0"
)
NAN = math.nan


def sample(name: str, title: str, note: str, finding: str, plot: Plot) -> Picture:
    """A picture with hand-made words and a stub of data."""
    data = pd.DataFrame({"row": ["a", "b"], "value": [1.0, 2.0]})
    return Picture(name, title, note, finding, plot, data, ("places",), SOURCE, {"value": "t/yr"})


def bars() -> Picture:
    """Two series beside each other, grouped, with notes and a mark."""
    rows = (
        "Neodymium and praseodymium oxide",
        "Dysprosium oxide",
        "Terbium oxide",
        "Lanthanum and cerium oxide",
        "Yttrium oxide",
    )
    series = (
        Series("Nothing done", "without", (9_140.0, 655.0, 128.0, 4_020.0, 1_210.0)),
        Series("With the plan", "plan", (6_080.0, 212.0, 44.0, 3_960.0, 860.0)),
    )
    groups = ("Magnet materials", "", "", "Others", "")
    return sample(
        "needs",
        "What Japan still buys from China, with the plan and without",
        "t oxide/yr in 2035. Bars: purchases from the place that controls exports.",
        "With the plan Japan buys 6,080 t of magnet oxide a year from China instead of 9,140 t.",
        Bars(
            rows,
            series,
            "t oxide/yr",
            groups=groups,
            notes=("", "Lynas from 2027", "Lynas from 2027", "", "none planned"),
            marks=(Mark(6_000.0, "65% of demand"),),
        ),
    )


def ranges() -> Picture:
    """Bars from low to high on a logarithmic axis."""
    rows = ("Glass polish", "Traction motors", "Catalysts", "Wind turbines", "Capacitors")
    low, high = (12.0, 80.0, 150.0, 300.0, 9.0), (89.0, 210.0, 600.0, 2_500.0, 40.0)
    return sample(
        "onset",
        "When each use stops after a ban",
        "Days after the ban; a bar goes from the first draw of ten to the last.",
        "Capacitors stop first, between day 9 and day 40.",
        Bars(rows, (Series("Days", "without", (), low, high),), "days", log=True),
    )


def stacked() -> Picture:
    """Stacked bars."""
    rows = ("China", "Australia", "Malaysia", "Viet Nam", "France")
    series = (
        Series("Light", "light", (5_200.0, 900.0, 4_800.0, 350.0, 20.0)),
        Series("Heavy", "heavy", (1_450.0, 40.0, 210.0, 95.0, 160.0)),
        Series("Magnets", "sixth", (2_900.0, NAN, 310.0, 620.0, NAN)),
    )
    return sample(
        "origins",
        "Where the rare earths come from",
        "t oxide/yr contained, 2024.",
        "China supplies 9,550 t of 17,055 t.",
        Bars(rows, series, "t oxide/yr", stacked=True),
    )


def changes() -> Picture:
    """Bars to both sides of nought."""
    rows = ("Purchases", "Freight", "Stockpile", "Plants at home", "Losses avoided")
    return sample(
        "cost",
        "What the plan costs and saves",
        "Billion yen a year; left of nought is saved.",
        "The plan saves 41.5 billion yen of losses for 15.6 billion yen a year.",
        Bars(
            rows,
            (Series("Change", "plan", (6.3, 0.42, 3.1, 5.8, -41.5)),),
            "billion yen/yr",
        ),
    )


def dots() -> Picture:
    """Two dots a row, joined, with spans behind."""
    rows = (
        "Nd-Pr oxide",
        "Dysprosium oxide",
        "Terbium oxide",
        "Samarium oxide",
        "Gadolinium oxide",
        "Cerium oxide",
        "Yttrium oxide",
    )
    return sample(
        "shares",
        "Share bought from China, by material, today and in 2035",
        "% of purchases. Pale: from the tenth to the ninetieth of a hundred draws.",
        "The share of terbium from China falls from 97% to 31%.",
        Dots(
            rows,
            (
                Series("2024", "base", (71.0, 96.0, 97.0, 99.0, 94.0, 58.0, 92.0)),
                Series("2035, with the plan", "plan", (44.0, 38.0, 31.0, 60.0, 94.0, 57.5, NAN)),
            ),
            "%",
            spans=(
                Series(
                    "10 to 90% of draws",
                    "plan",
                    (),
                    (36.0, 25.0, 22.0, 48.0, 83.0, 50.0, NAN),
                    (57.0, 52.0, 47.0, 71.0, 99.0, 64.0, NAN),
                ),
            ),
            groups=("Light", "Heavy", "", "", "", "Others", ""),
            marks=(Mark(65.0, "ceiling of 65%"),),
        ),
    )


def lines() -> Picture:
    """One panel: direct labels, a band and a mark."""
    x = tuple(float(day) for day in range(0, 366, 5))
    served = tuple(100.0 if d < 90 else max(18.0, 100.0 - (d - 90) * 0.55) for d in x)
    plan = tuple(100.0 if d < 240 else max(72.0, 100.0 - (d - 240) * 0.4) for d in x)
    stock = tuple(max(0.0, 92.0 - d) for d in x)
    return sample(
        "course",
        "Output after a ban on exports of heavy rare earths",
        "% of output on the day before; band: from the tenth to the ninetieth of a hundred draws.",
        "Without the plan output falls from day 90 and is 18% after 240 days.",
        Lines(
            x,
            (
                Panel(
                    "",
                    (
                        Line("Nothing done", "without", served),
                        Line("With the plan", "plan", plan),
                        Line("Private stocks", "base", stock, dashed=True),
                    ),
                    (Band("draws", "plan", tuple(v * 0.9 for v in plan), plan),),
                    (
                        Mark(0.0, "ban", axis="x"),
                        Mark(90.0, "stocks run out", "muted", "x"),
                        Mark(18.0, "least that defence needs", "control"),
                    ),
                ),
            ),
            "%",
            x_title="days after the ban",
        ),
    )


def panels() -> Picture:
    """Seven small panels with shared axes over years, one without data."""
    x = tuple(float(year) for year in range(2024, 2041))
    names = ("Nd-Pr", "Dysprosium", "Terbium", "Samarium", "Yttrium", "Cerium", "Gadolinium")

    def panel(at: int, name: str) -> Panel:
        need = tuple(100.0 + 3.0 * (i + 1) * (1 + at % 3) for i in range(len(x)))
        own = tuple(NAN if i < 2 else 12.0 * i / (1 + at % 4) for i in range(len(x)))
        return Panel(
            name,
            (
                Line("Demand", "base", need),
                Line("Outside China", "free", own, points=at == 0),
                Line("With contracts not yet signed", "plan", tuple(v * 1.2 for v in own), True),
            ),
            (Band("Under control", "control", own, need, 0.15),),
            (Mark(2030.0, "plant opens", "muted", "x"),) if at in (0, 3) else (),
            note="heavy" if at in (1, 2) else "",
        )

    made = [panel(at, name) for at, name in enumerate(names)]
    return sample(
        "balance",
        "Demand and supply outside China, by material",
        "2024 = 100, contained oxide.",
        "Supply outside China covers Nd-Pr from 2034.",
        Lines(x, made, "index", labels=()),
    )


def scatter() -> Picture:
    """Labelled points on logarithmic axes about the diagonal."""
    names = ["La", "Ce", "Pr", "Nd", "Sm", "Eu", "Gd", "Tb", "Dy", "Ho", "Er", "Y"]
    roles: list[Role] = ["light"] * 5 + ["heavy"] * 7
    told = (4100.0, 6200.0, 610.0, 5300.0, 96.0, 31.0, 120.0, 128.0, 655.0, 12.0, 44.0, 1210.0)
    seen = (3900.0, 7400.0, 580.0, 6100.0, 60.0, 12.0, 150.0, 110.0, 700.0, 21.0, 40.0, 1100.0)
    points = [
        Point(x, y, name, role) for x, y, name, role in zip(told, seen, names, roles, strict=True)
    ]
    return sample(
        "fit",
        "Trade as modelled and as recorded",
        "t oxide/yr, 2019; dashed: equal; band: within a factor of two.",
        "Ten of twelve elements lie within a factor of two.",
        Scatter(
            points,
            "recorded, t oxide/yr",
            "modelled, t oxide/yr",
            log=True,
            diagonal=True,
            within=2.0,
            legend={"Light": "light", "Heavy": "heavy"},
        ),
    )


def frontier() -> Picture:
    """A joined front with a mark."""
    x = (0.0, 4.0, 8.5, 15.6, 24.0, 39.0, 70.0)
    y = (61.5, 38.0, 26.2, 20.0, 16.9, 15.1, 14.6)
    points = [
        Point(a, b, f"{a:g}", "plan", 1.0 if a != 15.6 else 2.0) for a, b in zip(x, y, strict=True)
    ]
    alternatives = [Point(20.0, 31.0, "domestic plants only", "second", group="alternatives")]
    return sample(
        "frontier",
        "What each further yen buys",
        "Cost a year over expected loss a year, billion yen.",
        "Beyond 15.6 billion yen a year losses hardly fall.",
        Scatter(
            [*points, *alternatives],
            "cost of the plan, billion yen/yr",
            "expected loss, billion yen/yr",
            joined=True,
            marks=(Mark(15.6, "the plan", "muted", "x"), Mark(25.0, "loss accepted")),
        ),
    )


def grid() -> Picture:
    """Days to a stop: alarm, with blanks."""
    rows = ("Cars", "Machine tools", "Glass", "Ceramics", "Medical devices", "Refining")
    columns = ("Neodymium", "Dysprosium", "Terbium", "Yttrium", "Cerium", "Samarium-cobalt")
    values: list[list[float]] = [
        [210, 95, 95, NAN, 340, NAN],
        [210, 120, 133, NAN, NAN, 60],
        [NAN, NAN, NAN, 180, 12, NAN],
        [NAN, NAN, NAN, 45, 200, NAN],
        [280, 150, 150, 90, NAN, 75],
        [NAN, NAN, NAN, NAN, 30, NAN],
    ]
    return sample(
        "stops",
        "Days until a sector stops for want of a material",
        "Days after all imports of the material end, with today's stocks.",
        "Glass stops first, on day 12, for want of cerium.",
        Grid(
            rows,
            columns,
            values,
            [[f"{v:g}" if v == v else "" for v in line] for line in values],
            "days",
            "alarm",
            groups=("Machines", "", "Materials", "", "Others", ""),
            column_title="Material that is cut off",
            empty="does not use it, or does not stop within a year",
            top=365.0,
        ),
    )


def sizes() -> Picture:
    """Losses by sector and year, shaded by size, many columns."""
    rows = ("Motor vehicles and their parts", "Electronic components", "Glass", "Steel")
    columns = [str(year) for year in range(2025, 2037)]
    values = [
        [(3.0 + at) * (1 + 0.35 * i) * (0.4 if at > 1 else 1.0) for i in range(12)]
        for at in range(4)
    ]
    return sample(
        "losses",
        "Loss of value added by sector, if the ban comes that year",
        "Billion yen.",
        "The loss of electronic components grows from 4 to 19.4 billion yen.",
        Grid(
            rows,
            columns,
            values,
            [[f"{v:.3g}" for v in line] for line in values],
            "billion yen",
        ),
    )


def spread() -> Picture:
    """Two colours about nought."""
    rows = ("Purchase price", "Discount rate", "Probability of a ban", "Length of a ban")
    columns = ("Cost", "Loss", "Share from China")
    values = [[12.0, -3.0, 0.5], [4.0, 1.0, NAN], [-8.0, 31.0, -22.0], [-2.0, 18.0, -9.0]]
    return sample(
        "sensitivity",
        "What changes when an assumption grows by a quarter",
        "% against the plan.",
        "A likelier ban raises the loss by 31%.",
        Grid(
            rows,
            columns,
            values,
            [[f"{v:+g}%" if v == v else "" for v in line] for line in values],
            "%",
            "spread",
            empty="no effect",
        ),
    )


def sankey() -> Picture:
    """Mine to use in four columns."""
    nodes = (
        Node("m-cn", "China, mines", 0, "control"),
        Node("m-mm", "Myanmar, ion clays", 0, "control"),
        Node("m-au", "Australia, Mt Weld", 0, "free"),
        Node("m-us", "United States", 0, "free"),
        Node("s-cn", "China", 1, "control"),
        Node("s-my", "Malaysia", 1, "free"),
        Node("s-fr", "France", 1, "free"),
        Node("p-cn", "China", 2, "control"),
        Node("p-jp", "Japan", 2, "plan"),
        Node("p-vn", "Viet Nam", 2, "free"),
        Node("u-car", "Traction motors", 3, "muted"),
        Node("u-ind", "Industrial motors", 3, "muted"),
        Node("u-hdd", "Hard disks", 3, "muted"),
        Node("u-oth", "Others", 3, "muted"),
    )
    flows: Sequence[tuple[str, str, float, Role]] = (
        ("m-cn", "s-cn", 5200, "control"),
        ("m-mm", "s-cn", 1900, "control"),
        ("m-us", "s-cn", 900, "control"),
        ("m-us", "s-fr", 120, "free"),
        ("m-au", "s-my", 3100, "free"),
        ("s-cn", "p-cn", 3800, "control"),
        ("s-cn", "p-jp", 3600, "control"),
        ("s-cn", "p-vn", 600, "control"),
        ("s-my", "p-jp", 2700, "free"),
        ("s-my", "p-vn", 400, "free"),
        ("s-fr", "p-jp", 120, "free"),
        ("p-cn", "u-car", 2100, "control"),
        ("p-cn", "u-hdd", 700, "control"),
        ("p-cn", "u-oth", 1000, "control"),
        ("p-jp", "u-car", 3900, "free"),
        ("p-jp", "u-ind", 2100, "free"),
        ("p-jp", "u-oth", 420, "free"),
        ("p-vn", "u-hdd", 640, "free"),
        ("p-vn", "u-ind", 360, "free"),
    )
    return sample(
        "chain",
        "Nd-Pr on its way to Japan's uses",
        "t oxide/yr contained, 2024. Width: amount.",
        "8,000 of 11,220 t pass through separation in China.",
        Sankey(
            nodes,
            [Link(*flow) for flow in flows],
            ("Mine", "Separation", "Magnets", "Use in Japan"),
            "t oxide/yr",
            {"Under control": "control", "Outside its reach": "free"},
        ),
    )


def timeline() -> Picture:
    """Projects under headings, with decision, opening and marks."""
    return sample(
        "projects",
        "When each project is decided and opens",
        "Pale: being built; full: in operation until the horizon.",
        "Five of six projects open before 2031.",
        Timeline(
            {
                "Mines": (
                    Span("Caremag, recycling and separation", 2025.5, 2027.0, 2041.0, "plan"),
                    Span("Mt Weld, expansion", 2026.0, 2028.5, 2041.0, "plan", "+1,200 t/yr"),
                ),
                "Magnets": (
                    Span("Plant in Viet Nam", 2027.0, 2030.0, 2041.0, "plan", "900 t/yr"),
                    Span("Grain boundary diffusion", 2026.25, 2027.5, 2036.0, "plan"),
                ),
                "Stockpiles": (
                    Span("Dysprosium", 2026.0, 2026.5, 2031.0, "good", "180 days"),
                    Span("Terbium", 2026.0, 2026.5, 2031.0, "good", "180 days, sold off by 2031"),
                ),
            },
            2025.0,
            2041.0,
            marks=(Mark(2027.0, "ban"), Mark(2028.0, "ban ends", "muted")),
            legend={"Plants": "plan", "Stockpiles": "good"},
        ),
    )


def world() -> Picture:
    """Flows to Japan over the Pacific, with spots, countries and a controlled flow."""
    tokyo, baotou, kuantan, weld = (139.7, 35.7), (109.8, 40.6), (103.4, 3.8), (122.5, -28.9)
    pass_ = (244.5, 35.5)
    return sample(
        "map",
        "Where Japan's Nd-Pr comes from in 2035",
        "t oxide/yr. Width of an arc and area of a circle: amount.",
        "Malaysia sends 3,100 t, China 5,400 t under licence.",
        Map(
            spots=(
                Spot(*baotou, "Baotou", "control", 5400.0),
                Spot(115.0, 25.8, "Ganzhou", "control", 1900.0),
                Spot(*kuantan, "Kuantan", "free", 3100.0),
                Spot(*weld, "Mt Weld", "free", 3300.0),
                Spot(*pass_, "Mountain Pass", "free", 800.0),
                Spot(-0.6, 43.4, "Lacq", "free", 120.0),
                Spot(*tokyo, "Japan", "good", 0.0),
            ),
            arcs=(
                Arc(baotou, tokyo, 5400.0, "control", dashed=True),
                Arc((115.0, 25.8), tokyo, 900.0, "control", dashed=True),
                Arc(kuantan, tokyo, 3100.0, "free", "3,100"),
                Arc(weld, kuantan, 3300.0, "free"),
                Arc(pass_, tokyo, 300.0, "free"),
                Arc((-0.6, 43.4), tokyo, 120.0, "free"),
            ),
            unit="t oxide/yr",
            shaded={"CHN": "control", "MMR": "control", "JPN": "good"},
            legend={"Controls exports": "control", "Outside its reach": "free", "Home": "good"},
        ),
    )


def japanese() -> Picture:
    """Bars in Japanese."""
    return sample(
        "needs-ja",
        "中国からの購入量：計画のある場合とない場合",
        "2035年、酸化物トン／年。棒は輸出規制国からの購入量を示す。",
        "計画により、中国からの磁石用酸化物の購入は年9,140トンから6,080トンに減る。",
        Bars(
            (
                "ネオジム・プラセオジム酸化物（磁石材料の主原料）",
                "ジスプロシウム酸化物",
                "テルビウム酸化物",
            ),
            (
                Series("何もしない場合", "without", (9_140.0, 655.0, 128.0)),
                Series("計画", "plan", (6_080.0, 212.0, 44.0)),
            ),
            "酸化物トン／年",
            groups=("磁石材料", "", ""),
            notes=("", "ライナス社、2027年から", ""),
        ),
    )


SAMPLES = {
    made.name: made
    for made in (
        bars(),
        ranges(),
        stacked(),
        changes(),
        dots(),
        lines(),
        panels(),
        scatter(),
        frontier(),
        grid(),
        sizes(),
        spread(),
        sankey(),
        timeline(),
        world(),
        japanese(),
    )
}
"""Every sample by its name."""
