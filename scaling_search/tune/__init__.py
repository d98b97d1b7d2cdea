"""Ray: where trials run, and how their reports come back to the driver."""
