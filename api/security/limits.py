"""Rate limit of writes."""

from __future__ import annotations

import math
import time

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from api.problems import refused


class WriteLimit:
    """At most `per_minute` writes in any minute for each key, counted in this process."""

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
        raise refused(
            429,
            "request",
            "",
            f"at most {self._per_minute} writes per minute are accepted",
            f"retry in {seconds} s, or raise SCALING_SEARCH_WRITES_PER_MINUTE",
            detail=f"more than {self._per_minute} writes within a minute: retry in {seconds} s",
            headers={"Retry-After": str(seconds)},
        )
