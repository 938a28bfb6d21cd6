"""Read IAMC data with pyam, in an environment of its own; tell as JSON what it holds."""

import json
import sys

import pyam

data = pyam.IamDataFrame(sys.argv[1])
told = {
    "rows": data.data.drop(columns="exclude", errors="ignore").values.tolist(),
    "columns": data.data.columns.tolist(),
    # variables whose parts, at the same region, do not add up to them: pyam gives None for none
    "apart": [v for v in sys.argv[2:] if data.check_aggregate(v) is not None],
}
json.dump(told, sys.stdout)
