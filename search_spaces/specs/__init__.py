"""Specifications and their validation: spaces, sweeps, targets, strategies, transfers."""
