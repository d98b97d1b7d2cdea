"""Reports: one file that needs nothing else, with the numbers of the record."""

import json
import re
from html.parser import HTMLParser

import plotly.graph_objects as go
import pytest
from plotly.offline import get_plotlyjs

from results import Store
from results.figures.base import new
from results.reports import Panel, figure_page, report_page
from results.values import Outcome
from results.values.json import from_json
from results.views import FIGURES, SweepView

SPEC = {
    "space": {"target": {"flops_ratio": 2.0, "tolerance": 0.1, "by": "measured"}},
    "proxy": {"images": 6400, "steps": None},
}


class Page(HTMLParser):
    """What a test looks for in a page."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.data, self.headings, self.rows = [], {}, [], []
        self._open = None
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags.append((tag, attributes))
        self._open = (tag, attributes)
        if tag == "tr":
            self.rows.append([])

    def handle_data(self, text):
        tag, attributes = self._open or ("", {})
        if tag == "script" and attributes.get("type") == "application/json":
            self.data[attributes["id"]] = json.loads(text)
        elif tag in ("h1", "h2", "h3") and text.strip():
            self.headings.append(text)
        elif tag in ("td", "th") and text.strip():
            self.rows[-1].append(text)

    def handle_endtag(self, tag):
        self._open = None


@pytest.fixture
def store(tmp_path):
    with Store.open(f"sqlite:///{tmp_path}/results.db") as opened:
        yield opened


@pytest.fixture
def planned(store, examples):
    sweep = examples.sweep(spec=SPEC, name="<b>bold</b> & co")
    return store.create_sweep(sweep, examples.plan(3))


@pytest.fixture
def finished(store, planned, examples):
    lease = store.claim(planned, "me", ttl_seconds=60)
    index = {one.id: one.index for one in store.candidates(planned)}
    for trial in store.trials(planned):
        attempt = store.start_attempt(lease, trial.id, worker="w1")
        store.record_epochs(lease, [examples.epoch(attempt, 1)])
        accuracy = (0.4, 0.5, 0.7)[index[trial.candidate_id]]
        store.finish_trial(lease, attempt.id, examples.result(accuracy))
    outcome = {
        "verdict": "chosen",
        "leader": 2,
        "why": ["every rival is worse"],
        "regret_bound": 0.001,
        "comparisons": [
            {"index": 0, "standing": "worse", "low": 0.25, "high": 0.35},
            {"index": 1, "standing": "worse", "low": 0.15, "high": 0.25},
            {"index": 2, "standing": "leader", "low": None, "high": None},
        ],
    }
    coefficients = examples.coefficients(store.candidates(planned)[2].id)
    store.set_outcome(
        lease,
        from_json(Outcome, outcome),
        coefficients=coefficients,
        family=[examples.member("b0")],
    )
    return planned


def test_a_report_needs_nothing_from_elsewhere(store, finished):
    html = report_page(SweepView(store, finished))
    assert html.count(get_plotlyjs()) == 1
    ours = html.replace(get_plotlyjs(), "")
    assert "http" not in ours.replace('<meta http-equiv="Content-Security-Policy"', "").lower()
    for tag, attributes in Page(ours).tags:
        assert tag not in ("link", "iframe", "img", "object", "embed")
        assert "src" not in attributes
        assert attributes.get("href", "#").startswith("#")
    assert "default-src 'none'" in ours


def test_a_report_holds_every_figure_with_its_data(store, finished):
    view = SweepView(store, finished)
    page = Page(report_page(view).replace(get_plotlyjs(), ""))
    for kind in FIGURES:
        figure = view.figure(kind)
        assert figure.layout.title.text in page.headings
        if figure.data:
            drawn = go.Figure(page.data[f"data-{kind}"])
            assert len(drawn.data) == len(figure.data)
            assert [trace.name for trace in drawn.data] == [trace.name for trace in figure.data]
            assert drawn.layout.title.text is None
    assert set(page.data["templates"]) == {"light", "dark"}


def test_a_report_tells_verdict_table_and_provenance(store, finished):
    html = report_page(SweepView(store, finished))
    page = Page(html.replace(get_plotlyjs(), ""))
    leader = next(row for row in page.rows if row[0] == "2" and "leader" in row)
    assert leader[:2] == ["2", "1.2, 1.1, 1.15"]
    assert {"70.00%", "3", "34"} <= set(leader)
    assert any("+25.00 to +35.00" in row for row in page.rows)
    for part in (
        '<span class="badge chosen">chosen</span>',
        "<li>every rival is worse</li>",
        "6,400 images per trial",
        "fingerprint d1",
        "torch 2.13.0",
        "flops_ratio: 2.0",
    ):
        assert part in html


def test_what_users_wrote_cannot_become_markup(store, finished):
    html = report_page(SweepView(store, finished))
    assert "<b>bold</b>" not in html.replace(get_plotlyjs(), "")
    assert "&lt;b&gt;bold&lt;/b&gt; &amp; co" in html
    figure = new("a figure").add_trace(go.Scatter(y=[1], name="</script><script>alert(1)"))
    page = Page(figure_page("x", [Panel.of("one", figure)]).replace(get_plotlyjs(), ""))
    assert page.data["data-one"]["data"][0]["name"] == "</script><script>alert(1)"


def test_a_report_of_a_plan_says_what_it_waits_for(store, planned):
    html = report_page(SweepView(store, planned))
    ours = html.replace(get_plotlyjs(), "")
    assert "No candidate has finished a trial yet." in ours
    assert '<p class="empty">No trial has finished yet</p>' in ours
    assert '<span class="badge queued">queued</span>' in ours
    assert set(Page(ours).data) == {"templates", "data-triangle", "data-ratios"}


@pytest.mark.parametrize("theme", ["auto", "light", "dark"])
def test_the_theme_is_the_readers_unless_chosen(theme):
    html = figure_page("x", [], theme=theme)
    assert re.search(r"<html[^>]* data-theme=\"(\w+)\"", html)[1] == theme
