"""All origins behind one use: python lookthrough.py NODES FLOWS KIND METHOD.

KIND: any (flows between any two nodes), hubs (most flows from few nodes), near (a ring, between
neighbours), one (a single origin). METHOD: kidorui, elimination (scipy's spsolve), walk (steps
until nothing is left to follow, 100,000 at most).
"""

from __future__ import annotations

import sys

from phases import Phases

phases = Phases()

import numpy as np  # noqa: E402
from scipy import sparse  # noqa: E402
from scipy.sparse.linalg import spsolve  # noqa: E402

from kidorui.network.lookthrough import Chain  # noqa: E402

LABELS = 200
"""Origins told apart, as many as there are countries."""


def network(nodes: int, flows: int, kind: str, seed: int = 0):
    """Flows (to, from) and what began (node, label), lognormal, of one node in twenty."""
    rng = np.random.default_rng(seed)
    odds = 1 / np.arange(1, nodes + 1) if kind == "hubs" else np.ones(nodes)
    start = rng.choice(nodes, size=flows, p=odds / odds.sum())
    end = rng.integers(nodes, size=flows)
    if kind == "near":
        end = (start + rng.integers(-50, 51, size=flows)) % nodes
    moved = sparse.csr_array((rng.lognormal(0, 2, flows), (end, start)), shape=(nodes, nodes))
    begins = rng.choice(nodes, 1 if kind == "one" else nodes // 20, replace=False)
    labels = rng.integers(LABELS, size=len(begins))
    tonnes = rng.lognormal(0, 2, len(begins))
    return moved, sparse.csr_array((tonnes, (begins, labels)), shape=(nodes, LABELS))


def walked(mixing, use):
    """What a walk upstream visits, step by step."""
    visits, step, back = use.copy(), use, sparse.csr_array(mixing.T)
    for _ in range(100_000):
        step = back @ step
        visits += step
        if step.sum() < 1e-12:
            break
    return visits


def solved(chain: Chain, use, method: str):
    """Origins of the use, t/yr, and what was visited."""
    if method == "kidorui":
        behind = chain.behind(use)
        return behind.origins, float(behind.unknown), behind.residual
    alive = chain.rooted
    mixing = chain.mixing[alive][:, alive]
    if method == "elimination":
        system = sparse.csc_array((sparse.eye_array(mixing.shape[0]) - mixing).T)
        visits = spsolve(system, use[alive])
    else:
        visits = walked(mixing, use[alive])
    residual = np.abs(use[alive] - visits + mixing.T @ visits).sum() / use.sum()
    lost = float(visits @ chain.mixing[alive][:, ~alive].sum(axis=1)) + use[~alive].sum()
    return chain.began[alive].T @ visits, lost, float(residual)


nodes, flows = (int(float(word)) for word in sys.argv[1:3])
kind, method = sys.argv[3:5]
phases.end("import")
moved, born = network(nodes, flows, kind)
use = np.zeros(nodes)
use[-1] = 1.0
phases.end("draw")
chain = Chain.of(moved, born)
origins, unknown, residual = solved(chain, use, method)
phases.end("look through")
phases.report(
    residual=residual,
    unknown=unknown,
    off=abs(float(origins.sum()) + unknown - 1.0),
    largest=float(origins.max()),
)
