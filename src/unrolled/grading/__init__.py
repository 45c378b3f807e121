"""Grade strangers' notebooks: run in a sandbox, judge outside it, record with nbgrader."""

import sys

# jsonschema imports what checks internationalised addresses, if it is there; it compiles a grammar
# for a second in each process that judges, and no schema of a notebook names such an address.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
