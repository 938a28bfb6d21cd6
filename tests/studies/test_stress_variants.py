"""What a stress is laid beside: the same months without it, other ends of ranges, a plan."""

from dataclasses import replace

import numpy as np
import pytest

from kidorui.studies.context import Context
from kidorui.studies.stress.built import Build, builds_of, with_builds
from kidorui.studies.stress.scenario import scenario
from kidorui.studies.stress.study import StressOptions, stress
from tests.changed import tiny, with_rows, with_table


def asked(case, *events, **options):
    chosen = {"months": 12, "prevention": False, **options}
    return stress(case, StressOptions(events=events, **chosen), Context())


def test_an_event_that_stops_nothing_costs_nothing():
    """Demand that grows and plants that open are no doing of the event."""
    events = tiny().table("events")
    row = events[events["id"] == "ban-cn"].iloc[0].to_dict()
    case = with_rows(tiny(), "events", {**row, "id": "nothing", "kind": "know-how"})
    result = asked(case, "nothing", table=False)
    assert result.table("shortage").empty
    lost = result.table("losses")[["value_lost", "economy", "economy_high", "stopped_days"]]
    assert (lost == 0).all(axis=None)


def test_an_end_that_moves_nothing_leaves_the_headlines():
    """Dated and undated events strike on the same days in every range."""
    events = tiny().table("events").copy()
    events.loc[events["id"] == "licence-cn", "in_force"] = False
    events.loc[events["id"] == "licence-cn", "hazard"] = 0.1
    case = with_table(tiny(), "events", events)
    ranges = asked(case, "licence-cn", "ban-cn", months=24).table("ranges").set_index("moved")
    still = ranges.loc[["nothing", "what leaks"], ["value_lost", "economy"]]
    assert still.to_numpy() == pytest.approx(np.tile(still.to_numpy()[:1], (3, 1)))


@pytest.mark.parametrize("onset", [1990.0, 2100.0])
def test_an_onset_outside_the_case_is_refused(onset):
    with pytest.raises(ValueError, match="as the case has them"):
        scenario(tiny(), ["ban-cn"], onset=onset)


@pytest.mark.parametrize("wrong", [{"months": 0}, {"draws": -1}])
def test_what_cannot_be_lived_is_refused(wrong):
    with pytest.raises(ValueError, match="at least 1, and 0"):
        StressOptions(**wrong)


def test_builds_of_a_plan_stand_in_the_case():
    case = tiny()
    project = str(case.table("projects")["id"].iloc[0])
    built = with_builds(case, [Build(project, 2026.0, 5.0)])
    rows = built.table("projects")
    row = rows[rows["id"] == f"{project} 2026"].iloc[0]
    assert (row["committed"], row["size_max"], row["decision"]) == (True, 5.0, 2026.0)
    assert project not in set(rows["id"])
    with pytest.raises(KeyError, match="no project nowhere"):
        with_builds(case, [Build("nowhere", 2026.0, 1.0)])


def test_a_part_of_a_year_is_not_laid_beside_a_year_of_the_plan():
    from kidorui.studies.plan import PlanOptions, plan

    made = plan(tiny(), PlanOptions(break_even=False), Context())
    assert builds_of(made.table("builds"))
    options = StressOptions(("ban-cn",), months=6, table=False, prevention=False, plan=made.hash)
    short = stress(tiny(), options, Context(), made)
    assert short.table("replay")["plan_loss_with"].isna().all()
    assert "cannot be laid beside" in " ".join(map(str, short.meta["notes"]))
    whole = stress(tiny(), replace(options, months=12), Context(), made)
    assert whole.table("replay")["plan_loss_with"].iloc[0] >= 0
