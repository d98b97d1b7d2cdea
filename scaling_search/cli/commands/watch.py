"""`scaling-search watch`."""

from __future__ import annotations

from scaling_search.cli import options


def watch(sweep: options.SweepNumber, results: options.Results, output: options.Progress) -> None:
    """Follow a sweep until it ends, then show its outcome.

    The sweep is trained elsewhere. In a terminal the running trials are listed with their epochs;
    elsewhere a line is printed now and then. A service that is away for a while is waited for; a
    driver that was killed is not, once its lease has lapsed. Ctrl-C ends the watching, never the
    sweep.

    Examples:
      scaling-search watch 7
      scaling-search watch 7 --server http://host:8321

    Exit codes: 0 finished, 1 failed, cancelled, incomplete (trials failed), all trials diverged, or
    nobody drives it, 130 ctrl-C.
    """
    from scaling_search.cli.following import Following, check_end, observe
    from scaling_search.cli.views.ending import report

    with results.connect() as records:
        following = Following(records, sweep)
        observe(following, output.display())
        check_end(following.record.sweep)
        report(records, sweep, output.json)
