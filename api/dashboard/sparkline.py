"""A small drawing of the best accuracy over trials."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from results.values import Climb
from search_spaces.human import percent, plural

_WIDTH, _HEIGHT, _EDGE = 120, 28, 3


def sparkline(climb: Sequence[Climb], finished: int) -> Markup:
    """An SVG with a step for each new best trial; empty if no trial has finished.

    Args:
        climb: the trials that beat all before them.
        finished: how many trials have finished, the right end of the drawing.
    """
    if not climb:
        return Markup("")
    low, high = climb[0].accuracy, climb[-1].accuracy
    last = max(finished, climb[-1].trials)

    def at(trials: int, accuracy: float) -> tuple[float, float]:
        across = (trials - 1) / (last - 1) if last > 1 else 1.0
        up = (accuracy - low) / (high - low) if high > low else 0.5
        return (
            round(_EDGE + across * (_WIDTH - 2 * _EDGE), 1),
            round(_HEIGHT - _EDGE - up * (_HEIGHT - 2 * _EDGE), 1),
        )

    x, y = at(climb[0].trials, low)
    line = f"M{x} {y}"
    for step in climb[1:]:
        x, y = at(step.trials, step.accuracy)
        line += f"H{x}V{y}"
    end, y = at(last, high)
    label = (
        f"best trial rose from {percent(low)} to {percent(high)} over {plural(finished, 'trial')}"
    )
    return Markup(
        '<svg class="sparkline" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" '
        'aria-label="{label}"><path d="{line}H{end}"/><circle cx="{end}" cy="{y}" r="2.5"/></svg>'
    ).format(w=_WIDTH, h=_HEIGHT, label=label, line=line, end=end, y=y)
