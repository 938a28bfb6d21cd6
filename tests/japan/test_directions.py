"""The plan of the real case moves the way it must when what it is asked is moved."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from kidorui.case import Case, load
from kidorui.network import Network, compile_network, grow
from kidorui.program import Solution, Solver, state_plan
from kidorui.program.state import Program
from kidorui.studies.base_year import reference_for, solve_base_year
from kidorui.studies.context import Context
from tests.changed import edited, with_settings

pytestmark = pytest.mark.slow

EVENT = ("cn-ban",)
QUIET = ({"events": ()}, {"hazard": 1e-6})


@cache
def japan() -> Case:
    return load("japan")


def planned(
    case: Case, events: tuple[str, ...] = EVENT, hazard: float | None = None, **terms: float
) -> tuple[Network, Program, Solution]:
    base = solve_base_year(case, Context())
    network = compile_network(case, grow(case, events, hazard))
    program = state_plan(network, reference_for(network, base), **terms)  # type: ignore[arg-type]
    return network, program, Solver(program.model).solve()


@cache
def as_it_stands() -> tuple[Network, Program, Solution]:
    return planned(japan())


def sizes(program: Program, network: Network, solution: Solution) -> pd.Series:
    """Size decided while no event has struck, by project."""
    trunk = network.tree.branch < 0
    built = solution.values["size"][trunk].sum(axis=0)
    return pd.Series(built, index=program.projects.table["id"])


def test_the_dual_gap_is_zero_and_mass_closes():
    _, program, found = as_it_stands()
    assert found.gap <= 1e-9
    columns = np.concatenate([v.ravel() for v in found.values.values()])
    block = program.model.constraints["balance"]
    balance = program.model.matrix()[block.span] @ columns
    assert np.abs(balance).max() <= 1e-9 * max(found.values["activity"].max(), 1.0)


def test_more_money_never_costs_more():
    costs = [planned(japan(), budget=b)[2].objective for b in (0.0, 20.0, 2000.0)]
    assert costs[1] <= costs[0] + 1e-6 * abs(costs[0])
    assert costs[2] <= costs[1] + 1e-6 * abs(costs[1])


def early_investment(asked: tuple[Network, Program, Solution]) -> np.ndarray:
    """What is invested in each project in the first nine years while no event has struck, US$."""
    network, program, found = asked
    trunk = (network.tree.branch < 0) & (network.tree.start < japan().settings.years[0] + 9)
    capex = program.projects.table["capex"].to_numpy(float)
    return np.asarray(found.values["size"][trunk].sum(axis=0) * capex)


def test_without_hazard_only_what_pays_in_peace_is_built():
    peace, almost = (early_investment(planned(japan(), **terms)) for terms in QUIET)
    assert np.abs(almost - peace).sum() <= 0.01 * peace.sum()


def test_a_stop_of_heavy_feed_brings_heavy_plants_or_stock_and_no_light_ones():
    """Every source of heavies Japan has outside China fails, and China stops: heavies are built."""
    case = japan()
    for project in ("my-heavy-2", "eu-caremag", "us-mp-heavy", "au-eneabba-heavy"):
        case = edited(case, "projects", project, odds=0.0)
    for event in ("cn-ban", "cn-heavy-ban"):
        case = edited(case, "events", event, severity=1.0)
    before, after = as_it_stands(), planned(case, ("cn-heavy-ban",), 0.3)
    grown = sizes(after[1], after[0], after[2]) - sizes(before[1], before[0], before[2])
    group = after[1].projects.table.set_index("id")["group"]
    heavy, light = grown[group == "heavy"], grown[(group == "light")]
    assert heavy.drop("mt-mud-pilot").max() > 10
    separation = after[1].projects.table.set_index("id")["stage"] == "separation"
    assert light[separation].max() <= 1.0


def test_five_years_more_move_the_first_nine_by_less_than_a_hundredth():
    years, end = japan().settings.years, japan().settings.end
    longer = with_settings(japan(), end=end + 5, years=(*years, end))
    short, long_ = (early_investment(planned(case)) for case in (japan(), longer))
    assert np.abs(short - long_).sum() <= 0.01 * short.sum()


def test_prices_are_what_a_tonne_more_costs():
    network, program, found = as_it_stands()
    solver = Solver(program.model)
    solver.solve()
    pools = network.pools
    block = program.model.constraints["balance"]
    for material in ("ndpr-oxide", "magnet-h", "y-oxide"):
        pool = pools.index[(pools["material"] == material) & (pools["place"] == "JP")][-1]
        row = block.start + 3 * len(pools) + int(pool)
        moved = []
        for step in (-1e-3, 1e-3):
            solver.set_row_bounds(row, step, step)
            moved.append(solver.solve().objective)
        solver.set_row_bounds(row, 0.0, 0.0)
        dual = found.duals["balance"][row - block.start]
        less = (found.objective - moved[0]) / 1e-3
        more = (moved[1] - found.objective) / 1e-3
        slack = 1e-5 * max(abs(dual), 1e-9) + 1e-9 * abs(found.objective) / 1e-3
        assert min(less, more) - slack <= dual <= max(less, more) + slack
