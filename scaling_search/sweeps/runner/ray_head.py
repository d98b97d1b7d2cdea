"""The child process with a runner's own Ray; it ends when its parent closes its stdin."""

from __future__ import annotations

import json
import sys
import threading

from scaling_search.sweeps.runner.lifeline import follow_parent
from scaling_search.tune.session import ray_session
from search_spaces.errors import WorkError


def main() -> None:
    """Start a Ray, print its address, and wait."""
    over = threading.Event()
    follow_parent(orphaned=over.set)
    with ray_session(address=None, **json.loads(sys.argv[1])):
        import ray

        print(ray.get_runtime_context().gcs_address, flush=True)
        over.wait()


if __name__ == "__main__":
    try:
        main()
    except WorkError as error:
        sys.exit(str(error))
