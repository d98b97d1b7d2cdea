"""What can be searched: coefficients, spaces, networks, plans, families. Torch only to build."""
