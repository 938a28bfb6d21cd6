"""The reference results of GeoPolRisk, and the tables they were computed from."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

DATA = Path(__file__).parents[3] / "shared" / "data" / "trade"
GPR = DATA / "gpr"
KEYS = ["year", "entity"]


def members() -> dict[str, list[str]]:
    """Japan, USA, EU and Korea: the countries of each."""
    inputs = json.loads((GPR / "geopolrisk_ree_inputs_v2.0.1.json").read_text())
    return {str(name): list(held) for name, held in inputs["entities"].items()}


def mapped_trade() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Trade as mapped by the reference, and the governance scores that it holds.

    The reference knows two kinds of missing scores: no row, for which it takes 0.5 (empty cell),
    and a blank in a row, which spoils the result (cell `nan`). The second has a row here.
    """
    rows = pd.read_csv(
        GPR / "geopolrisk_ree_mapped_trade_v2.0.1.csv",
        dtype={"partnerWGI": str},
        keep_default_na=False,
    ).rename(
        columns={
            "period": "year",
            "reporterDesc": "importer",
            "partnerDesc": "exporter",
            "cifvalue": "value",
            "qty": "quantity",
        }
    )
    scored = rows[rows["partnerWGI"] != ""].drop_duplicates(["year", "exporter"])
    score = pd.to_numeric(scored["partnerWGI"].replace("nan", None))
    governance = pd.DataFrame(
        {"year": scored["year"], "country": scored["exporter"], "score": score}
    )
    return rows[["year", "importer", "exporter", "value", "quantity"]], governance


def bgs_production() -> pd.DataFrame:
    """Output as rare earth oxides, t, by BGS; its rows of minerals are another basis."""
    rows = pd.read_csv(DATA / "bgs" / "bgs_ree_production_1975_2023.csv")
    rows = rows[rows["bgs_commodity_trans"] == "rare earth oxides"].dropna(subset=["quantity"])
    return rows.rename(columns={"country_trans": "country"})[["year", "country", "quantity"]]


def components() -> pd.DataFrame:
    """Parts of the index by year and entity, 2000 to 2024; production since 2018."""
    rows = pd.read_csv(GPR / "geopolrisk_ree_components_2000_2024_v2.0.1.csv")
    return rows.set_index(KEYS)


def results(name: str) -> pd.DataFrame:
    """Results of the reference, by year and entity, under the names of our columns."""
    return (
        pd.read_csv(GPR / name)
        .rename(
            columns={
                "Year": "year",
                "Country [Economic Entity]": "entity",
                "GeoPolRisk Score": "geopolrisk",
                "GeoPolRisk Characterization Factor [eq. Kg-Cu/Kg]": "cf",
                "HHI": "hhi",
                "Import Risk": "import_risk",
                "Price": "price",
            }
        )
        .set_index(KEYS)
    )
