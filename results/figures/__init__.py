"""Figures of what the record holds: data frames in, Plotly figures out.

Each function takes frames of `results.frames` (or others with the columns that it names) and plain
values, and nothing of the store. A figure's data do not depend on the page that it stands on:
`themed` gives it a light or a dark template. What there is no data for yet is said in words.
"""

from results.figures.accuracy import COSTS, accuracy
from results.figures.base import empty
from results.figures.comparison import Compared, compare
from results.figures.curves import curves, drawn_trials
from results.figures.families import family
from results.figures.methods import METHODS, by_method, methods
from results.figures.parallel import parallel
from results.figures.ratios import ratios
from results.figures.style import TEMPLATES, Mode, themed
from results.figures.timeline import timeline
from results.figures.transfer import transfer
from results.figures.triangle import triangle
from results.figures.validation import validation

__all__ = [
    "COSTS",
    "METHODS",
    "TEMPLATES",
    "Compared",
    "Mode",
    "accuracy",
    "by_method",
    "compare",
    "curves",
    "drawn_trials",
    "empty",
    "family",
    "methods",
    "parallel",
    "ratios",
    "themed",
    "timeline",
    "transfer",
    "triangle",
    "validation",
]
