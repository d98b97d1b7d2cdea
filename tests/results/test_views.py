"""A sweep to look at: all its figures at every stage, and how notebooks show it."""

import json

import plotly.graph_objects as go
import pytest

from results import NotFoundError, Store
from results.states import SweepState
from results.values import Outcome
from results.values.json import from_json
from results.views import FIGURES, SweepView
from search_spaces.errors import InputError

SPEC = {"space": {"target": {"flops_ratio": 2.0, "tolerance": 0.1, "by": "measured"}}}


@pytest.fixture
def store(tmp_path):
    with Store.open(f"sqlite:///{tmp_path}/results.db") as opened:
        yield opened


@pytest.fixture
def planned(store, examples):
    baseline = examples.candidate(0, roles=("baseline",), shares=None, eligible=False)
    plan = [baseline, *(examples.candidate(index) for index in range(1, 4))]
    return store.create_sweep(examples.sweep(spec=SPEC), plan)


@pytest.fixture
def finished(store, planned, examples):
    """Candidate 2 leads, and 3 is as good."""
    lease = store.claim(planned, "me", ttl_seconds=60)
    index = {one.id: one.index for one in store.candidates(planned)}
    for trial in store.trials(planned):
        attempt = store.start_attempt(lease, trial.id, worker="w1")
        store.record_epochs(lease, [examples.epoch(attempt, 1)])
        accuracy = (0.4, 0.5, 0.7, 0.6)[index[trial.candidate_id]]
        store.finish_trial(lease, attempt.id, examples.result(accuracy))
    standings = ("reference", "worse", "leader", "equivalent")
    outcome = {
        "verdict": "equivalent",
        "leader": 2,
        "why": ["1 of 2 rivals may be <as> good"],
        "comparisons": [{"index": i, "standing": one} for i, one in enumerate(standings)],
    }
    leader = store.candidates(planned)[2]
    store.set_outcome(
        lease,
        from_json(Outcome, outcome),
        coefficients=examples.coefficients(leader.id),
        family=[examples.member("b0"), examples.member("b1")],
    )
    return planned


@pytest.mark.parametrize("kind", FIGURES)
def test_every_figure_of_a_finished_sweep_holds_data(store, finished, kind):
    figure = SweepView(store, finished).figure(kind)
    assert isinstance(figure, go.Figure)
    said = figure.layout.annotations[0].text if figure.layout.annotations else ""
    if not figure.data:
        assert ("No validation loss" in said) or ("Nothing is measured yet" in said)
    json.loads(figure.to_json())


@pytest.mark.parametrize("kind", sorted(set(FIGURES) - {"triangle", "ratios"}))
def test_before_the_first_trial_a_figure_says_what_it_waits_for(store, planned, kind):
    figure = SweepView(store, planned).figure(kind)
    assert not figure.data
    (said,) = figure.layout.annotations
    assert "yet" in said.text


def test_the_leader_is_the_outcomes_and_before_that_the_best_so_far(store, finished, examples):
    view = SweepView(store, finished)
    assert view.leading_index == 2
    figure = view.figure("triangle")
    assert "statistically as good as the leader" in {trace.name for trace in figure.data}
    running = store.create_sweep(examples.sweep(spec=SPEC, name="second"), examples.plan(3))
    assert SweepView(store, running).leading_index is None
    lease = store.claim(running, "me", ttl_seconds=60)
    last = store.trials(running)[-1]
    attempt = store.start_attempt(lease, last.id)
    store.finish_trial(lease, attempt.id, examples.result(0.5))
    view = SweepView(store, running)
    assert (
        view.leading_index
        == {one.id: one.index for one in store.candidates(running)}[last.candidate_id]
    )


def test_a_notebook_shows_where_the_sweep_stands_and_its_triangle(store, finished):
    shown = SweepView(store, finished)._repr_mimebundle_()
    assert shown["text/plain"] == (
        "sweep 1 'first': equivalent, leader (1.2, 1.1, 1.15) with 70.00%"
    )
    assert "1 of 2 rivals may be &lt;as&gt; good" in shown["text/html"]
    assert "8 of 8 trials done" in shown["text/html"]
    drawn = go.Figure(shown["application/vnd.plotly.v1+json"])
    assert drawn.layout.title.text == shown["text/plain"]


def test_a_notebook_says_that_trials_failed(store, planned, examples):
    lease = store.claim(planned, "me", ttl_seconds=60)
    for trial in store.trials(planned):
        attempt = store.start_attempt(lease, trial.id)
        store.fail_attempt(lease, attempt.id, "the worker died", retry=False)
    store.set_state(lease, SweepState.FINISHED)
    shown = SweepView(store, planned)._repr_mimebundle_()
    assert shown["text/plain"] == "sweep 1 'first': incomplete (8 trials failed)"
    assert "incomplete, 0 of 8 trials done, 8 failed" in shown["text/html"]


def test_unknown_figures_and_sweeps_are_refused(store, planned):
    with pytest.raises(InputError, match=r"figure 'triangel' is unknown: did you mean triangle\?"):
        SweepView(store, planned).figure("triangel")
    with pytest.raises(NotFoundError, match="sweep 9 does not exist"):
        SweepView(store, 9).figure("accuracy")
