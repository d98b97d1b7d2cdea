"""Figures as answers: the right numbers, validators, and in step with a sweep's events."""

import pytest

from api import figures as answers
from api.models.figures import FigureName
from results.views import FIGURES, SweepView

pytestmark = pytest.mark.anyio


def test_the_names_are_those_of_the_record():
    assert list(FigureName.__args__) == list(FIGURES)


async def test_the_figures_of_a_sweep_are_listed(client, problem):
    assert (await client.get("/v1/sweeps/1/figures")).json() == {"figures": list(FIGURES)}
    problem(await client.get("/v1/sweeps/99/figures"), 404, "not-found")


@pytest.mark.parametrize("name", FIGURES)
async def test_each_can_be_drawn_at_any_time(client, name):
    for sweep in (1, 2):
        figure = (await client.get(f"/v1/sweeps/{sweep}/figures/{name}")).json()
        assert figure["layout"]["title"]["text"]
        assert figure["data"] or figure["layout"]["annotations"][0]["text"]


async def test_a_figure_holds_what_is_stored(client, store):
    figure = (await client.get("/v1/sweeps/1/figures/accuracy")).json()
    (leader,) = (trace for trace in figure["data"] if trace["name"] == "leader")
    at = next(row for row in store.candidates(1) if row.index == 3)
    assert f"candidate {at.index}" in leader["hovertext"][0]
    assert f"accuracy {at.accuracy_mean:.2%}" in leader["hovertext"][0]
    assert figure["layout"]["meta"] == {"event": store.last_event(1)}


async def test_a_theme_changes_the_page_alone(client):
    light, dark = [
        (await client.get(f"/v1/sweeps/1/figures/accuracy?theme={theme}")).json()
        for theme in ("light", "dark")
    ]
    assert light["data"] == dark["data"]
    papers = {one["layout"]["template"]["layout"]["paper_bgcolor"] for one in (light, dark)}
    assert papers == {"#ffffff", "#14171c"}


async def test_what_has_not_changed_is_not_sent_again(client, monkeypatch):
    path = "/v1/sweeps/1/figures/accuracy"
    first = await client.get(path)
    monkeypatch.setattr(SweepView, "figure", None)  # it would be drawn again
    again = await client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert (await client.get(path)).content == first.content


async def test_a_figure_follows_the_sweep(client, store, library, monkeypatch):
    monkeypatch.setattr(answers, "_PATIENCE", 0)
    lease = library.claimed(name="live")
    path = f"/v1/sweeps/{lease.sweep_id}/figures/accuracy"
    before = await client.get(path)
    assert before.json()["layout"]["annotations"][0]["text"] == "No trial has finished yet"
    library.train(lease, lambda index, seed: 0.5)
    after = await client.get(path, headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert after.json()["layout"]["meta"]["event"] == store.last_event(lease.sweep_id)
    assert len(after.json()["data"]) > 1


async def test_what_takes_long_is_drawn_less_often(client, store, library, monkeypatch):
    monkeypatch.setattr(answers, "_PATIENCE", 1e6)
    lease = library.claimed(name="live")
    path = f"/v1/sweeps/{lease.sweep_id}/figures/accuracy"
    before = (await client.get(path)).json()["layout"]["meta"]["event"]
    library.train(lease, lambda index, seed: 0.5)
    assert (await client.get(path)).json()["layout"]["meta"]["event"] == before
    assert before < store.last_event(lease.sweep_id)


async def test_what_was_drawn_longest_ago_is_forgotten(monkeypatch, store):
    size = answers.Figures(store).of_sweep(1, "accuracy").size
    monkeypatch.setattr(answers, "_MOST_BYTES", 2 * size)
    figures = answers.Figures(store)
    first = figures.of_sweep(1, "accuracy")
    assert figures.of_sweep(1, "accuracy") is first
    for name in ("accuracy-params", "accuracy-activations", "curves"):
        figures.of_sweep(1, name)
    assert figures.of_sweep(1, "accuracy") is not first


async def test_an_unknown_figure_is_answered_with_the_known_ones(client, problem):
    found = problem(await client.get("/v1/sweeps/1/figures/pie"), 422, "invalid")
    assert "'triangle', 'accuracy'" in found["detail"]
    problem(await client.get("/v1/sweeps/99/figures/triangle"), 404, "not-found")


async def test_sweeps_are_compared_within_one_protocol(client, library, problem):
    path = "/v1/figures/comparison?sweep=1&sweep=5"
    figure = (await client.get(path)).json()
    assert [trace["name"] for trace in figure["data"]] == ["1 finished", "5 unsure"]
    other = library.sweep(name="other", protocol="another")
    found = problem(await client.get(f"{path}&sweep={other}"), 422, "invalid")
    assert "the sweeps have 2 protocols" in found["detail"]
    problem(await client.get("/v1/figures/comparison?sweep=1"), 422, "invalid")
    problem(await client.get("/v1/figures/comparison?sweep=1&sweep=99"), 404, "not-found")


async def test_a_family_is_drawn_beside_the_official_one(client, problem):
    figure = (await client.get("/v1/figures/families/1?members=3")).json()
    names = {trace["name"] for trace in figure["data"]}
    assert {"fitted family", "published family", "2^k × b0"} <= names
    problem(await client.get("/v1/figures/families/99"), 404, "not-found")


async def test_a_report_is_a_file(client, problem):
    response = await client.get("/v1/sweeps/1/report")
    assert response.headers["content-disposition"] == 'attachment; filename="sweep-1.html"'
    assert "Sweep 1: finished" in response.text
    problem(await client.get("/v1/sweeps/99/report"), 404, "not-found")


async def test_a_link_can_name_the_format_of_trials(client, problem):
    response = await client.get("/v1/sweeps/1/trials?format=csv")
    assert response.headers["content-type"].startswith("text/csv")
    assert response.text.startswith("id,candidate,")
    parquet = await client.get("/v1/sweeps/1/trials?format=parquet")
    assert parquet.content[:4] == b"PAR1"
    problem(await client.get("/v1/sweeps/1/trials?format=xlsx"), 422, "invalid")
