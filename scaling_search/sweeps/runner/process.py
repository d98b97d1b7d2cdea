"""Running a runner in this process."""

from __future__ import annotations

from collections.abc import Callable

from results.store import Store
from results.urls import ENVIRONMENT_VARIABLE, resolve
from results.values import Lease
from scaling_search.sweeps.runner.child import Driver, start_driver
from scaling_search.sweeps.runner.clusters import Cluster, GivenCluster, OwnCluster
from scaling_search.sweeps.runner.runner import Runner, RunnerOptions
from scaling_search.sweeps.signals import Watch


def run_runner(
    database: str | None, options: RunnerOptions, say: Callable[[str, int | None], None]
) -> None:
    """Take sweeps from the queue until SIGINT or SIGTERM, which give them back to it.

    Call it in the main thread: only there are signals heard, and children end with that thread.

    Args:
        database: see `Store.open`.
        options: see `RunnerOptions`.
        say: called with what happens, and the sweep it happens to.

    Raises:
        InputError: the database is not usable.
        WorkError: the database cannot be reached.
    """
    execution = options.execution
    trials = options.slots * execution.workers
    cluster: Cluster = (
        OwnCluster(cpus=trials * execution.cpus_per_trial, gpus=trials * execution.gpus_per_trial)
        if execution.ray_address is None
        else GivenCluster(execution.ray_address)
    )
    url = resolve(database).render_as_string(hide_password=False)
    environment = {**cluster.environment, ENVIRONMENT_VARIABLE: url}

    def start(lease: Lease, address: str) -> Driver:
        return start_driver(lease, execution, address, environment)

    watch = Watch()
    with Store.open(url) as store, watch.catching_signals():
        sweeps = "one sweep" if options.slots == 1 else f"{options.slots} sweeps"
        say(f"takes {sweeps} at once from {store.location}", None)
        Runner(store, options, cluster, start, say).run(watch.should_stop)
