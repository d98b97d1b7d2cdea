"""Drawn figures, cached until the sweep has changed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Final, Literal

import orjson
from cachetools import LRUCache

from results.store import Store

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from results.views import SweepView

Theme = Literal["light", "dark"]

_PATIENCE: Final = 10.0
"""A figure that took one second to draw is shown for ten, even if the sweep changes."""
_MOST_VIEWS: Final = 3
_MOST_BYTES: Final = 64 * 2**20


@dataclass(frozen=True)
class Drawn:
    """A figure as JSON for each theme, and the last event of the sweep that it includes."""

    contents: Mapping[str, bytes]
    event: int
    made: float
    took: float

    @property
    def size(self) -> int:
        """Bytes of all themes."""
        return sum(map(len, self.contents.values()))

    def etag(self, theme: Theme) -> str:
        """ETag of the figure in a theme."""
        return f'"{blake2b(self.contents[theme], digest_size=12).hexdigest()}"'

    def is_fresh(self, event: int) -> bool:
        """Whether it may still be shown after this event."""
        return self.event == event or time.monotonic() - self.made < _PATIENCE * self.took


class Figures:
    """Draws figures and caches them; not thread-safe.

    Plotly and pandas are imported with the first figure: the service starts without them.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._views: LRUCache[Hashable, SweepView] = LRUCache(_MOST_VIEWS)
        self._drawn: LRUCache[Hashable, Drawn] = LRUCache(
            _MOST_BYTES, getsizeof=lambda drawn: drawn.size
        )

    def of_sweep(self, sweep_id: int, name: str) -> Drawn:
        """A figure of a sweep, up to its last event.

        Raises:
            NotFoundError: there is no such sweep.
        """
        event = self._store.last_event(sweep_id)
        return self._cached(
            (sweep_id, name), event, lambda: self._view(sweep_id, event).figure(name)
        )

    def comparison(self, sweep_ids: tuple[int, ...], cost: str) -> Drawn:
        """Several sweeps in one figure, up to their last events.

        Raises:
            NotFoundError: there is no such sweep.
            InputError: they are of different protocols.
        """
        events = {one: self._store.last_event(one) for one in sweep_ids}

        def compared() -> Figure:
            from results import figures

            views = [self._view(one, event) for one, event in events.items()]
            return figures.compare([view.compared() for view in views], cost=cost)

        return self._cached((sweep_ids, cost), sum(events.values()), compared)

    def _cached(self, key: Hashable, event: int, make: Callable[[], Figure]) -> Drawn:
        drawn = self._drawn.get(key)
        if drawn is None or not drawn.is_fresh(event):
            drawn = draw(make, event)
            with suppress(ValueError):  # larger than the whole cache
                self._drawn[key] = drawn
        return drawn

    def _view(self, sweep_id: int, event: int) -> SweepView:
        from results.views import SweepView

        key = (sweep_id, event)
        if key not in self._views:
            self._views[key] = SweepView(self._store, sweep_id)
        return self._views[key]


def draw(make: Callable[[], Figure], event: int = 0) -> Drawn:
    """Draw a figure as Plotly JSON in each theme; only the template differs."""
    from results.figures import TEMPLATES

    began = time.monotonic()
    figure = make().update_layout(template=None, meta={"event": event})
    document = orjson.loads(figure.to_json(engine="orjson"))
    contents = {}
    for theme, template in TEMPLATES.items():
        document["layout"]["template"] = template.to_plotly_json()
        contents[theme] = orjson.dumps(document)
    ended = time.monotonic()
    return Drawn(contents, event, ended, ended - began)


@cache
def prepare() -> None:
    """Import what drawing needs in the background, while the browser still loads Plotly."""

    def load() -> None:
        from results.views import prepare as imports

        imports()

    threading.Thread(target=load, name="prepare-figures", daemon=True).start()
