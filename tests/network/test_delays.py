"""Know-how withheld: which projects it puts off, by how long and where that is known."""

from __future__ import annotations

import numpy as np
import pytest

from kidorui.case import Case
from kidorui.network import Network, compile_network, grow
from kidorui.network.delays import opening_delay
from tests.changed import edited, tiny, with_rows, with_settings

SECRET = {"id": "secret", "kind": "know-how", "origin": "CN", "goods": ("oxide",),
          "severity": 2.0, "start": 2025.0, "in_force": True}  # fmt: skip


def recycler(**event: object) -> Case:
    """A committed recycler of 1500 t/yr that opens in 2026, and one event that is planned for."""
    case = edited(
        with_settings(tiny(), events=()), "projects", "recycle-jp-2", decision=2024.0, odds=1.0,
        permit_time=0.0, build_time=2.0, qualification_time=0.0, slip=0.0, ramp=(), lifetime=30.0,
    )  # fmt: skip
    return with_rows(case, "events", SECRET | event, keep=False)


def standing(network: Network) -> list[float]:
    unit = network.units.index[network.units["id"] == "recycle-jp-2"][0]
    return list(network.capacity[:, unit])


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({}, [0, 0, 1500, 1500]),  # from 2028 and not from 2026
        ({"severity": 2.5}, [0, 0, 1125, 1500]),  # half a year later still
        ({"goods": ("ox-Dy",)}, [0, 0, 1500, 1500]),  # one of what it makes
        ({"goods": ("magnet",)}, [0, 1500, 1500, 1500]),  # not what it makes
        ({"start": 2026.0}, [0, 1500, 1500, 1500]),  # it is open when the event begins
        ({"start": 2020.0, "duration": 4.0}, [0, 1500, 1500, 1500]),  # over when it is decided
        ({"start": 2020.0, "duration": 4.5}, [0, 0, 1500, 1500]),  # on when it is decided
        ({"origin": "JP"}, [0, 1500, 1500, 1500]),  # theirs is the know-how
        ({"destinations": ("MY",)}, [0, 1500, 1500, 1500]),
        ({"destinations": ("JP", "MY")}, [0, 0, 1500, 1500]),
    ],
)
def test_a_committed_project_opens_by_the_delay_later(event, expected):
    case = recycler(**event)
    assert standing(compile_network(case, grow(case))) == pytest.approx(expected)


def test_it_closes_as_much_later():
    case = edited(recycler(), "projects", "recycle-jp-2", lifetime=3.0)
    assert standing(compile_network(case, grow(case))) == pytest.approx([0, 0, 1500, 1500 / 4])


def test_of_two_events_the_longer_delay_holds():
    case = with_rows(recycler(), "events", SECRET | {"id": "less", "severity": 1.0})
    assert standing(compile_network(case, grow(case))) == pytest.approx([0, 0, 1500, 1500])


def test_an_event_that_may_begin_puts_off_what_is_not_yet_open_in_its_branch_alone():
    case = recycler(in_force=False, start=np.nan, duration=2.0)
    case = edited(case, "projects", "recycle-jp-2", build_time=4.5)  # opens in the middle of 2028
    network = compile_network(case, grow(case, ["secret"], 0.1))
    tree = network.tree
    trunk = tree.branch < 0
    opened = np.clip(tree.start + tree.duration - 2028.5, 0, tree.duration) / tree.duration
    late = np.clip(tree.start + tree.duration - 2030.5, 0, tree.duration) / tree.duration
    assert standing(network) == pytest.approx(list(1500 * np.where(trunk, opened, late)))


def test_what_is_decided_after_the_event_is_not_put_off():
    case = recycler(in_force=False, start=np.nan, duration=1.0)
    tree = grow(case, ["secret"], 0.1)
    projects = case.table("projects")
    build = list(projects["id"]).index("heavy-my")
    decided = np.maximum(tree.start[:, None], projects["decision"].to_numpy(float))
    delay = opening_delay(case, tree, projects, decided)[:, :, build]
    begun = np.flatnonzero(tree.branch == 0)
    on = tree.in_event
    assert (delay[begun, 0] == 0).all()  # decided in 2024 it is open in 2027, before the onset
    assert (delay[begun, 1] == 2).all()  # decided in 2026 it is not
    assert (delay[np.ix_(begun, np.flatnonzero(on))] == 2).all()
    assert (delay[np.ix_(begun, begun[~on[begun]])] == 0).all()
    assert (delay[tree.branch < 0] == 0).all()


def test_stockpiles_make_nothing_that_could_be_withheld():
    case = recycler(goods=("metal",))
    tree = grow(case)
    projects = case.table("projects")
    delay = opening_delay(case, tree, projects, projects["decision"].to_numpy(float))
    hit = projects["id"][delay.any(axis=0)]
    assert list(hit) == ["metal-jp-2"]
