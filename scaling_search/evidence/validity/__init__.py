"""Is the short budget valid? A sample of candidates at several budgets, seeds and learning rates.

`sweeps.validation` trains it as ordinary sweeps, one for each budget and learning rate. Here are
the statistics of their trials, in the order of use: `trials` (arrays), `agreement` (ranks at two
budgets), `draws` (true accuracies that the trials allow), `regrets` (what a choice loses) and
`budgets` (the results, and a recommendation).
"""
