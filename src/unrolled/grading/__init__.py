"""Grade strangers' notebooks: run in a sandbox, judge outside it, record with nbgrader."""
