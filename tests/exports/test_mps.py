"""The programme of a plan as an MPS file: HiGHS reads it back and finds the same optimum."""

import re

import highspy
import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from kidorui.case import load
from kidorui.program import Model, Solver
from kidorui.results.exports.mps import write_mps
from kidorui.studies.context import Context
from kidorui.studies.plan import Clock, PlanOptions, prepare
from tests.changed import tiny


def stated(case):
    return prepare(case, PlanOptions(risk=case.settings.risk), Context(), Clock()).program.model


def read(path, solver="choose"):
    """A HiGHS of its own that has read and solved the file."""
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("solver", solver)
    assert highs.readModel(str(path)) == highspy.HighsStatus.kOk
    highs.run()
    assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return highs


@pytest.fixture(scope="module")
def model():
    return stated(tiny())


@pytest.fixture(scope="module", params=["plan.mps", "plan.mps.gz"])
def file(request, model, tmp_path_factory):
    path = tmp_path_factory.mktemp("mps") / request.param
    assert write_mps(model, path) == path.with_name("plan.names.csv")
    return path


def test_the_optimum_is_that_of_the_plan(model, planned, file):
    found = read(file).getInfo().objective_function_value
    assert found == pytest.approx(Solver(model).solve().objective, rel=1e-9)
    assert found == pytest.approx(planned.meta["objective"], rel=1e-9)


def test_the_programme_read_is_the_one_written(model, file):
    lp = read(file).getLp()
    lower, upper = model.row_bounds()
    bound = np.isfinite(lower) | np.isfinite(upper)
    assert not bound.all()  # rows that only wait for a bound are there, and left out
    assert (lp.num_col_, lp.num_row_) == (model.columns, bound.sum())
    np.testing.assert_allclose(lp.col_cost_, model.cost(), rtol=1e-14)
    np.testing.assert_allclose(lp.row_upper_, upper[bound], rtol=1e-14)
    matrix = lp.a_matrix_
    read_back = sparse.csc_array((matrix.value_, matrix.index_, matrix.start_))
    np.testing.assert_allclose(read_back.toarray(), model.matrix()[bound].toarray(), rtol=1e-14)


def test_names_are_safe_and_no_two_alike(file):
    lp = read(file).getLp()
    for names in (lp.col_names_, lp.row_names_):
        assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,63}", name) for name in names)
        assert len(set(names)) == len(names)


def test_every_name_can_be_traced_to_a_row_of_the_case(file):
    lp = read(file).getLp()
    told = pd.read_csv(file.with_name("plan.names.csv"), dtype=str, keep_default_na=False)
    assert list(told.columns) == ["name", "kind", "block", "node", "table", "row", "thing"]
    for kind, names in (("variable", lp.col_names_), ("constraint", lp.row_names_)):
        assert told.loc[told["kind"] == kind, "name"].tolist() == list(names)
    case = tiny()
    shipped = told[told["block"] == "shipment"].iloc[0]
    route = case.table("routes").set_index("_row").loc[int(shipped["row"])]
    assert shipped["table"] == "routes"
    assert {route["origin"], route["destination"]} <= set(shipped["thing"].split(", "))


def test_blocks_with_like_names_stay_apart(tmp_path):
    model = Model(("now",))
    for name in ("a b", "a-b", "a_b"):
        model.add_variables(name, (1, 1), upper=1.0, cost=-1.0)
    both = {name: sparse.csr_array(np.ones((2, 1))) for name in ("a b", "a-b")}
    model.add_constraints(
        "sum", both, upper=[1.0, 1.5], thing=np.zeros(2, int), node=np.zeros(2, int)
    )
    write_mps(model, tmp_path / "x.mps")
    highs = read(tmp_path / "x.mps")
    assert len(set(highs.getLp().col_names_)) == 3
    assert len(set(highs.getLp().row_names_)) == 2
    assert highs.getInfo().objective_function_value == pytest.approx(-2.0)


def test_the_same_programme_is_the_same_file(model, tmp_path):
    for name in ("one.mps.gz", "two.mps.gz"):
        write_mps(model, tmp_path / name)
    assert (tmp_path / "one.mps.gz").read_bytes() == (tmp_path / "two.mps.gz").read_bytes()
    assert len(list(tmp_path.iterdir())) == 4  # nothing unfinished


@pytest.mark.slow
def test_the_optimum_of_japan_is_that_of_its_plan(tmp_path):
    model = stated(load("japan"))
    write_mps(model, tmp_path / "japan.mps.gz")
    found = read(tmp_path / "japan.mps.gz", "ipx").getInfo().objective_function_value
    assert found == pytest.approx(Solver(model).solve().objective, rel=1e-9)
