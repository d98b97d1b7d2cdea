"""Is the short budget valid? A sample of candidates at several budgets, seeds and learning rates.

`running` trains it as ordinary sweeps, one for each budget and learning rate; `report` weighs what
they found with the pure statistics of `components`, `resampling` and `readings`.
"""
