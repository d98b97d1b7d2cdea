"""The service over one database, as `serve` runs it. `python -m benchmarks.programs.service PORT`.

The database is named by the environment; log lines go to stderr.
"""

from __future__ import annotations

import sys

from api.server import serve
from api.settings import Settings

if __name__ == "__main__":
    serve(Settings(port=int(sys.argv[1])))
