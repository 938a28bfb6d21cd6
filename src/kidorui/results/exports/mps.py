"""A linear programme as an MPS file, with a table of what its names stand for.

Every variable and constraint is named by its block, node and thing, such as `flow_3_17`: letters,
digits and _ alone, so that every reader of MPS takes them.
"""

from __future__ import annotations

import gzip
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import highspy
import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.case.writing import whole_file
from kidorui.program import Model
from kidorui.program.model import Constraints, Variables
from kidorui.program.solve import to_highs

LONGEST = 64
"""Most characters of a name: fewer than any common reader takes."""

_ODD = re.compile(r"[^A-Za-z0-9]+")


def write_mps(model: Model, path: Path) -> Path:
    """Write a programme as an .mps or .mps.gz file; returns the table of names beside it.

    Minimise cost in million US$; no constant is left out, so that the optimum of the file is that
    of the programme. Constraints without a bound, which only wait to be given one, are left out.
    The table, FILE.names.csv, has a row a name: columns name, kind (variable or constraint),
    block, node (in words), table and row of the case, and thing (the rest of its label). Raises
    OSError where the file cannot be written.
    """
    columns, rows = _names(model.variables), _names(model.constraints)
    lower, upper = model.row_bounds()
    bound = np.isfinite(lower) | np.isfinite(upper)
    programme = to_highs(model)
    programme.col_names_, programme.row_names_ = columns.tolist(), rows.tolist()
    programme.model_name_ = "kidorui"
    stem = path.name.removesuffix(".gz").removesuffix(".mps")
    beside = path.with_name(f"{stem}.names.csv")
    with whole_file(beside) as table, whole_file(path) as unfinished:
        _write(programme, np.flatnonzero(~bound), unfinished)
        told = pd.concat([_told_variables(model, columns), _told_constraints(model, rows, bound)])
        told.to_csv(table, index=False, lineterminator="\n")
    return beside


def _write(programme: highspy.HighsLp, free: npt.NDArray[np.intp], path: Path) -> None:
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)
    highs.passModel(programme)
    if len(free):
        highs.deleteRows(len(free), free.astype(np.int32))
    with TemporaryDirectory(dir=path.parent) as folder:
        plain = Path(folder) / "programme.mps"  # HiGHS goes by the ending
        if highs.writeModel(str(plain)) == highspy.HighsStatus.kError:
            raise OSError(f"{path}: HiGHS could not write the programme")
        if path.suffix != ".gz":
            plain.replace(path)
            return
        with (
            plain.open("rb") as source,
            path.open("wb") as target,
            # no name or time in it: the same programme is the same file
            gzip.GzipFile("", "wb", 6, target, mtime=0) as packed,
        ):
            shutil.copyfileobj(source, packed)


def _names(
    blocks: Mapping[str, Variables] | Mapping[str, Constraints],
) -> npt.NDArray[np.str_]:
    """A name for every variable or constraint: block, node and thing, no two alike."""
    stems = _stems(list(blocks))
    names = [np.empty(0, dtype=str)]
    for block in blocks.values():
        node, thing = _places(block)
        pairs = pd.DataFrame({"node": node, "thing": thing}).astype(str)
        name = stems[block.name] + "_" + pairs["node"] + "_" + pairs["thing"]
        again = name.groupby(name).cumcount()  # a thing may have several constraints in a node
        name = name.where(again == 0, name + "_" + again.astype(str))
        names.append(name.to_numpy(dtype=str))
    return np.concatenate(names)


def _stems(names: list[str]) -> Mapping[str, str]:
    """Words of blocks as MPS takes them; of two that would be alike the later gets a number."""
    stems: dict[str, str] = {}
    for name in names:
        stem = _ODD.sub("_", name).strip("_")[: LONGEST - 24]
        taken = set(stems.values())
        stems[name] = stem if stem not in taken else f"{stem}{len(taken)}"
    return stems


def _places(block: Variables | Constraints) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Node and thing of every variable or constraint of a block."""
    if isinstance(block, Constraints):
        return block.node, block.thing
    node, thing = np.divmod(np.arange(block.size), max(block.things, 1))
    return node, thing


def _told_variables(model: Model, names: npt.NDArray[np.str_]) -> pd.DataFrame:
    parts = [
        _told(model, "variable", block, names[block.span], model.labels.get(block.name))
        for block in model.variables.values()
    ]
    return pd.concat(parts, ignore_index=True)


def _told_constraints(
    model: Model, names: npt.NDArray[np.str_], bound: npt.NDArray[np.bool_]
) -> pd.DataFrame:
    parts = [
        _told(model, "constraint", block, names[block.span], block.things)[bound[block.span]]
        for block in model.constraints.values()
    ]
    return pd.concat(parts, ignore_index=True)


def _told(
    model: Model,
    kind: str,
    block: Variables | Constraints,
    names: npt.NDArray[np.str_],
    labels: pd.DataFrame | None,
) -> pd.DataFrame:
    node, thing = _places(block)
    words = np.array([*model.nodes, ""], dtype=str)
    known = pd.DataFrame(index=range(0)) if labels is None else labels.reset_index(drop=True)
    others = [c for c in known if c not in ("table", "row")]
    rest = known[others].astype(str).agg(", ".join, axis=1) if others else pd.Series(dtype=str)
    of_thing = pd.DataFrame(
        {
            "table": known.get("table", ""),
            "row": known.get("row", ""),
            "thing": rest,
        },
        index=known.index,
    ).astype(str)
    told = of_thing.reindex(thing, fill_value="").reset_index(drop=True)
    told.insert(0, "node", words[np.minimum(node, len(model.nodes))])
    told.insert(0, "block", block.name)
    told.insert(0, "kind", kind)
    told.insert(0, "name", names)
    return told
