"""Validate a data package with frictionless, in an environment of its own; tell it as JSON."""

import json
import sys

import frictionless

report = frictionless.Package(sys.argv[1]).validate()
faults = [list(map(str, fault)) for fault in report.flatten(["title", "fieldName", "note"])]
package = frictionless.Package(sys.argv[1])
tables = {
    resource.name: {
        "fields": {field.name: field.type for field in resource.schema.fields},
        "keys": resource.schema.primary_key,
        "rows": [row.to_list(json=True) for row in resource.read_rows()],
    }
    for resource in package.resources
}
json.dump({"valid": report.valid, "faults": faults, "tables": tables}, sys.stdout)
