"""The same indices: python geopolrisk_kidorui.py FOLDER few|all, from what geopolrisk-py wrote."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from phases import Phases

folder, which = Path(sys.argv[1]), sys.argv[2]
phases = Phases()

import pandas as pd  # noqa: E402

from kidorui.studies.exposure.geopolrisk import geopolrisk  # noqa: E402

phases.end("import")
text = {"partnerWGI": str, "reporterCode": str, "partnerCode": str}
mapped = pd.read_csv(folder / "trade.csv", dtype=text, keep_default_na=False)
mapped = mapped.rename(
    columns={
        "period": "year",
        "reporterCode": "importer",
        "partnerCode": "exporter",
        "cifvalue": "value",
        "qty": "quantity",
        "partnerWGI": "score",
    }
)
trade = mapped[["year", "importer", "exporter", "value", "quantity"]]
scored = mapped[mapped["score"] != ""].drop_duplicates(["year", "exporter"])
score = pd.to_numeric(scored["score"].replace("nan", None))
governance = pd.DataFrame({"year": scored["year"], "country": scored["exporter"], "score": score})
made = pd.read_csv(folder / "production.csv").rename(columns={"Country_Code": "country"})
made = made[made["country"] != "DELETE"]
made = made.drop(columns=["Country", "Country_ISO", "unit", "data_source"])
made = made.melt("country", var_name="year", value_name="quantity").dropna()  # a blank: none
made["year"] = made["year"].astype(int)
held = json.loads((folder / f"members-{which}.json").read_text())
named = set(trade["importer"]) | set(trade["exporter"])
members = {entity: [str(c) for c in codes if str(c) in named] for entity, codes in held.items()}
phases.end("read")
rows = geopolrisk(trade, made, governance, members, missing=0.5)
phases.end("index, 1995 to 2024")
late = trade[trade["year"].isin(made["year"].unique())]
phases.end("choose")
rows = geopolrisk(late, made, governance, members, missing=0.5)
phases.end("index")
theirs = pd.read_csv(folder / f"results-{which}.csv").set_index(["year", "entity"])
ours = rows.set_index(["year", "entity"]).reindex(theirs.index)[theirs.columns]
bought = theirs["price"] != 0  # who buys nothing has a price of 0 there, and none here
scale = theirs.abs().where(theirs != 0, 1.0)
apart = ((ours - theirs) / scale)[bought].abs().max().max()
differ = (ours.isna() != theirs.isna())[bought]
phases.report(
    indices=len(theirs),
    apart=float(apart),
    blank_apart=int(differ.to_numpy().sum()),
    bought_nothing=int((~bought).sum()),
)
