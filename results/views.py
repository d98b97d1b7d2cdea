"""A sweep as something to look at: its frames, its figures, and how a notebook shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from results import figures, frames
from results.reader import Reader
from results.values import Outcome, SweepDetail
from search_spaces.baselines import get_baseline
from search_spaces.baselines.frame import Frame
from search_spaces.coefficients import PUBLISHED
from search_spaces.errors import InputError, suggest
from search_spaces.families import PUBLISHED_FAMILIES
from search_spaces.families import family as derive
from search_spaces.human import percent, plural, triple
from search_spaces.specs.target import NAMES, Target


@dataclass(frozen=True)
class SweepView:
    """A sweep in the record; what has been read of it is kept, so that its figures agree.

    As the last value of a notebook's cell it shows itself: `SweepView(Store.open(), 3)`.

    Raises:
        NotFoundError: at the first look, if there is no such sweep.
    """

    reader: Reader
    sweep_id: int

    @cached_property
    def sweep(self) -> SweepDetail:
        """The sweep with its progress, outcome and family."""
        return self.reader.sweep(self.sweep_id)

    @cached_property
    def candidates(self) -> pd.DataFrame:
        """One row a candidate."""
        return frames.candidates(self.reader, self.sweep_id)

    @cached_property
    def trials(self) -> pd.DataFrame:
        """One row a trial."""
        return frames.trials(self.reader, self.sweep_id)

    @cached_property
    def drawn_epochs(self) -> pd.DataFrame:
        """One row an epoch of the trials that learning curves show."""
        chosen = set(figures.drawn_trials(self.trials))
        return frames.epochs(self.reader, self.sweep_id, trial_ids=chosen)

    @cached_property
    def edge(self) -> pd.DataFrame:
        """One row a candidate's latency, of those measured like the newest one.

        That is on the same machine, with the same threads, batch and backend: others do not
        compare.
        """
        found = frames.edge(self.reader, set(self.candidates["spec_key"]))
        if found.empty:
            return found
        same = ["machine", "threads", "batch", "backend"]
        return found[(found[same] == found.iloc[0][same]).all(axis=1)]

    @cached_property
    def family(self) -> pd.DataFrame:
        """One row a member of the family that it led to; without rows before the outcome."""
        return frames.family(self.sweep.family)

    @cached_property
    def published(self) -> pd.DataFrame | None:
        """The official family of the baseline, where there is one."""
        if self.sweep.baseline not in PUBLISHED_FAMILIES:
            return None
        frame = Frame.of(get_baseline(self.sweep.baseline))
        members = derive(frame, PUBLISHED, convention="published")
        return pd.DataFrame([member.to_dict() for member in members])

    @property
    def outcome(self) -> Outcome | None:
        """What the sweep concluded; None before."""
        return self.sweep.outcome

    @property
    def leader(self) -> pd.Series[Any] | None:
        """The leader's row of `candidates`; before the outcome, the best so far."""
        table = self.candidates
        if self.outcome:
            chosen = table[table["index"] == self.outcome.leader]
        else:
            able = table[table["eligible"].astype(bool) & (table["seeds"] > 0)]
            chosen = able.nlargest(1, "accuracy_mean")
        return None if chosen.empty else chosen.iloc[0]

    @property
    def leading_index(self) -> int | None:
        """The leader's index in the plan."""
        return None if self.leader is None else int(self.leader["index"])

    @property
    def headline(self) -> str:
        """Where the sweep stands, in a line."""
        sweep = self.sweep
        verdict = self.outcome.verdict if self.outcome else None
        said = f"sweep {sweep.id} {sweep.name!r}: {verdict or sweep.state}"
        if self.leader is not None:
            row = self.leader
            said += (
                f", leader {triple((row['alpha'], row['beta'], row['gamma']))} with "
                f"{percent(row['accuracy_mean'])}"
            )
        failed = self.sweep.progress.failed
        return said + (f" ({plural(failed, 'trial')} failed)" if failed else "")

    def compared(self) -> figures.Compared:
        """The sweep as one of several in `figures.compare`."""
        name = f"{self.sweep.id} {self.sweep.name}"
        return figures.Compared(name, self.sweep.protocol, self.candidates, self.leading_index)

    def figure(self, kind: str) -> go.Figure:
        """One of its `FIGURES`.

        Raises:
            InputError: there is no such figure.
        """
        if kind not in FIGURES:
            raise InputError(f"figure {kind!r} is unknown: {suggest(kind, FIGURES)}")
        return FIGURES[kind](self)

    def _repr_html_(self) -> str:
        """Where it stands, as a table."""
        progress = self.sweep.progress
        facts = {
            "state": f"{self.sweep.state}, {progress}",
            "search": f"{self.sweep.baseline} at {self.sweep.target_ratio:g} × its "
            f"{NAMES[self.sweep.target_quantity]} on {self.sweep.dataset}",
            "because": "; ".join(self.outcome.why if self.outcome else ()),
        }
        rows = "".join(
            f"<tr><th style='text-align:left'>{name}</th>"
            f"<td style='text-align:left'>{escape(text)}</td></tr>"
            for name, text in facts.items()
            if text
        )
        return f"<table><caption>{escape(self.headline)}</caption>{rows}</table>"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        """The triangle for notebooks that draw Plotly figures, the table for others, or a line."""
        drawn = self.figure("triangle").update_layout(title_text=self.headline)
        return {
            "application/vnd.plotly.v1+json": drawn.to_plotly_json(),
            "text/html": self._repr_html_(),
            "text/plain": self.headline,
        }


def _accuracy(cost: str) -> Callable[[SweepView], go.Figure]:
    return lambda view: figures.accuracy(
        view.candidates, view.trials, cost=cost, leader=view.leading_index
    )


def _latency(view: SweepView) -> go.Figure:
    measured = view.edge
    if measured.empty:
        return figures.empty(
            "Accuracy against latency",
            f"Nothing is measured yet: `scaling-search latency {view.sweep_id}` does it",
        )
    known = measured.set_index("spec_key")["p50_ms"]
    table = view.candidates.assign(latency_ms=view.candidates["spec_key"].map(known))
    first = measured.iloc[0]
    how = (
        f"{plural(int(first['runs']), 'run')} of {plural(int(first['batch']), 'image')} by "
        f"{first['backend']}, {plural(int(first['threads']), 'thread')}, on {first['machine']}"
    )
    figure = figures.accuracy(table, cost="latency_ms", leader=view.leading_index)
    return figure.update_xaxes(
        title_text=f"latency (ms, median)<br><sub>{how}</sub>",
        tickformat="~g",  # amounts would call 0.8 ms 800m
    )


def _triangle(view: SweepView) -> go.Figure:
    return figures.triangle(
        view.candidates,
        leader=view.leading_index,
        outcome=view.outcome,
    )


def _ratios(view: SweepView) -> go.Figure:
    space = view.sweep.spec["space"]
    target = Target.model_validate(space["target"])
    banded = target.quantity == "flops" and space.get("compare") is None
    return figures.ratios(
        view.candidates,
        target=target.ratio if banded else None,
        tolerance=target.tolerance,
        by=target.by,
        leader=view.leading_index,
    )


def _curves(value: str) -> Callable[[SweepView], go.Figure]:
    return lambda view: figures.curves(
        view.drawn_epochs, view.trials, leader=view.leading_index, value=value
    )


FIGURES: dict[str, Callable[[SweepView], go.Figure]] = {
    "triangle": _triangle,
    "accuracy": _accuracy("flops"),
    "accuracy-params": _accuracy("params"),
    "accuracy-activations": _accuracy("activations"),
    "accuracy-seconds": _accuracy("train_seconds"),
    "accuracy-latency": _latency,
    "methods": lambda view: figures.methods(figures.by_method(view.candidates)),
    "ratios": _ratios,
    "parallel": lambda view: figures.parallel(view.candidates),
    "curves": _curves("accuracy"),
    "losses": _curves("validation_loss"),
    "family": lambda view: figures.family(view.family, view.published, name="leader's family"),
    "timeline": lambda view: figures.timeline(view.trials),
}
"""Every figure of one sweep, in the order of a report."""


def prepare() -> None:
    """Import what drawing imports when it is first needed, so that no figure waits for it."""
    import plotly.io  # noqa: F401
    import scipy.interpolate  # noqa: F401
