"""How often one principal may write."""

from __future__ import annotations

import math
import time

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from api.problems import Finding, ProblemError


class WriteLimit:
    """So many writes in any minute, for each key; counted in this process."""

    def __init__(self, per_minute: int) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._item = RateLimitItemPerMinute(per_minute)
        self._per_minute = per_minute

    def count(self, key: str) -> None:
        """Count a write; raise a 429 if there were too many."""
        if self._limiter.hit(self._item, key):
            return
        reset, _ = self._limiter.get_window_stats(self._item, key)
        seconds = max(1, math.ceil(reset - time.time()))
        finding = Finding(
            place="request",
            field="",
            rule=f"at most {self._per_minute} writes a minute are taken",
            remedy=f"come back in {seconds} s, or raise SCALING_SEARCH_WRITES_PER_MINUTE",
        )
        raise ProblemError(
            429,
            f"there were more than {self._per_minute} writes within a minute: come back in "
            f"{seconds} s",
            [finding],
            {"Retry-After": str(seconds)},
        )
