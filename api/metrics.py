"""Metrics for Prometheus at `/metrics`: requests of this process, and state of the database."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from results import SweepState
from results.store import Store
from search_spaces.errors import InputError, WorkError

_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """Metrics of one application, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._seconds = Histogram(
            "scaling_search_request_seconds",
            "Time from the first byte of a request to the start of its answer.",
            ("method", "route", "status"),
            registry=self.registry,
            buckets=_BUCKETS,
        )
        self.answers_kept = Counter(
            "scaling_search_answers_kept_total",
            "Requests answered from the cache.",
            registry=self.registry,
        )
        self.watchers = Gauge(
            "scaling_search_watchers", "Event streams that are open.", registry=self.registry
        )
        self._children: dict[tuple[str, str, int], Histogram] = {}

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request by the template of its path, so that ids make no new series."""
        key = (method, route, status)
        child = self._children.get(key)
        if child is None:
            child = self._children[key] = self._seconds.labels(method, route, str(status))
        child.observe(seconds)


class DatabaseMetrics(Collector):
    """Metrics that are read from the database at each scrape.

    Finished sweeps do not change, so their images are summed once.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._images: dict[int, int] = {}

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Sweeps by state, the queue, running and failed trials, and trained images."""
        up = GaugeMetricFamily("scaling_search_database_up", "Whether the database answers.")
        try:
            states = self._store.sweep_states()
            queue, trials = self._store.queue_length(), self._store.running_trials()
            failed = self._store.failed_trials()
            images = self._trained_images(states)
        except (InputError, WorkError):
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        sweeps = GaugeMetricFamily("scaling_search_sweeps", "Sweeps by state.", labels=["state"])
        tally = Tally(states.values())
        for state in SweepState:
            sweeps.add_metric([state.value], tally[state])
        yield sweeps
        for name, help_text, value in (
            ("queue_length", "Sweeps waiting for a runner.", queue),
            ("running_trials", "Trials in training.", trials),
            (
                "failed_trials",
                "Failed trials: resuming their sweeps trains them again.",
                failed,
            ),
            ("trained_images", "Training images of trials that have ended.", images),
        ):
            figure = GaugeMetricFamily(f"scaling_search_{name}", help_text)
            figure.add_metric([], value)
            yield figure

    def _trained_images(self, states: dict[int, SweepState]) -> int:
        known = {
            sweep_id: self._images[sweep_id] for sweep_id in states if sweep_id in self._images
        }
        counted = self._store.trained_images(states.keys() - known.keys())
        final = {
            sweep_id: images
            for sweep_id, images in counted.items()
            if states[sweep_id] is SweepState.FINISHED
        }
        self._images = known | final
        return sum(known.values()) + sum(counted.values())
