"""The child of a runner that drives one sweep; what it prints is the sweep's log.

Exit status: 0 finished, 1 failed, 75 the database cannot be reached, 130 interrupted or cancelled.
"""

from __future__ import annotations

import json
import signal
import sys
import time
import traceback
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from results.errors import DatabaseUnavailableError
from results.store import Store
from results.values import Lease
from scaling_search.sweeps.runner.child import CANCEL, TRY_AGAIN
from scaling_search.sweeps.runner.lifeline import follow_parent
from scaling_search.sweeps.signals import Interrupted, Watch
from scaling_search.tune.execution import Execution
from search_spaces.errors import InputError, WorkError
from search_spaces.human import duration, percent, plural

if TYPE_CHECKING:
    from scaling_search.sweeps import Snapshot

_SAY_SECONDS = 10.0


class Narrator:
    """Prints how far the sweep is, when a trial ends and every ten seconds."""

    def __init__(self) -> None:
        self._ended = -1
        self._said = 0.0

    def observe(self, snapshot: Snapshot) -> None:
        """The sweep as it stands."""
        trials = snapshot.trials
        if trials.ended == self._ended and not self._due():
            return
        self._ended, self._said = trials.ended, time.monotonic()
        parts = [f"{trials}, {trials.running} running"]
        if snapshot.leader_accuracy is not None and snapshot.leader is not None:
            accuracy = percent(snapshot.leader_accuracy)
            parts.append(f"best so far candidate {snapshot.leader.index} with {accuracy}")
        if snapshot.eta_seconds is not None and trials.ended < trials.total:
            parts.append(f"about {duration(snapshot.eta_seconds)} left")
        print("; ".join(parts))

    def counted(self, done: int, total: int) -> None:
        """Networks that fvcore has measured."""
        if done == total or self._due():
            self._said = time.monotonic()
            print(f"{done:,} of {plural(total, 'network')} measured with fvcore")

    def _due(self) -> bool:
        return time.monotonic() - self._said >= _SAY_SECONDS


def drive(job: dict[str, Any], watch: Watch) -> int:
    """Drive the sweep of a job to its end; returns the exit status."""
    print("preparing the images and measuring the candidates")
    # What Python imports only now takes seconds, in which the runner must be able to cancel.
    from scaling_search.sweeps import drive_claimed

    lease = Lease(
        sweep_id=job["sweep_id"],
        owner=job["owner"],
        epoch=job["epoch"],
        expires_at=datetime.now(UTC),  # the runner renews it
        cancel_requested=False,
    )
    narrator = Narrator()
    try:
        with Store.open() as store:
            outcome = drive_claimed(
                store,
                lease,
                Execution(**job["execution"]),
                watch,
                observe=narrator.observe,
                counted=narrator.counted,
            )
            ended = store.sweep(lease.sweep_id)
    except (Interrupted, KeyboardInterrupt) as stopped:
        print(str(stopped) or "interrupted")
        return 130
    except DatabaseUnavailableError as error:
        print(f"Error: {error}")
        return TRY_AGAIN
    except (InputError, WorkError) as error:
        print(f"Error: {error}")
        return 1
    except Exception:
        traceback.print_exc()
        return 1
    print(f"{ended.state}: {ended.progress}")
    print(f"verdict: {outcome.verdict}" if outcome.leader is not None else outcome.why[0])
    return 0


def main() -> int:
    """Drive the sweep that the command line names."""
    watch = Watch()

    def receive(line: str) -> None:
        watch.cancelled |= line == CANCEL

    follow_parent(receive)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return drive(json.loads(sys.argv[1]), watch)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
