"""Runners: they take submitted sweeps from the queue and have each driven by a child process.

- `runner`: the loop: claims, renews, forwards cancellations, keeps logs, records how drivers end;
- `driver`: the child that drives one sweep, and `child`, its parent's view of it;
- `clusters`: the Ray of the drivers: the runner's own (`ray_head`, a child too) or a given cluster;
- `lifeline`: how children end with their parent.

A runner holds the lease and a driver trains under it. A runner that is killed takes its driver with
it; one that freezes does not renew, and once another runner has claimed the sweep, whatever the old
driver still wants to write is refused. The runner's process imports neither torch nor Ray.
"""

from scaling_search.sweeps.runner.runner import Runner, RunnerOptions

__all__ = ["Runner", "RunnerOptions"]
