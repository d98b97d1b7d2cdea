import numpy as np
import pytest

from results.figures import Compared, accuracy, compare
from search_spaces.errors import InputError


def named(figure, name):
    (trace,) = [trace for trace in figure.data if trace.name == name]
    return trace


def test_points_are_the_candidates_with_the_spread_of_their_seeds(made):
    candidates = made.candidates(6)
    figure = accuracy(candidates, made.trials(candidates), leader=4)
    assert figure.layout.xaxis.type == "log"
    assert figure.layout.xaxis.title.text == "FLOPs (multiply-adds for one image)"
    leader = candidates.loc[[4]]
    star = named(figure, "leader")
    np.testing.assert_array_equal(star.x, leader["flops"])
    np.testing.assert_array_equal(star.y, leader["accuracy_mean"])
    np.testing.assert_array_equal(star.error_y.array, leader["accuracy_std"])
    others = candidates[candidates["eligible"] & (candidates["index"] != 4)]
    np.testing.assert_array_equal(named(figure, "candidates").y, others["accuracy_mean"])
    assert len(named(figure, "single seeds").x) == 3 * len(candidates)
    assert len(named(figure, "baseline").x) == len(named(figure, "published coefficients").x) == 1


def test_hover_tells_coefficients_network_and_counts(made):
    candidates = made.candidates(2)
    candidates.loc[2, ["diverged", "alpha"]] = [1, 1.25]
    (text, _) = named(accuracy(candidates), "candidates").hovertext
    for part in (
        "<b>candidate 2</b> (search)",
        "α 1.25, β ",
        "5 blocks at 64 px",
        "FLOPs (",
        "5.00 M parameters",
        "3 seeds, 1 diverged",
    ):
        assert part in text


def test_the_front_holds_what_nothing_cheaper_beats(made):
    candidates = made.candidates(50)
    front = named(accuracy(candidates), "Pareto front")
    assert list(front.x) == sorted(front.x)
    assert list(front.y) == sorted(front.y)
    assert front.y[-1] == candidates["accuracy_mean"].max()


def test_the_scaling_path_leads_from_the_baseline_to_the_leader(made):
    candidates = made.candidates(3)
    path = named(accuracy(candidates, leader=3), "the leader's family, φ from 0 to 1")
    np.testing.assert_array_equal(path.x, candidates.loc[[0, 3], "flops"])
    assert "φ" not in " ".join(trace.name for trace in accuracy(candidates).data)


def test_one_seed_shows_no_spread_and_says_why(made):
    figure = accuracy(made.candidates(3, seeds=1))
    assert "one seed each: nothing is known of its noise" in figure.layout.title.subtitle.text
    assert named(figure, "candidates").error_y.array is None


def test_lost_trials_are_told_and_candidates_without_results_left_out(made):
    candidates = made.candidates(3)
    candidates.loc[2, ["seeds", "accuracy_mean", "diverged", "failed"]] = [0, np.nan, 2, 1]
    figure = accuracy(candidates)
    assert len(named(figure, "candidates").x) == 2
    assert figure.layout.title.subtitle.text.startswith(
        "4 of 5 candidates with results; 2 trials diverged, 1 trial failed"
    )


def test_an_unknown_cost_is_refused(made):
    with pytest.raises(InputError, match=r"cost 'param' is unknown: did you mean params\?"):
        accuracy(made.candidates(1), cost="param")


def test_sweeps_of_one_protocol_are_compared(made):
    one, two = made.candidates(3), made.candidates(4)
    figure = compare([Compared("1 first", "p", one, 2), Compared("2 second", "p", two, 3)])
    assert [trace.name for trace in figure.data] == ["1 first", "2 second"]
    for trace, candidates, leader in zip(figure.data, (one, two), (2, 3), strict=True):
        np.testing.assert_array_equal(trace.x, candidates["flops"])
        assert [place for place, symbol in enumerate(trace.marker.symbol) if symbol == "star"] == [
            leader
        ]
    assert figure.data[0].marker.symbol[0] != figure.data[1].marker.symbol[0]


def test_sweeps_of_different_protocols_are_not_compared(made):
    one = Compared("1 a", "aaa", made.candidates(1))
    with pytest.raises(InputError, match=r"2 protocols \(1 a has aaa, 2 b has bbb\)"):
        compare([one, Compared("2 b", "bbb", made.candidates(1))])
    with pytest.raises(InputError, match="at least two"):
        compare([one])
