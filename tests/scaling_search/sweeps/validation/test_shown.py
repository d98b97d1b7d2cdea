"""A validation as commands, the service, its figure and the page of a sweep show it."""

import json
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from api.app import create_app
from api.settings import Settings
from results.figures import validation as draw
from scaling_search.cli.app import app
from scaling_search.sweeps.validation.report import conclude_validation
from scaling_search.sweeps.validation.running import create_validation


@pytest.fixture
def url(store):
    return f"sqlite:///{store.location}"


@pytest.fixture
def number(store, spec, small_digits, train):
    made = create_validation(store, spec, small_digits)

    def truth(images, rate, k):
        if rate == 0.4:
            return None
        return 0.9 if (rate, k) == (0.05, 1) else 0.2 + 0.1 * k + (0.02 if rate == 0.1 else 0.0)

    train(made, truth)
    conclude_validation(store, made, spec)
    return made


@pytest.fixture
def shell(url):
    def invoke(*words):
        result = CliRunner().invoke(app, [*words, "--database", url])
        assert result.exit_code == 0, result.output
        return result.stdout

    return invoke


def test_it_is_listed_and_shown(number, shell):
    assert "quickstart" in shell("validations")
    said = " ".join(shell("validations", "1").split())
    assert "Validation 1 'quickstart' of efficientnet_b0" in said
    assert "FLIPS" in said
    assert "chooses wrongly: it puts candidate 5 first" in said
    assert "correlation with 3,200 images" in said


def test_as_json_it_is_what_the_service_gives(number, shell, store):
    (listed,) = json.loads(shell("validations", "--json"))["validations"]
    shown = json.loads(shell("validations", "1", "--json"))
    assert shown == listed
    assert shown["report"] == store.validation(1).report
    assert shown["complete"] is True


def test_it_is_drawn_to_a_file(number, shell, tmp_path):
    target = tmp_path / "rates.json"
    shell("validations", "1", "-o", str(target))
    drawn = json.loads(Path(target).read_text())
    assert drawn["layout"]["title"]["text"] == "Is the short budget valid?"


def test_the_figure_has_a_panel_a_budget_and_a_line_a_candidate(number, store):
    report = store.validation(1).report
    figure = draw(report)
    axes = [axis for axis in figure.layout if str(axis).startswith("xaxis")]
    assert len(axes) == 2
    assert [line.x0 for line in figure.layout.shapes] == [0.1] * 2
    names = {trace.name for trace in figure.data}
    assert len(names) == len(report["candidates"])
    assert "baseline" in names
    first = next(trace for trace in figure.data if trace.xaxis == "x" and trace.name != "baseline")
    assert list(first.x) == [0.05, 0.1, 0.2]  # nothing was reached at 0.4
    assert "Nothing is trained yet" in draw(None).layout.annotations[0].text


@pytest.mark.anyio
async def test_the_service_tells_it(number, url, store):
    served = create_app(Settings(database_url=url, answer_seconds=0))
    transport = httpx.ASGITransport(app=served, client=("127.0.0.1", 5000))
    async with (
        served.router.lifespan_context(served),
        httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8321") as client,
    ):
        listed = (await client.get("/v1/validations")).json()["validations"]
        shown = (await client.get("/v1/validations/1")).json()
        assert listed == [shown]
        assert shown["report"] == store.validation(1).report
        protocol = shown["report"]["budgets"][0]["rates"][0]["protocol"]
        by_protocol = await client.get("/v1/validations", params={"protocol": protocol})
        assert by_protocol.json()["validations"] == [shown]
        other = await client.get("/v1/validations", params={"protocol": "another"})
        assert other.json()["validations"] == []
        assert (await client.get("/v1/validations/2")).status_code == 404
        figure = (await client.get("/v1/validations/1/figure")).json()
        assert figure["layout"]["title"]["text"] == "Is the short budget valid?"
        assert (await client.get("/v1/validations/2/figure")).status_code == 404
        page = (await client.get("/sweeps/1")).text
        assert "Is the short training budget valid?" in page
        assert "/v1/validations/1/figure" in page


@pytest.fixture
def anyio_backend():
    return "asyncio"
