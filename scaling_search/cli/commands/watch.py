"""`scaling-search watch`."""

from __future__ import annotations

from scaling_search.cli.options import (
    DatabaseOption,
    JsonOption,
    QuietOption,
    ServerOption,
    SweepArgument,
)


def watch(
    sweep: SweepArgument,
    server: ServerOption = None,
    database: DatabaseOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Follow a sweep that is trained elsewhere, until it ends; then show what it found.

    In a terminal the trials that are being trained are listed while they are, with their epochs;
    elsewhere a line comes now and then. A service that goes away for a while is waited for; a
    driver that was killed is not, once its lease has lapsed. Ctrl-C ends the watching, never the
    sweep.

    \b
    Examples:
      scaling-search watch 7
      scaling-search watch 7 --server http://host:8321

    Exit codes: 0 finished, 1 failed, cancelled, incomplete (trials failed), all trials diverged, or
    nobody drives it, 130 ctrl-C.
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from scaling_search.cli.following import Following
    from scaling_search.cli.records import open_records
    from scaling_search.cli.views.ending import report
    from scaling_search.cli.views.progress import Display
    from scaling_search.cli.watching import check_end, observe

    with open_records(server, database) as records:
        following = Following(records, sweep)
        observe(following, Display(quiet=quiet))
        check_end(following.record.sweep)
        report(records, sweep, json)
