"""Renewing a lease while a sweep is driven, and noticing requests to cancel."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from results.errors import DatabaseUnavailableError
from results.store import Store
from results.values import Lease
from scaling_search.sweeps.signals import Watch

LEASE_SECONDS = 60.0
_LOOK_SECONDS = 1.0
_RENEW_EVERY = 15
"""Looks between renewals: a cancellation should act within seconds."""


@contextmanager
def held(store: Store, lease: Lease, watch: Watch) -> Iterator[None]:
    """Renew the lease as long as the block runs, and set what `watch` should know."""
    over = threading.Event()

    def beat() -> None:
        looks = 0
        while not over.wait(_LOOK_SECONDS):
            looks += 1
            try:
                if looks % _RENEW_EVERY == 0:
                    renewed = store.renew(lease, ttl_seconds=LEASE_SECONDS)
                    watch.cancelled |= renewed.cancel_requested
                else:
                    watch.cancelled |= store.sweep(lease.sweep_id).cancel_requested
            except DatabaseUnavailableError:
                continue  # the lease may well be renewed in time; writes will say if not
            except Exception as error:
                watch.problem = watch.problem or error
                return

    thread = threading.Thread(target=beat, name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
