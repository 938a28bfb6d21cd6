"""Seeded random cases: small chains from concentrate to magnet, all of them valid.

`random_case(seed)` draws places, elements, plants, routes, projects and events, writes them as
a folder of CSV and loads it as a user would. Larger sizes serve the benchmarks.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from kidorui.case import Case, load

CONTROL, FOCUS = "CN", "JP"

ELEMENTS = {  # metal factor, base price of the oxide (US$/kg), light or heavy
    "NdPr": (0.857, 60.0, "light"),
    "Dy": (0.871, 260.0, "heavy"),
    "LaCe": (0.853, 1.5, "light"),
    "Tb": (0.850, 900.0, "heavy"),
    "Sm": (0.862, 4.0, "light"),
    "Y": (0.787, 8.0, "heavy"),
    "Gd": (0.868, 30.0, "heavy"),
    "Ho": (0.873, 70.0, "heavy"),
}
OTHERS = ["AU", "MY", "US", "VN", "EE", "IN", "FR", "MM", "BR", "KR", "DE", "TH", "ZA", "CA"]


@dataclass(frozen=True)
class Size:
    """How large a case is drawn (`places` is a range, ends included).

    `leverage`: odd seeds have know-how withheld, a flood of goods and end users shut out.
    `leaks`: of every five seeds one has cuts round which goods leak.
    """

    places: tuple[int, int]
    elements: int
    years: tuple[int, ...]
    end: int
    onsets: tuple[int, ...]
    events: int
    slices: int
    steps: int
    leverage: bool = False
    leaks: bool = False


SIZES = {
    "small": Size(
        (2, 4), 3, (2024, 2026, 2028, 2030), 2034, (2028,), 2, 4, 8, leverage=True, leaks=True
    ),
    "medium": Size((7, 7), 4, (2025, 2026, 2027, 2028, 2030), 2035, (2027, 2030), 2, 4, 10),
    "large": Size((10, 10), 6, (2025, 2026, 2027, 2028, 2030), 2036, (2027, 2030), 3, 4, 12),
    "huge": Size((14, 14), 8, (2025, 2026, 2027, 2028, 2030), 2036, (2027, 2029, 2031), 3, 4, 12),
}


def random_case(seed: int, *, size: str | Size = "small") -> Case:
    """A valid case drawn from `seed`; `size` is one, or a key of SIZES."""
    with tempfile.TemporaryDirectory() as folder:
        write_random_case(Path(folder), seed, size=size)
        return load(folder)


def write_random_case(folder: Path, seed: int, *, size: str | Size = "small") -> None:
    """Write the case that `random_case` loads."""
    chosen = SIZES[size] if isinstance(size, str) else size
    draw = _Draw(seed, chosen)
    (folder / "case.toml").write_text(draw.settings())
    for name, rows in draw.tables().items():
        table = pd.DataFrame(rows)
        if name != "sources":
            table = table.assign(source="drawn", confidence="low")
        table.to_csv(folder / f"{name}.csv", index=False)


class _Draw:
    def __init__(self, seed: int, size: Size) -> None:
        self.seed, self.size = seed, size
        self.rng = rng = np.random.default_rng(seed)
        self.leverage = size.leverage and seed % 2 == 1
        self.leaks = size.leaks and seed % 5 == 3
        count = int(rng.integers(size.places[0], size.places[1] + 1))
        self.places = [CONTROL, FOCUS, *OTHERS[: count - 2]]
        self.elements = list(ELEMENTS)[: size.elements]
        self.heavy = [e for e in self.elements if ELEMENTS[e][2] == "heavy"]
        self.magnets = ["magnet-plain", "magnet-hot"]
        self.extraterritorial = rng.random() < 0.6
        # metal in a tonne of magnet, and the share of the feed that ends as swarf
        self.metal_in = {
            "magnet-plain": {"NdPr": 0.30},
            "magnet-hot": {"NdPr": 0.27, "Dy": 0.03},
        }
        self.swarf = 0.2
        self.baskets = {
            "light-concentrate": self._basket(0.04),
            "heavy-concentrate": self._basket(0.7),
        }

    def _basket(self, heavy: float) -> dict[str, float]:
        light = [e for e in self.elements if e not in self.heavy]
        of_light = self.rng.dirichlet(np.full(len(light), 6.0)) * (1 - heavy)
        of_heavy = self.rng.dirichlet(np.full(len(self.heavy), 6.0)) * heavy
        shares = np.concatenate([of_light, of_heavy]).round(4)
        return dict(zip([*light, *self.heavy], map(float, shares), strict=True))

    def settings(self) -> str:
        s, base = self.size, self.size.years[0]
        planned = (["ban+secret", "flood"] if self.leverage else ["ban", "stop", "tax"])[: s.events]
        return "\n".join(
            [
                f'name = "random-{self.seed}"',
                'title = "A random case"',
                f'focus = "{FOCUS}"',
                f'control = "{CONTROL}"',
                f"base_year = {base}",
                f"years = {list(s.years)}",
                f"end = {s.end}",
                f"event_years = {list(s.onsets)}",
                f"events = {planned}".replace("'", '"'),
                f"slices = {s.slices}",
                f"price_year = {base}",
                "yen_per_usd = 150.0",
                "discount_rate = 0.05",
                "risk = 0.0",
                "alpha = 0.9",
                f"demand_steps = {s.steps}",
                "",
            ]
        )

    def tables(self) -> dict[str, list[dict[str, object]]]:
        """Rows of every table, drawn in a fixed order."""
        out = {
            "sources": [
                {
                    "id": "drawn",
                    "kind": "assumption",
                    "citation": "drawn at random",
                    "licence": "CC0",
                }
            ],
            "elements": self._elements(),
            "places": [
                {"id": p, "name": p, "iso3": f"X{p}"[:3], "lat": i * 5.0, "lon": i * 10.0}
                for i, p in enumerate(self.places)
            ],
            "materials": self._materials(),
            "contents": self._contents(),
            "recipes": self._recipes(),
        }
        out["plants"], out["modes"] = self._plants()
        out["demands"] = self._demands()
        out["routes"] = self._routes()
        out["stockpiles"] = self._stockpiles()
        out["projects"] = self._projects()
        out["funds"] = self._funds()
        out["contracts"] = self._contracts()
        out["policies"] = self._policies()
        out["substitutions"] = self._substitutions()
        out["events"] = self._events()
        return {name: rows for name, rows in out.items() if rows}

    def _elements(self) -> list[dict[str, object]]:
        return [
            {"id": e, "name": e, "group": g, "oxide": f"{e}2O3", "metal_factor": f}
            for e, (f, _, g) in ((e, ELEMENTS[e]) for e in self.elements)
        ]

    def _materials(self) -> list[dict[str, object]]:
        def row(name: str, stage: str, price: float, disposal: float | str) -> dict[str, object]:
            return {
                "id": name,
                "name": name,
                "stage": stage,
                "base_price": round(price, 3),
                "disposal_cost": disposal,
            }

        rows = [row(c, "concentrate", 4.0, 0.5) for c in self.baskets]
        for element in self.elements:
            factor, price, _ = ELEMENTS[element]
            rows.append(row(f"{element}-oxide", "oxide", price, 0.2))
            rows.append(row(f"{element}-metal", "metal", price / factor * 1.15 + 3, 1.0))
        for magnet in self.magnets:
            value = sum(
                x * ELEMENTS[e][1] / ELEMENTS[e][0] for e, x in self.metal_in[magnet].items()
            )
            rows.append(row(magnet, "magnet", value * 1.5 + 20, ""))
        return [*rows, row("swarf", "scrap", 3.0, 0.1)]

    def _magnet_oxide(self, magnet: str) -> dict[str, float]:
        return {e: x / ELEMENTS[e][0] for e, x in self.metal_in[magnet].items()}

    def _swarf_oxide(self) -> dict[str, float]:
        # swarf is one material, as rich as that of the magnet with the least of each element
        lean = self._magnet_oxide("magnet-hot")
        return {"NdPr": lean["NdPr"] * 0.8}

    def _contents(self) -> list[dict[str, object]]:
        holds = dict(self.baskets)
        for element in self.elements:
            holds[f"{element}-oxide"] = {element: 1.0}
            holds[f"{element}-metal"] = {element: 1 / ELEMENTS[element][0]}
        for magnet in self.magnets:
            holds[magnet] = self._magnet_oxide(magnet)
        holds["swarf"] = self._swarf_oxide()
        return [
            {"material": m, "element": e, "content": round(x, 6)}
            for m, basket in holds.items()
            for e, x in basket.items()
            if x > 0
        ]

    def _recipes(self) -> list[dict[str, object]]:
        recipes: dict[str, dict[str, float]] = {}
        for concentrate, basket in self.baskets.items():
            recipes[f"dig-{concentrate}"] = {concentrate: 1.0}
            made = {f"{e}-oxide": 0.93 * x for e, x in basket.items()}
            if concentrate == "light-concentrate":  # a light circuit yields no heavy oxides
                made = {o: x for o, x in made.items() if o[: -len("-oxide")] not in self.heavy}
            recipes[f"separate-{concentrate}"] = {concentrate: -1.0, **made}
        for element in self.elements:
            need = 1 / ELEMENTS[element][0] / 0.97
            recipes[f"reduce-{element}"] = {f"{element}-oxide": -need, f"{element}-metal": 1.0}
        for magnet in self.magnets:
            feed = {f"{e}-metal": -x / (1 - self.swarf) for e, x in self.metal_in[magnet].items()}
            recipes[f"make-{magnet}"] = {**feed, magnet: 1.0, "swarf": self.swarf}
        back = {f"{e}-oxide": 0.9 * x for e, x in self._swarf_oxide().items()}
        recipes["recycle"] = {"swarf": -1.0, **back}
        return [
            {"recipe": r, "material": m, "coefficient": round(x, 6)}
            for r, row in recipes.items()
            for m, x in row.items()
        ]

    def _capacity(self, low: float, high: float) -> float:
        return float(np.round(self.rng.uniform(low, high), 1))

    def _plants(self) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
        plants: list[dict[str, object]] = []
        modes: list[dict[str, object]] = []

        def add(
            place: str, stage: str, group: str, recipes: list[str], cost: float, tonnes: float
        ) -> None:
            name = f"{stage}-{group}-{place}"
            plants.append(
                {
                    "id": name,
                    "name": name,
                    "place": place,
                    "stage": stage,
                    "group": group,
                    "capacity": tonnes,
                    "availability": round(float(self.rng.uniform(0.85, 1.0)), 3),
                    "quota": round(tonnes * 0.8, 1) if self.rng.random() < 0.15 else "",
                    "opening": 2026 if self.rng.random() < 0.1 and place != CONTROL else "",
                    "closing": 2031 if self.rng.random() < 0.1 and place != CONTROL else "",
                    "ramp": "0.5;1" if self.rng.random() < 0.2 else "",
                }
            )
            modes.extend(
                {"plant": name, "recipe": r, "variable_cost": round(cost, 3)} for r in recipes
            )

        metals = [f"reduce-{e}" for e in self.elements]
        magnets = [f"make-{m}" for m in self.magnets]
        for place in self.places:
            at_home = place == CONTROL
            scale = 1.0 if at_home else float(self.rng.uniform(0.03, 0.3))
            cost = 1.0 if at_home else float(self.rng.uniform(1.1, 2.0))
            chosen = self.rng.random(6) < 0.6
            for present, stage, group, recipes, unit_cost, tonnes in (
                (chosen[0], "mine", "light", ["dig-light-concentrate"], 2.0, 6000.0),
                (chosen[1], "mine", "heavy", ["dig-heavy-concentrate"], 8.0, 900.0),
                (chosen[2], "separation", "light", ["separate-light-concentrate"], 4.0, 6500.0),
                (at_home, "separation", "heavy", ["separate-heavy-concentrate"], 12.0, 1000.0),
                (chosen[3], "metal", "both", metals, 6.0, 2500.0),
                (chosen[4] or place == FOCUS, "magnet", "both", magnets, 15.0, 3500.0),
                (chosen[5], "recycling", "both", ["recycle"], 4.0, 400.0),
            ):
                if present or at_home:
                    size = tonnes * scale * self.rng.uniform(0.8, 1.2)
                    add(place, stage, group, recipes, unit_cost * cost, round(float(size), 1))
        return plants, modes

    def _demands(self) -> list[dict[str, object]]:
        rows: list[dict[str, object]] = []

        def add(sector: str, place: str, material: str, tonnes: float, worth: float) -> None:
            growth = float(self.rng.uniform(1.0, 1.05))
            elasticity = -round(float(self.rng.uniform(0.05, 0.5)), 3)
            rows.extend(
                {
                    "sector": sector,
                    "place": place,
                    "material": material,
                    "year": year,
                    "quantity": round(tonnes * growth ** (year - self.size.years[0]), 3),
                    "elasticity": elasticity,
                    "value_lost": round(worth, 2),
                    "priority": "civil",
                }
                for year in (self.size.years[0], self.size.end - 4, self.size.end)
            )

        for place in self.places:
            scale = 1.0 if place == CONTROL else float(self.rng.uniform(0.1, 0.4))
            add("vehicles", place, "magnet-hot", 700 * scale, self._capacity(500, 3000))
            add("appliances", place, "magnet-plain", 1000 * scale, self._capacity(200, 800))
            add("polishing", place, "LaCe-oxide", 800 * scale, self._capacity(10, 40))
            for element in self.heavy[1:]:
                worth = ELEMENTS[element][1] * self.rng.uniform(4, 20)
                add(f"phosphors-{element}", place, f"{element}-oxide", 10 * scale, float(worth))
        return rows

    def _routes(self) -> list[dict[str, object]]:
        rows: list[dict[str, object]] = []
        for goods in ("concentrate", "oxide", "metal", "magnet", "scrap"):
            for origin in self.places:
                for destination in self.places:
                    needed = origin == CONTROL and goods in ("oxide", "metal", "magnet")
                    if origin == destination or not (needed or self.rng.random() < 0.6):
                        continue
                    known = self.rng.random() < 0.5
                    flow = self._capacity(0, 60)
                    rows.append(
                        {
                            "goods": goods,
                            "origin": origin,
                            "destination": destination,
                            "cost": self._capacity(0.2, 2.0),
                            "transit": int(self.rng.integers(3, 70)),
                            "tariff": 5 if self.rng.random() < 0.2 else 0,
                            "capacity": 900 if self.rng.random() < 0.1 else "",
                            "base_flow": flow if known else "",
                            "change_limit": self._capacity(10, 200)
                            if self.rng.random() < 0.6
                            else "",
                        }
                    )
        rows.append(  # a row for a material wins over that of its stage
            {
                "goods": "magnet-hot",
                "origin": CONTROL,
                "destination": FOCUS,
                "cost": 0.7,
                "transit": 12,
                "tariff": 0,
                "base_flow": self._capacity(50, 200),
                "change_limit": self._capacity(20, 100),
            }
        )
        return rows

    def _stockpiles(self) -> list[dict[str, object]]:
        rows = []
        for holder, material in (("industry", "magnet-hot"), ("state", "NdPr-oxide")):
            held = self._capacity(2, 40)
            rows.append(
                {
                    "id": f"{holder}-{material}",
                    "holder": holder,
                    "place": FOCUS,
                    "material": material,
                    "initial": held,
                    "capacity": round(held * 1.5, 1),
                    "holding_cost": 0.5,
                    "release": "event" if holder == "state" else "always",
                }
            )
        return rows

    def _projects(self) -> list[dict[str, object]]:
        abroad = self.places[-1] if len(self.places) > 2 else FOCUS
        built = (  # id, place, stage, group, prong, committed, recipes or material, size, capex
            ("mine-light", abroad, "mine", "light", "diversify", True, "dig-light-concentrate"),
            ("separate-light", FOCUS, "separation", "light", "build", False, ""),
            ("separate-heavy", FOCUS, "separation", "heavy", "build", False, ""),
            ("dig-heavy", abroad, "mine", "heavy", "diversify", False, "dig-heavy-concentrate"),
            ("metal", abroad, "metal", "both", "diversify", False, ""),
            ("magnet", FOCUS, "magnet", "both", "build", False, ""),
            ("recycling", FOCUS, "recycling", "both", "build", False, "recycle"),
            ("store-hot", FOCUS, "stockpile", "both", "stockpile", False, "magnet-hot"),
            ("store-oxide", FOCUS, "stockpile", "both", "stockpile", True, "NdPr-oxide"),
        )
        of_stage = {
            "separation": "separate-{group}-concentrate",
            "metal": ";".join(f"reduce-{e}" for e in self.elements),
            "magnet": ";".join(f"make-{m}" for m in self.magnets),
        }
        rows: list[dict[str, object]] = []
        for name, place, stage, group, prong, committed, makes in built:
            store = stage == "stockpile"
            recipes = "" if store else makes or of_stage[stage].format(group=group)
            rows.append(
                {
                    "id": f"new-{name}",
                    "name": f"New {name}",
                    "place": place,
                    "stage": stage,
                    "group": group,
                    "prong": prong,
                    "committed": "yes" if committed else "no",
                    "recipes": recipes,
                    "material": makes if store else "",
                    "size_min": 5 if self.rng.random() < 0.3 else 0,
                    "size_max": self._capacity(20, 80) if store else self._capacity(50, 600),
                    "size_unit": 20 if self.rng.random() < 0.3 else "",
                    "capex": self._capacity(2000, 9000) if not store else 500,
                    "fixed_cost": self._capacity(50, 400) if not store else 10,
                    "variable_cost": 0 if store else self._capacity(1, 10),
                    "lifetime": int(self.rng.integers(8, 25)),
                    "decision": int(self.size.years[0] + self.rng.integers(0, 3)),
                    "permit_time": 0.5 if self.rng.random() < 0.5 else 0,
                    "build_time": 1 if store else int(self.rng.integers(1, 3)),
                    "qualification_time": 0.5 if self.rng.random() < 0.3 else 0,
                    "slip": 0.25 if self.rng.random() < 0.3 else 0,
                    "odds": 0.8 if self.rng.random() < 0.4 else 1,
                    "ramp": "0.5;1" if not store and self.rng.random() < 0.4 else "",
                    "public_share": 0.5,
                    "funds": "budget;abroad",
                }
            )
        return rows

    def _funds(self) -> list[dict[str, object]]:
        def row(name: str, year: int, amount: float, places: str) -> dict[str, object]:
            return {
                "id": name,
                "year": year,
                "name": name,
                "payer": "JP state",
                "amount": amount,
                "eligible": "yes",
                "places": places,
            }

        first = self.size.years[0]
        abroad = ";".join(p for p in self.places if p != FOCUS) or CONTROL
        return [
            row("budget", first, self._capacity(0.2, 3), ""),
            row("budget", first + 4, self._capacity(0.2, 3), ""),
            row("abroad", first, self._capacity(0.2, 3), abroad),
        ]

    def _contracts(self) -> list[dict[str, object]]:
        return [
            {
                "id": "offtake",
                "seller": CONTROL,
                "buyer": FOCUS,
                "material": "magnet-hot",
                "quantity": self._capacity(5, 40),
                "start": self.size.years[0],
                "end": self.size.years[0] + 5,
                "floor": 80,
                "floor_payer": "JP state",
                "penalty": 30,
            }
        ]

    def _policies(self) -> list[dict[str, object]]:
        looks = self.rng.random() < 0.3
        return [
            {
                "id": "magnets-ceiling",
                "kind": "share",
                "place": FOCUS,
                "origin": CONTROL,
                "goods": "magnet",
                "group": "both",
                "basis": "look-through" if looks else "direct",
                "bound": round(float(self.rng.uniform(0.5, 0.95)), 2),
                "start": self.size.years[-1],
                "enforced": "yes" if self.rng.random() < 0.5 else "no",
            },
            {
                "id": "days-of-cover",
                "kind": "stock_days",
                "place": FOCUS,
                "origin": "",
                "goods": "magnet-hot",
                "group": "both",
                "basis": "direct",
                "bound": 1,
                "start": self.size.years[-1],
                "enforced": "yes" if self.rng.random() < 0.5 else "no",
            },
        ]

    def _substitutions(self) -> list[dict[str, object]]:
        return [
            {
                "sector": "vehicles",
                "place": FOCUS,
                "material": "magnet-hot",
                "share": 0.2,
                "cost": self._capacity(100, 400),
                "speed": 0.05,
            }
        ]

    def _events(self) -> list[dict[str, object]]:
        def row(
            name: str, kind: str, goods: str, severity: float, **more: object
        ) -> dict[str, object]:
            plain: dict[str, object] = {
                "id": name,
                "name": name,
                "kind": kind,
                "origin": CONTROL,
                "destinations": "",
                "users": "",
                "goods": goods,
                "start": "",
                "duration": "",
                "severity": severity,
                "hazard": 0.05,
                "extraterritorial": "no",
                "de_minimis": 0.001,
                "in_force": "no",
                "leak": "",
                "premium": "",
            }
            return plain | more

        def leaking(share: float, premium: float) -> dict[str, object]:
            return {"leak": share, "premium": premium} if self.leaks else {}

        reach = "yes" if self.extraterritorial else "no"
        first = self.size.years[0]
        of_leverage = [
            row("secret", "know-how", "oxide;metal;magnet", 1.5, duration=3),
            row("flood", "dumping", "concentrate;oxide;metal;magnet", 0.5, duration=2),
            row("arms", "licence", "magnet", 0.7, users="vehicles;defence", start=first + 1.5,
                duration=3, hazard="", in_force="yes", **leaking(0.2, 0)),
        ]  # fmt: skip
        return of_leverage * self.leverage + [
            row("licence", "licence", "oxide;metal", 0.3, start=first + 1.5, hazard="",
                in_force="yes", extraterritorial=reach, **leaking(0.5, 0.6)),
            row("ban", "ban", "oxide;metal;magnet", 1.0, destinations=FOCUS, duration=2,
                extraterritorial=reach, hazard=round(float(self.rng.uniform(0.02, 0.2)), 3),
                **leaking(0.3, 0.4)),
            row("stop", "stop", "heavy-concentrate", 0.7, duration=1.5),
            row("tax", "tariff", "magnet", 0.25, duration=3),
            row("limit", "quota", "Dy-oxide", 0.5, hazard=0.02),
            row("boom", "surge", "magnet-hot", 0.2, origin="", duration=1),
            row("strait", "closure", "concentrate;oxide", 0.6, duration=0.5),
        ]  # fmt: skip
