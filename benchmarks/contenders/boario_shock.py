"""BoARIO on an economy of the same size: python boario_shock.py REGIONS SECTORS DAYS.

Tables are made up (seeded; each industry buys half of its output from all others), a tenth of
whose first region is lost for a year. BoARIO moves day by day; a month is 30.4375 of them.
"""

from __future__ import annotations

import logging
import sys
import warnings

from phases import Phases

phases = Phases()
warnings.simplefilter("ignore")
logging.disable(logging.WARNING)

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
import pymrio  # noqa: E402
from boario import event  # noqa: E402
from boario.extended_models import ARIOPsiModel  # noqa: E402
from boario.simulation import Simulation  # noqa: E402

phases.end("import")
regions, sectors, days = map(int, sys.argv[1:4])
rng = np.random.default_rng(1)
places = [f"r{i:02d}" for i in range(regions)]
industries = pd.MultiIndex.from_product(
    [places, [f"s{i:02d}" for i in range(sectors)]], names=["region", "sector"]
)
final = pd.MultiIndex.from_product([places, ["households"]], names=["region", "category"])
count = len(industries)
output = rng.uniform(0.5, 1.5, count) * 1e4
bought = rng.exponential(1.0, (count, count))
bought *= 0.5 * output / bought.sum(axis=0)
bought *= np.minimum(1.0, 0.9 * output / bought.sum(axis=1))[:, None]  # some is left to consume
eaten = (output - bought.sum(axis=1))[:, None] * rng.dirichlet(np.ones(regions), count)
io = pymrio.IOSystem(
    Z=pd.DataFrame(bought, index=industries, columns=industries),
    Y=pd.DataFrame(eaten, index=industries, columns=final),
)
io.calc_all()
phases.end("tables")
model = ARIOPsiModel(io)
struck = industries[:sectors]
shock = event.from_series(
    impact=pd.Series(0.1 * output[:sectors], index=struck),
    event_type="recovery",
    occurrence=30,
    duration=30,
    recovery_tau=335,
    recovery_function="linear",
    event_monetary_factor=10**6,
)
simulation = Simulation(model, n_temporal_units_to_sim=days)
simulation.add_event(shock)
phases.end("state")
simulation.loop()
phases.end("live")
made = simulation.production_realised.to_numpy()
phases.report(
    nodes=count,
    months=days / 30.4375,
    least=float(np.nanmin(made.sum(axis=1)) / made[0].sum()),
    microseconds_per_node_month=phases.cpu["live"] * 1e6 / count / (days / 30.4375),
)
