from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from results.figures import by_method, curves, family, methods, parallel, ratios, timeline
from search_spaces.baselines import get_baseline
from search_spaces.baselines.frame import Frame
from search_spaces.coefficients import PUBLISHED
from search_spaces.families import family as derive


def named(figure, name):
    (trace,) = [trace for trace in figure.data if trace.name == name]
    return trace


@pytest.mark.parametrize("by", ["measured", "nominal"])
def test_the_band_is_the_constraint(made, by):
    figure = ratios(made.candidates(3), target=2, tolerance=0.25, by=by)
    (band,) = figure.layout.shapes
    ends = (band.y0, band.y1) if by == "measured" else (band.x0, band.x1)
    assert ends == (1.75, 2.25)


def test_bars_reach_over_all_triples_of_a_network(made):
    candidates = made.candidates(1, references=False)
    candidates["nominal_ratio"] = 2.0
    candidates.at[0, "coefficients"] = ((2.0, 1.0, 1.0), (1.5, 1.0, 1.0), (1.0, 1.0, 1.5))
    points = named(ratios(candidates, target=2, tolerance=0.1), "candidates")
    assert (points.error_x.arrayminus[0], points.error_x.array[0]) == (0.5, 0.25)
    np.testing.assert_array_equal(points.y, candidates["measured_ratio"])


def test_each_way_a_trial_can_end_has_a_curve_of_its_own(made):
    trials = made.trials(made.candidates(4, references=False, seeds=1))
    ends = ["finished", "finished", "diverged", "running"]
    trials = trials.assign(state=ends, images=[600, 400, 200, np.nan])
    epochs = made.epochs(trials)
    epochs.loc[epochs["trial_id"] == 3, "accuracy"] = [0.3, np.nan, np.nan]
    figure = curves(epochs, trials, leader=0)
    assert {trace.name for trace in figure.data} == {
        "leader",
        "stopped early",
        "diverged",
        "running",
    }
    assert "1 running, 1 stopped early, 1 diverged" in figure.layout.title.subtitle.text
    diverged = named(figure, "diverged")
    assert list(diverged.marker.size) == [10, 0, 0, 0]  # the mark is where the curve ends
    assert len({(trace.line.dash, trace.line.color) for trace in figure.data}) == 4
    leader = named(figure, "leader")
    assert list(leader.x)[:3] == [200, 400, 600]
    np.testing.assert_allclose(list(leader.y)[:3], epochs["accuracy"][:3])
    assert np.isnan(list(leader.y)[3])
    assert "<b>candidate 0, seed 0</b>" in leader.hovertext[0]


def test_only_the_last_attempt_is_drawn(made):
    trials = made.trials(made.candidates(1, references=False, seeds=1))
    epochs = made.epochs(trials)
    both = pd.concat([epochs, epochs.assign(attempt=2, accuracy=0.25)])
    (trace,) = curves(both, trials).data
    assert set(trace.y[:-1]) == {0.25}


def test_of_many_curves_the_best_are_among_those_drawn(made):
    trials = made.trials(made.candidates(1000, seeds=1))
    figure = curves(made.epochs(trials), trials)
    assert "300 of 1,002 trials" in figure.layout.title.subtitle.text
    assert np.nanmax(np.array(figure.data[0].y)) == trials["accuracy"].max()


def test_a_family_is_shown_beside_the_doubling_and_the_published_one():
    frame = Frame.of(get_baseline("efficientnet_b0"))

    def rows(convention):
        members = derive(frame, PUBLISHED, convention=convention)
        return pd.DataFrame([member.to_dict() for member in members])

    ours, published = rows("integer"), rows("published")
    figure = family(ours, published, name="integer")
    ((flops, params),) = [[trace for trace in figure.data if trace.name == "integer"]]
    assert list(flops.x) == [f"b{k}" for k in range(8)]
    np.testing.assert_array_equal(flops.y, ours["flops"])
    np.testing.assert_array_equal(params.y, ours["params"])
    np.testing.assert_array_equal(
        named(figure, "2^k × b0").y, [2**k * ours["flops"][0] for k in range(8)]
    )
    np.testing.assert_array_equal(named(figure, "depth, published").y, published["depth"])
    assert "66.3 M parameters" in named(figure, "depth, published").hovertext[7]
    assert "φ 7)" in flops.hovertext[7]
    assert figure.layout.yaxis2.title.text == "FLOPs (multiply-adds)"


def test_no_family_says_what_it_waits_for():
    figure = family(pd.DataFrame({"name": []}))
    assert "when the sweep has ended" in figure.layout.annotations[0].text


def test_methods_are_told_by_their_shares(made):
    candidates = made.candidates(4)
    for index, shares in ((2, (1, 0, 0)), (3, (0, 1, 0)), (4, (0, 0.5, 0.5))):
        candidates.at[index, "shares"] = dict(
            zip(("depth", "width", "resolution"), shares, strict=True)
        )
    table = by_method(candidates)
    assert table["method"].tolist() == [
        "baseline",
        "compound",
        "depth only",
        "width only",
        "two dimensions",
        "compound",
    ]
    figure = methods(table)
    depth = named(figure, "depth only")
    np.testing.assert_array_equal(depth.x, candidates.loc[[0, 2], "flops"])
    assert "not tried or not finished: resolution only" in figure.layout.title.subtitle.text


def test_bars_span_the_trials_and_idle_time_is_told(made):
    trials = made.timed(made.trials(made.candidates(2, references=False, seeds=2)))
    (bars,) = timeline(trials).data
    assert list(bars.y) == ["w0", "w1", "w0", "w1"]
    assert list(bars.x) == [60_000] * 4
    assert "at most 2 at once, 100% " in timeline(trials).layout.title.subtitle.text
    late = trials["index"] == 1
    trials.loc[late, ["started_at", "finished_at"]] += timedelta(seconds=120)
    assert "at most 2 at once, 50% " in timeline(trials).layout.title.subtitle.text


def test_failed_and_running_trials_look_different_and_pending_ones_are_left_out(made):
    trials = made.timed(made.trials(made.candidates(4, references=False, seeds=1)), workers=1)
    trials = trials.assign(state=["finished", "failed", "running", "pending"])
    trials.loc[1, ["worker", "error"]] = [None, "out of <memory>"]
    trials.loc[2, "finished_at"] = pd.NaT
    now = trials.loc[2, "started_at"] + timedelta(seconds=30)
    figure = timeline(trials, now=now)
    assert list(named(figure, "running").x) == [30_000]
    assert list(named(figure, "failed").y) == ["unknown worker"]
    assert named(figure, "failed").hovertext[0].endswith("<br>out of &lt;memory&gt;")
    assert len({trace.marker.pattern.shape for trace in figure.data}) == 3


def test_parallel_axes_hold_the_columns(made):
    candidates = made.candidates(5)
    (lines,) = parallel(candidates).data
    by_label = {one.label: list(one.values) for one in lines.dimensions}
    assert by_label["α (depth)"] == candidates["alpha"].tolist()
    assert by_label["accuracy"] == candidates["accuracy_mean"].tolist()
