"""Search spaces without torch: specifications, plans, baselines, families and exports."""
