"""What stands when and what events do, derived a second time, by plain loops over nodes.

It belongs to `oracle`, and like it takes the tables of a Network and nothing of what
`kidorui.network` and `kidorui.program` work out of events.
"""

from __future__ import annotations

import numpy as np

from kidorui.network import Network

INF = np.inf


class Struck:
    """The events of a network's case, as they bear on its units, projects and end users."""

    def __init__(self, network: Network) -> None:
        self.net, self.case, self.tree = network, network.case, network.tree
        self.n = self.tree.size
        self.materials = self.case.table("materials").set_index("id")

    def ancestors(self, node: int) -> list[int]:
        """The node and those before it, latest first."""
        path = []
        while node >= 0:
            path.append(node)
            node = int(self.tree.parent[node])
        return path

    def is_on(self, event, node: int) -> bool:
        if not event.in_force:
            return event.id in self.tree.events[node]
        over = INF if np.isnan(event.duration) else event.start + event.duration
        return event.start <= self.tree.middle[node] < over

    def makes(self, recipes, goods: tuple[str, ...]) -> bool:
        """Whether one of the recipes makes one of the goods, or of that stage."""
        table = self.case.table("recipes")
        made = table[table["recipe"].isin(list(recipes)) & (table["coefficient"] > 0)]["material"]
        stages = self.materials["stage"].loc[made]
        return bool(made.isin(goods).any() or stages.isin(goods).any())

    def standing(self, node: int, unit) -> float:
        """What of an existing or committed unit stands, t/yr."""
        if unit.kind == "candidate":
            return 0.0
        start, end = self.tree.start[node], self.tree.start[node] + self.tree.duration[node]
        ramp = list(unit.ramp) or [1.0]
        if np.isinf(unit.opening):
            return unit.capacity * ramp[-1] * max(min(unit.closing, end) - start, 0) / (end - start)
        opening = unit.opening
        if unit.kind == "committed":
            project = self.case.table("projects").iloc[unit.project]
            opening += self.delayed(node, project, float(project["decision"]), opening)
        life = unit.closing - unit.opening
        return unit.capacity * share_in_use(opening, life, ramp, start, end)

    def struck_unit(self, node: int, number: int, unit) -> tuple[float, float]:
        """What share of its capacity a unit can run at, and its quota, as events have it."""
        recipes = self.net.activities["recipe"][self.net.activities["unit"] == number]
        left, flood, quota = 1.0, 1.0, unit.quota
        for event in self.case.table("events").itertuples():
            here = event.origin in ("", unit.place)
            if not here or not self.is_on(event, node):
                continue
            if unit.id in event.goods or self.makes(recipes, event.goods):
                if event.kind == "stop":
                    left = min(left, max(1 - event.severity, 0))
                if event.kind == "dumping":
                    flood, quota = max(flood, 1 + event.severity), INF
        return left * flood, quota

    def delayed(self, node: int, project, decided: float, opening: float) -> float:
        """Years by which know-how events, as known in a node, put off a project's opening."""
        longest = 0.0
        for event in self.case.table("events").itertuples():
            if event.kind != "know-how" or project["place"] == event.origin:
                continue
            if event.destinations and project["place"] not in event.destinations:
                continue
            if not self.makes(project["recipes"], event.goods):
                continue
            if event.in_force:
                began = event.start
                ended = INF if np.isnan(event.duration) else event.start + event.duration
            else:  # as far as it has lasted on the way to the node: later decisions are later
                on = [a for a in self.ancestors(node) if event.id in self.tree.events[a]]
                if not on:
                    continue
                began = self.tree.start[on[-1]]
                ended = self.tree.start[on[0]] + self.tree.duration[on[0]]
            if opening > began and decided < ended:
                longest = max(longest, event.severity)
        return longest

    def entitled(self) -> dict[tuple[int, int], float]:
        """Share of its base demand that a user may meet with controlled goods, where bound."""
        demands, control = self.net.demands, self.case.settings.control
        least: dict[tuple[int, int], float] = {}
        for event in self.case.table("events").itertuples():
            if not event.users or event.origin != control:
                continue
            for d, demand in enumerate(demands.itertuples()):
                named = demand.sector in event.users or demand.priority in event.users
                there = demand.place in (event.destinations or (demand.place,))
                good = {demand.material, self.materials["stage"][demand.material]}
                traced = self.net.pools["control"][demand.pool]
                if named and there and demand.place != control and traced:
                    for node in range(self.n):
                        if good & set(event.goods) and self.is_on(event, node):
                            leak = 0.0 if np.isnan(event.leak) else event.leak
                            rest = 1 - min(event.severity, 1.0) * (1 - leak)  # it reaches all
                            least[node, d] = min(least.get((node, d), 1.0), rest)
        return least

    def cuts(self) -> list:
        """Events that cut flows, whoever uses the goods."""
        kinds = ("ban", "licence", "quota", "closure")
        events = self.case.table("events").itertuples()
        return [event for event in events if event.kind in kinds and not event.users]

    def struck_links(self, event) -> list[int]:
        """Links that a cut bears on: of its goods, away from its origin or made of what left it."""
        reaches = event.extraterritorial and event.origin == self.case.settings.control
        struck = []
        for number, link in enumerate(self.net.links.itertuples()):
            theirs = link.origin == event.origin or (reaches and link.control)
            named = {link.material, self.materials["stage"][link.material]} & set(event.goods)
            there = link.destination in (event.destinations or (link.destination,))
            if theirs and named and there and link.destination != event.origin:
                struck.append(number)
        return struck

    def leaks(self) -> tuple[np.ndarray, np.ndarray]:
        """(node, link): share of the base flow that goes round all cuts; the dearest premium.

        What quotas cap is a sum, so they and the cuts of single flows are told apart: what goes
        round one kind must go round the other.
        """
        share = np.full((self.n, len(self.net.links)), INF)
        premium = np.zeros(share.shape)
        price = self.materials["base_price"].fillna(0.0)
        cuts = self.cuts()
        for kind in (
            [event for event in cuts if event.kind == "quota"],
            [event for event in cuts if event.kind != "quota"],
        ):
            openly, in_all = np.full((2, *share.shape), INF)
            for event in kind:
                stopped = min(event.severity, 1.0)
                leak = 0.0 if np.isnan(event.leak) else event.leak
                dearer = 0.0 if np.isnan(event.premium) else event.premium
                for link in self.struck_links(event):
                    worth = price[self.net.links["material"][link]] * dearer * (leak > 0)
                    for node in range(self.n):
                        if self.is_on(event, node):
                            at = node, link
                            openly[at] = min(openly[at], 1 - stopped)
                            in_all[at] = min(in_all[at], 1 - stopped + stopped * leak)
                            premium[at] = max(premium[at], worth)
            hit = np.isfinite(in_all)
            share[hit] = np.minimum(share[hit], in_all[hit] - openly[hit])
        return np.where(np.isinf(share), 0.0, share), premium

    def free_copy(self, demand: int) -> int | None:
        """The pool of free goods beside the controlled one that a demand draws on."""
        pools, own = self.net.pools, self.net.demands.loc[demand]
        same = (pools["material"] == own["material"]) & (pools["place"] == own["place"])
        free = pools.index[same & ~pools["control"]]
        return int(free[0]) if len(free) else None


def share_in_use(opening: float, life: float, ramp: list[float], start: float, end: float) -> float:
    """Mean share in use from start to end, year of age by year of age."""
    total = 0.0
    for age in range(200):
        step = ramp[min(age, len(ramp) - 1)]
        first, last = opening + age, min(opening + age + 1, opening + life)
        total += step * max(min(end, last) - max(start, first), 0.0)
    return total / (end - start)


def spread(project, rate: float) -> float:
    """Charge of a year of full use: equal yearly costs over the life, moved to where the use is."""
    ramp = list(project.ramp) or [1.0]
    equal = used = 0.0
    for year in range(int(np.ceil(project.lifetime))):
        worth = min(1.0, project.lifetime - year) / (1 + rate) ** (year + 0.5)
        equal += worth
        used += worth * ramp[min(year, len(ramp) - 1)]
    return equal / used
