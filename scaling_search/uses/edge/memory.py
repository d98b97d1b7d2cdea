"""The memory of a process that runs one network: measured in a child, which nothing else shares.

`python -m scaling_search.uses.edge.memory` is that child: the question comes as JSON on its input.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from scaling_search.uses.edge.backends import get_backend
from search_spaces.baselines import AllowedReferences, allowed_references
from search_spaces.errors import WorkError
from search_spaces.networks.spec import NetworkSpec

_RUNS = 3


@dataclass(frozen=True, kw_only=True)
class Memory:
    """Bytes of a process at its peak, and before it opened the network (Python, libraries)."""

    peak_bytes: int
    before_bytes: int


def measure_memory(
    spec: NetworkSpec, path: Path, *, backend: str, threads: int, batch: int
) -> Memory:
    """What a process needs that opens a backend's file and runs batches.

    Raises:
        WorkError: the child died, for example because there was no memory for it.
    """
    question = {
        "spec": spec.to_dict(),
        "path": str(path),
        "backend": backend,
        "threads": threads,
        "batch": batch,
        "references": asdict(allowed_references()),
    }
    ended = subprocess.run(
        [sys.executable, "-P", "-m", __name__],  # nothing of the working folder is imported
        input=json.dumps(question),
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        reason = (ended.stderr.strip().splitlines() or ["no word"])[-1]
        raise WorkError(
            f"the process that measures memory ended with {ended.returncode} ({reason}): the "
            "network may be too large for this machine"
        )
    return Memory(**json.loads(ended.stdout))


def _peak() -> int:
    """Bytes at the peak so far.

    Linux's `ru_maxrss` starts with the parent's, which its status file does not.
    """
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (row for row in status.read_text().splitlines() if row.startswith("VmHWM:"))
        return 1024 * int(line.split()[1])
    unit = 1 if sys.platform == "darwin" else 1024
    return unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> None:
    """Answer the question on the input."""
    question = json.load(sys.stdin)
    spec = NetworkSpec.from_dict(question["spec"])
    references = {key: tuple(found) for key, found in question["references"].items()}
    AllowedReferences(**references).allow()
    if question["backend"] == "torch":
        import scaling_search.networks.weights  # noqa: F401 - counts as before
    else:
        import onnxruntime  # noqa: F401 - likewise
    before = _peak()
    run = get_backend(question["backend"]).open(
        spec, Path(question["path"]), question["threads"], question["batch"]
    )
    for _ in range(_RUNS):
        run()
    json.dump(asdict(Memory(peak_bytes=_peak(), before_bytes=before)), sys.stdout)


if __name__ == "__main__":
    main()
