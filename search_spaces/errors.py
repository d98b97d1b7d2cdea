"""The two kinds of errors that users see: wrong input, and failed work."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class InputError(ValueError):
    """The input was wrong: the message names the value, the rule and the remedy.

    The command line ends with exit code 2, HTTP answers 4xx.
    """


class WorkError(RuntimeError):
    """The input was fine and the work still failed (disk full, every trial failed, ...).

    The command line ends with exit code 1.
    """


def suggest(value: str, choices: Iterable[str]) -> str:
    """A hint for an unknown name: the nearest known one, or all of them.

    >>> suggest("efficientnet-b0", ["efficientnet_b0", "mobilenet_v2"])
    'did you mean efficientnet_b0?'
    """
    known = sorted(choices)
    near = difflib.get_close_matches(value, known, n=1, cutoff=0.6)
    if near:
        return f"did you mean {near[0]}?"
    return f"known: {', '.join(known)}" if known else "none is known"
