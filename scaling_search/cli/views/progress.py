"""Progress on stderr: a live display in a terminal, a line now and then elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from scaling_search.cli.output import console, remark
from search_spaces.human import duration, percent, plural, triple

if TYPE_CHECKING:
    from scaling_search.sweeps import Snapshot

LINE_SECONDS = 10.0
_REFRESH_PER_SECOND = 4
_BAR_WIDTH = 30


class Show(Protocol):
    """Shows what is going on.

    Args:
        text: one line.
        fraction: how much is done; None: unknown.
        below: a further line.
        said: what was decided last: said once where lines come only now and then.
        important: must be seen even where lines come only now and then.
        above: a table for those who have a terminal.
    """

    def __call__(
        self,
        text: str,
        fraction: float | None,
        below: str = "",
        important: bool = False,
        above: RenderableType | None = None,
        said: str = "",
    ) -> None:
        """Show it."""
        ...


class _Line:
    """One thing that is going on: a text, and how much of it is done (None: unknown)."""

    def __init__(self) -> None:
        self.above: RenderableType | None = None
        self.text = ""
        self.below = ""
        self.fraction: float | None = None

    def render(self) -> RenderableType:
        row = Table.grid(padding=(0, 1))
        bar: RenderableType = Spinner("dots")
        if self.fraction is not None:
            bar = ProgressBar(total=1.0, completed=self.fraction, width=_BAR_WIDTH)
        row.add_row(bar, Text(self.text))
        shown: list[RenderableType] = [row]
        if self.above is not None:
            shown.insert(0, self.above)
        if self.below:
            shown.append(Text(self.below, style="dim"))
        return Group(*shown)


class Display:
    """Tells a person what is going on; never writes to stdout."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet

    def note(self, text: str) -> None:
        """Print a line, unless quiet."""
        if not self._quiet:
            remark(text)

    @contextmanager
    def _showing(self) -> Iterator[Show]:
        if self._quiet:
            yield lambda text, fraction, below="", important=False, above=None, said="": None
            return
        out: Console = console(err=True)
        if not out.is_terminal:
            last = time.monotonic()  # what is soon over needs no line
            heard = ""

            def write(
                text: str,
                fraction: float | None,
                below: str = "",
                important: bool = False,
                above: RenderableType | None = None,
                said: str = "",
            ) -> None:
                nonlocal last, heard
                if said and said != heard:
                    heard, important = said, True
                    out.print(said, markup=False, soft_wrap=True)
                if important or time.monotonic() - last >= LINE_SECONDS:
                    last = time.monotonic()
                    out.print(text + (f"; {below}" if below else ""), markup=False, soft_wrap=True)

            yield write
            return
        line = _Line()

        def update(
            text: str,
            fraction: float | None,
            below: str = "",
            important: bool = False,
            above: RenderableType | None = None,
            said: str = "",
        ) -> None:
            line.text, line.fraction, line.above = text, fraction, above
            line.below = "\n".join(part for part in (below, said) if part)

        with Live(
            get_renderable=line.render,
            console=out,
            transient=True,
            refresh_per_second=_REFRESH_PER_SECOND,
        ):
            yield update

    @contextmanager
    def preparing(self) -> Iterator[Callable[[str, int, int], None]]:
        """Told of images read and decoded."""
        with self._showing() as show:
            yield lambda stage, done, total: show(
                f"{stage} images: {done:,} of {total:,}", done / total if total else None, "", False
            )

    @contextmanager
    def planning(self) -> Iterator[Callable[[int, str], None]]:
        """Told of how many networks had to be built to plan, and what was done to them."""
        with self._showing() as show:
            yield lambda count, how: show(
                f"planning: {plural(count, 'network')} {how}", None, "", False
            )

    @contextmanager
    def measuring(self) -> Iterator[Callable[[int, int], None]]:
        """Told of networks that fvcore has counted."""
        with self._showing() as show:
            yield lambda done, total: show(
                f"measuring networks with fvcore: {done:,} of {total:,}", done / total, "", False
            )

    @contextmanager
    def saying(self) -> Iterator[Callable[[str, float | None], None]]:
        """Told in words of what is going on, and how much of it is done."""
        with self._showing() as show:
            yield lambda text, fraction: show(text, fraction, "", False)

    @contextmanager
    def training(self) -> Iterator[Training]:
        """Told of a sweep's snapshots, and of the measuring that follows."""
        with self._showing() as show:
            yield Training(show)


class Training:
    """A sweep while it trains."""

    def __init__(self, show: Show) -> None:
        self._show = show
        self._begun = False

    def observe(self, now: Snapshot, above: RenderableType | None = None) -> None:
        """The sweep stands so; its beginning, its end and decisions are always shown."""
        important = not self._begun or now.trials.ended == now.trials.total
        self._begun = True
        said = now.decision
        self._show(progress_line(now), now.fraction, leader_line(now), important, above, said)

    def waiting(self) -> None:
        """The sweep is in the queue."""
        self._show("waiting for a runner", None, important=not self._begun)
        self._begun = True

    def counted(self, done: int, total: int) -> None:
        """The family is being measured."""
        text = f"measuring the family with fvcore: {done:,} of {total:,}"
        self._show(text, done / total, "", False)


def progress_line(now: Snapshot) -> str:
    """Trials, speed, and the time that is left."""
    parts, is_over = [str(now.trials)], now.trials.ended == now.trials.total
    if now.trials.running:
        parts.append(f"{now.trials.running} running")
    elif not is_over:
        parts.append("starting workers")
    if now.images_per_second:
        parts.append(f"{now.images_per_second:,.0f} images/s")
    if now.eta_seconds is not None and not is_over:
        parts.append(f"{duration(now.eta_seconds)} left")
    return ", ".join(parts)


def leader_line(now: Snapshot) -> str:
    """Who leads so far."""
    if now.leader is None:
        return ""
    of = triple((now.leader.alpha, now.leader.beta, now.leader.gamma))
    trials = plural(now.leader_trials, "trial")
    return f"leader {of} with {percent(now.leader_accuracy)} over {trials}"
