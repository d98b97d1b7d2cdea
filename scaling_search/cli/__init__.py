"""The command line: where all rooms are put together. Nothing imports it."""

from __future__ import annotations

import sys


def main() -> None:
    """Run `scaling-search` with the arguments of this process."""
    from scaling_search.cli.failures import WRONG_INPUT, complain
    from scaling_search.cli.installation import check_installation
    from search_spaces.errors import InputError

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal without α must not end the program
    try:
        check_installation()
    except InputError as error:
        complain(error)
        sys.exit(WRONG_INPUT)
    from scaling_search.cli.app import app

    app(prog_name="scaling-search")
