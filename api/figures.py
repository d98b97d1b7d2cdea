"""Figures as answers: drawn once for what has happened so far, and not too often."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final, Generic, Literal, TypeVar

from results.store import Store

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from results.views import SweepView

Theme = Literal["light", "dark"]
Value = TypeVar("Value")

_PATIENCE: Final = 10.0
"""A figure that took a second to draw is good for ten, whatever happens meanwhile."""
_MOST_VIEWS: Final = 3
_MOST_FIGURES: Final = 128
"""Of some hundred thousand bytes each where there are thousands of trials."""


@dataclass(frozen=True)
class Drawn:
    """A figure as JSON, and the number of the sweep's event that it knows of."""

    content: bytes
    event: int
    made: float
    took: float

    @property
    def etag(self) -> str:
        """Its validator."""
        return f'"{blake2b(self.content, digest_size=12).hexdigest()}"'

    def good(self, event: int) -> bool:
        """Whether it still is, now that so many events have happened."""
        return self.event == event or time.monotonic() - self.made < _PATIENCE * self.took


class _Recent(OrderedDict[Hashable, Value], Generic[Value]):
    """The values used last."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def put(self, key: Hashable, value: Value) -> None:
        self[key] = value
        self.move_to_end(key)
        while len(self) > self._most:
            self.popitem(last=False)


class Figures:
    """Draws figures and remembers them; for one thread at a time.

    Plotly and pandas are imported with the first one: the service starts without them.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._views: _Recent[SweepView] = _Recent(_MOST_VIEWS)
        self._drawn: _Recent[Drawn] = _Recent(_MOST_FIGURES)

    def of_sweep(self, sweep_id: int, name: str, theme: Theme) -> Drawn:
        """One figure of a sweep, in step with its events.

        Raises:
            NotFoundError: there is no such sweep.
        """
        event = self._store.last_event(sweep_id)
        key = (sweep_id, name, theme)
        kept = self._drawn.get(key)
        if kept is None or not kept.good(event):
            kept = draw(lambda: self._view(sweep_id, event).figure(name), theme, event)
        self._drawn.put(key, kept)
        return kept

    def comparison(self, sweep_ids: tuple[int, ...], cost: str, theme: Theme) -> Drawn:
        """Several sweeps in one figure, in step with their events.

        Raises:
            NotFoundError: there is no such sweep.
            InputError: they are of different protocols.
        """
        from results import figures

        event = sum(self._store.last_event(sweep_id) for sweep_id in sweep_ids)
        key = (sweep_ids, cost, theme)
        kept = self._drawn.get(key)
        if kept is None or not kept.good(event):

            def compared() -> Figure:
                views = [self._view(one, self._store.last_event(one)) for one in sweep_ids]
                return figures.compare([view.compared() for view in views], cost=cost)

            kept = draw(compared, theme, event)
        self._drawn.put(key, kept)
        return kept

    def _view(self, sweep_id: int, event: int) -> SweepView:
        from results.views import SweepView

        key = (sweep_id, event)
        view = self._views.get(key) or SweepView(self._store, sweep_id)
        self._views.put(key, view)
        return view


def draw(make: Callable[[], Figure], theme: Theme, event: int = 0) -> Drawn:
    """A figure as Plotly's JSON, for a light or a dark page."""
    from results.figures import themed

    began = time.monotonic()
    figure: Any = themed(make(), theme).update_layout(meta={"event": event})
    content = figure.to_json(engine="orjson").encode()
    ended = time.monotonic()
    return Drawn(content, event, ended, ended - began)
