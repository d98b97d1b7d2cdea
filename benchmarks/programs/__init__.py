"""What `benchmarks.throughput` starts as programs of their own: ours, and the plain script."""
