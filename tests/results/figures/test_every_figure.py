"""What holds for all figures: they say when there is nothing, take many points, and travel."""

import json
from functools import partial

import pandas as pd
import plotly.io
import pytest

from results import figures
from search_spaces.errors import InputError

FEW, MANY = 3, 5000


def drawings(made, candidates):
    """Each figure of these candidates."""
    candidates = candidates.assign(latency_ms=candidates["flops"] / 1e6)
    trials = made.trials(candidates)
    leader = int(candidates["accuracy_mean"].idxmax()) if len(trials) else None
    epochs = made.epochs(trials) if len(trials) else pd.DataFrame({"trial_id": []})
    timed = made.timed(trials) if len(trials) else trials.assign(started_at=None)
    compared = [figures.Compared(name, "p", candidates, leader) for name in ("one", "two")]
    found = {
        f"accuracy {cost}": partial(figures.accuracy, candidates, trials, cost=cost, leader=leader)
        for cost in figures.COSTS
    }
    return found | {
        "triangle": partial(figures.triangle, candidates, leader=leader),
        "ratios": partial(figures.ratios, candidates, target=2, tolerance=0.1, leader=leader),
        "curves": partial(figures.curves, epochs, trials, leader=leader),
        "methods": lambda: figures.methods(figures.by_method(candidates)),
        "timeline": partial(figures.timeline, timed),
        "parallel": partial(figures.parallel, candidates),
        "compare": partial(figures.compare, compared),
    }


NAMES = [f"accuracy {cost}" for cost in figures.COSTS] + [
    "triangle",
    "ratios",
    "curves",
    "methods",
    "timeline",
    "parallel",
    "compare",
]
WITH_AXES = sorted(set(NAMES) - {"triangle", "parallel"})


def words(figure):
    """Title, note and annotations."""
    title = figure.layout.title
    return " ".join(
        [title.text, title.subtitle.text or "", *(a.text for a in figure.layout.annotations)]
    )


@pytest.mark.parametrize("count", [1, FEW])
@pytest.mark.parametrize("name", NAMES)
def test_few_points_make_a_figure_with_titles_and_hover_text(made, name, count):
    figure = drawings(made, made.candidates(count))[name]()
    assert figure.layout.title.text
    if name in WITH_AXES:
        assert figure.layout.xaxis.title.text
        assert figure.layout.yaxis.title.text
        told = [text for trace in figure.data for text in trace.hovertext or () if text]
        assert any("candidate " in text or "α " in text for text in told)
    assert not {trace.type for trace in figure.data} & {"scattergl"}


@pytest.mark.parametrize("name", NAMES)
def test_many_points_are_drawn_by_webgl_in_bounded_size(made, name):
    figure = drawings(made, made.candidates(MANY, seeds=1))[name]()
    if name not in ("curves", "timeline", "parallel"):
        assert "scattergl" in {trace.type for trace in figure.data}
    points = 2 * MANY if name == "compare" else MANY
    assert len(figure.to_json()) < 600 * points


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_is_the_same_after_a_journey_as_json(made, name):
    figure = drawings(made, made.candidates(5))[name]()
    text = figure.to_json()
    assert "NaN" not in text
    again = plotly.io.from_json(text)
    assert json.loads(again.to_json()) == json.loads(text)


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"ratios", "triangle"}))
def test_without_results_a_figure_says_so(made, name):
    figure = drawings(made, made.candidates(FEW, seeds=0))[name]()
    assert not figure.data
    assert any(part in words(figure) for part in ("yet", "No trial", "No scaled"))


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_a_theme_changes_the_template_alone(made, mode):
    figure = drawings(made, made.candidates(FEW))["accuracy flops"]()
    themed = figures.themed(figure, mode)
    assert themed.layout.template == figures.TEMPLATES[mode]
    assert themed.data == figure.data
    assert figure.layout.template == figures.TEMPLATES["light"]


def test_an_unknown_theme_is_refused(made):
    with pytest.raises(InputError, match=r"theme 'sepia' is unknown: known: dark, light"):
        figures.themed(figures.parallel(made.candidates(1)), "sepia")
