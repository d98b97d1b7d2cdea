"""Work on many images: in chunks, on threads where they help, with progress."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many images are done, and how many there are."""

T = TypeVar("T")


def quiet(stage: str, done: int, total: int) -> None:
    """Ignores progress."""


def in_order(
    work: Callable[[range], T], total: int, chunk: int, threads: int
) -> Iterator[tuple[range, T]]:
    """Yield each chunk of rows with the result of `work`, in order.

    A few chunks at most are ahead of the consumer, so memory stays bounded. Small images gain
    nothing from threads (Python's lock is the bottleneck, not decoding): pass threads=1.
    """
    chunks = (range(start, min(start + chunk, total)) for start in range(0, total, chunk))
    if threads == 1:
        for rows in chunks:
            yield rows, work(rows)
        return
    with ThreadPoolExecutor(threads) as pool:
        ahead: deque[tuple[range, Future[T]]] = deque()
        try:
            for rows in chunks:
                ahead.append((rows, pool.submit(work, rows)))
                if len(ahead) > 2 * threads:
                    first, future = ahead.popleft()
                    yield first, future.result()
            while ahead:
                first, future = ahead.popleft()
                yield first, future.result()
        finally:
            pool.shutdown(cancel_futures=True)
