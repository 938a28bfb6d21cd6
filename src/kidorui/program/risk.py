"""Risk: conditional value at risk of the cost over scenarios (formulation, section 5)."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from kidorui.network import Network
from kidorui.program.investment import MILLION, Candidates
from kidorui.program.model import Model, Sparse


def weigh_risk(model: Model, network: Network, projects: Candidates, risk: float) -> None:
    """Turn the objective into (1 - risk) E + risk CVaR.

    CVaR is that of the discounted cost along each path of the tree, in the tail `alpha` of the
    case (Rockafellar and Uryasev, J. Risk 2:21-41, 2000).
    """
    tree = network.tree
    expected = model.cost()
    nodes = np.maximum(tree.probability, 1e-300)
    model.add_variables("node cost", (tree.size, 1), lower=-np.inf)
    terms: dict[str, Sparse] = {"node cost": sparse.eye_array(tree.size)}
    for name, block in model.variables.items():
        if name in ("size", "node cost") or not block.cost.any():
            continue
        cost = block.cost.reshape(block.nodes, block.things) / nodes[:, None]
        node = np.repeat(np.arange(tree.size), block.things)
        terms[name] = -sparse.csr_array(
            (cost.ravel(), (node, np.arange(block.size))), shape=(tree.size, block.size)
        )
    per_year = tree.duration * tree.discount
    charge = projects.charged * per_year[:, None, None] * projects.annual * MILLION
    terms["size"] = -sparse.csr_array(charge.reshape(tree.size, -1))
    model.add_constraints("node cost", terms, lower=0.0, upper=0.0)

    leaves = tree.leaves
    tail = tree.probability[leaves] / (1 - network.case.settings.alpha)
    model.add_variables("value at risk", (1, 1), lower=-np.inf)
    model.add_variables("excess", (len(leaves), 1))
    paths = sparse.csr_array(tree.ancestry[leaves].astype(float))
    model.add_constraints(
        "excess",
        {
            "excess": sparse.eye_array(len(leaves)),
            "value at risk": sparse.csr_array(np.ones((len(leaves), 1))),
            "node cost": -paths,
        },
        lower=0.0,
    )
    weighed = np.concatenate([(1 - risk) * expected, np.zeros(tree.size), [risk], risk * tail])
    for block in model.variables.values():
        block.cost[:] = weighed[block.span]
