"""Baselines that are used: of the user's own, only those that have passed the checks."""

from __future__ import annotations

import hashlib
from importlib.metadata import version

from scaling_search.data.cache import cache_folder, readable_errors
from search_spaces.baselines import Baseline, get_baseline, is_built_in


def usable_baseline(name: str) -> Baseline:
    """The baseline of this name; one of the user's own is checked first.

    Checking builds a dozen networks, so what passed is remembered: for the hash of the file that
    the class stands in, and the versions of torch and of this package.

    Raises:
        InputError: it is unknown, or fails a check.
    """
    baseline = get_baseline(name)
    if is_built_in(name):
        return baseline
    source = getattr(baseline, "source", "")
    folder = cache_folder().parent / "checked-baselines"
    known = [name, source, version("torch"), version("scaling-search")]
    passed = folder / hashlib.sha256("\n".join(known).encode()).hexdigest()[:16]
    if source and passed.exists():
        return baseline
    from scaling_search.networks.user_baselines.checks import (
        check_baseline,  # torch takes seconds to import
    )

    check_baseline(baseline)
    with readable_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        passed.write_text("\n".join(known) + "\n", encoding="utf-8")
    return baseline
