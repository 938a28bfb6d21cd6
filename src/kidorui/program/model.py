"""A linear programme as named blocks of variables and constraints over sparse arrays.

A block of variables is an array over (node, thing); a block of constraints is a set of sparse
matrices, one for each block of variables it takes part in. The blocks are put together once,
at the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
ArrayLike = FloatArray | float
Sparse = sparse.csr_array | sparse.coo_array | sparse.dia_array


@dataclass(frozen=True)
class Variables:
    """A block of variables over (node, thing): bounds, cost (million US$ per unit), position."""

    name: str
    nodes: int
    things: int
    start: int
    lower: FloatArray
    upper: FloatArray
    cost: FloatArray
    integer: npt.NDArray[np.bool_]

    @property
    def size(self) -> int:
        """Number of variables."""
        return self.nodes * self.things

    @property
    def span(self) -> slice:
        """Where the block lies among all variables."""
        return slice(self.start, self.start + self.size)


@dataclass(frozen=True)
class Constraints:
    """A block of constraints: lower <= sum of matrix @ variables <= upper.

    Each is about a row of `things` (table and row of the case it comes from, and its names) in
    a node of the tree: the words in which infeasibility and marginal values are told.
    """

    name: str
    start: int
    terms: Mapping[str, sparse.csr_array]
    lower: FloatArray
    upper: FloatArray
    things: pd.DataFrame
    thing: IntArray
    node: IntArray

    @property
    def size(self) -> int:
        """Number of constraints."""
        return len(self.lower)

    @property
    def span(self) -> slice:
        """Where the block lies among all constraints."""
        return slice(self.start, self.start + self.size)

    @property
    def labels(self) -> pd.DataFrame:
        """A row per constraint: the thing it is about."""
        return self.things.iloc[self.thing].reset_index(drop=True)


@dataclass
class Model:
    """A programme being stated: minimise cost over its blocks; `nodes` are named in words."""

    nodes: tuple[str, ...] = ()
    variables: dict[str, Variables] = field(default_factory=dict)
    constraints: dict[str, Constraints] = field(default_factory=dict)
    labels: dict[str, pd.DataFrame] = field(default_factory=dict)

    def add_variables(
        self,
        name: str,
        shape: tuple[int, int],
        *,
        lower: ArrayLike = 0.0,
        upper: ArrayLike = np.inf,
        cost: ArrayLike = 0.0,
        integer: npt.NDArray[np.bool_] | bool = False,
        labels: pd.DataFrame | None = None,
    ) -> Variables:
        """Add a block of variables over (node, thing); scalars and arrays are broadcast."""

        def spread(values: ArrayLike) -> FloatArray:
            return np.broadcast_to(np.asarray(values, dtype=float), shape).ravel().copy()

        block = Variables(
            name,
            *shape,
            start=self.columns,
            lower=spread(lower),
            upper=spread(upper),
            cost=spread(cost),
            integer=np.broadcast_to(np.asarray(integer, dtype=bool), shape).ravel().copy(),
        )
        self.variables[name] = block
        if labels is not None:
            self.labels[name] = labels
        return block

    def let_in(self, constraints: str, variables: str, matrix: Sparse) -> None:
        """Let a block of variables that came later take part in constraints already stated."""
        block = self.constraints[constraints]
        if matrix.shape != (block.size, self.variables[variables].size):
            raise ValueError(f"{variables} in {constraints}: {matrix.shape} does not fit")
        terms = {**block.terms, variables: sparse.csr_array(matrix)}
        self.constraints[constraints] = replace(block, terms=terms)

    def add_constraints(
        self,
        name: str,
        terms: Mapping[str, Sparse],
        *,
        lower: ArrayLike = -np.inf,
        upper: ArrayLike = np.inf,
        labels: pd.DataFrame | None = None,
        node: IntArray | None = None,
        thing: IntArray | None = None,
    ) -> Constraints:
        """Add a block of constraints; each term is a (row, variable of the block) matrix.

        `labels` has a row per thing; `node` and `thing` say what each constraint is about,
        and are those of a (node, thing) array unless given.
        """
        rows = next(iter(terms.values())).shape[0]
        things = pd.DataFrame(index=[0]) if labels is None else labels.reset_index(drop=True)
        place = np.arange(rows)
        for block, matrix in terms.items():
            expected = (rows, self.variables[block].size)
            if matrix.shape != expected:
                raise ValueError(f"{name}: term {block} is {matrix.shape}, must be {expected}")
        constraints = Constraints(
            name,
            self.rows,
            {block: sparse.csr_array(matrix) for block, matrix in terms.items()},
            np.broadcast_to(np.asarray(lower, dtype=float), rows).copy(),
            np.broadcast_to(np.asarray(upper, dtype=float), rows).copy(),
            things,
            place % max(len(things), 1) if thing is None else thing,
            place // max(len(things), 1) if node is None else node,
        )
        self.constraints[name] = constraints
        return constraints

    def copy(self) -> Model:
        """The same programme with bounds and costs of its own; its matrices are shared."""
        variables = {
            name: replace(b, lower=b.lower.copy(), upper=b.upper.copy(), cost=b.cost.copy())
            for name, b in self.variables.items()
        }
        constraints = {
            name: replace(b, lower=b.lower.copy(), upper=b.upper.copy())
            for name, b in self.constraints.items()
        }
        return Model(self.nodes, variables, constraints, self.labels)

    @property
    def columns(self) -> int:
        """Number of variables."""
        return sum(b.size for b in self.variables.values())

    @property
    def rows(self) -> int:
        """Number of constraints."""
        return sum(b.size for b in self.constraints.values())

    def matrix(self) -> sparse.csr_array:
        """All constraints as one sparse (row, column) matrix."""
        row, column, value = [np.empty(0, int)], [np.empty(0, int)], [np.empty(0)]
        for block in self.constraints.values():
            for name, term in block.terms.items():
                coo = term.tocoo()
                row.append(coo.row + block.start)
                column.append(coo.col + self.variables[name].start)
                value.append(coo.data)
        whole = sparse.coo_array(
            (np.concatenate(value), (np.concatenate(row), np.concatenate(column))),
            shape=(self.rows, self.columns),
        ).tocsr()
        whole.eliminate_zeros()
        return whole

    def cost(self) -> FloatArray:
        """Cost of every variable, million US$ per unit."""
        return self._gather("cost")

    def column_bounds(self) -> tuple[FloatArray, FloatArray]:
        """Lower and upper bound of every variable."""
        return self._gather("lower"), self._gather("upper")

    def row_bounds(self) -> tuple[FloatArray, FloatArray]:
        """Lower and upper bound of every constraint."""
        blocks = list(self.constraints.values())
        empty = [np.empty(0)]
        lower = np.concatenate([b.lower for b in blocks] or empty)
        return lower, np.concatenate([b.upper for b in blocks] or empty)

    def integers(self) -> npt.NDArray[np.bool_]:
        """Which variables must be whole."""
        return np.concatenate([b.integer for b in self.variables.values()])

    def _gather(self, what: str) -> FloatArray:
        return np.concatenate([getattr(b, what) for b in self.variables.values()])
