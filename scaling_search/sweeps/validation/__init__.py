"""Validation of a proxy: sweeps at several budgets, run one after another, and their report."""
