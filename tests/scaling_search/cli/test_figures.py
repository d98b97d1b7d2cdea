"""`plot`, `report` and the picture of `show`, on a sweep that was really run."""

import base64
import json
import shutil
import sys

import numpy as np
import plotly.graph_objects as go
import pytest
from markupsafe import escape
from PIL import Image

from results.values import Candidate
from results.views import FIGURES
from scaling_search.cli.views.scatter import scatter


def numbers(array):
    """What Plotly's binary arrays hold."""
    return np.frombuffer(base64.b64decode(array["bdata"]), array["dtype"]).tolist()


def complaint(result):
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    return result.stderr.removeprefix("Error: ").rstrip("\n")


@pytest.mark.parametrize("kind", FIGURES)
def test_every_figure_is_drawn_from_the_record(finished, tmp_path, kind):
    target = tmp_path / "figure.json"
    result = finished.shell.invoke("plot", kind, "1", "-o", str(target))
    assert (result.exit_code, result.output) == (0, "")
    figure = go.Figure(json.loads(target.read_text()))
    assert figure.data or kind == "accuracy-latency"  # which nobody measured
    assert figure.layout.title.text


def test_a_figure_holds_the_numbers_of_the_sweep(finished, tmp_path):
    target = tmp_path / "accuracy.json"
    finished.shell.invoke("plot", "accuracy", "1", "-o", str(target), "--theme", "dark")
    figure = go.Figure(json.loads(target.read_text()))
    (leader,) = [trace for trace in figure.data if trace.name == "leader"]
    document = finished.document
    best = document["candidates"][document["leader_candidate"]]
    assert numbers(leader.x) == [best["flops"]]
    assert numbers(leader.y) == [pytest.approx(document["leader_accuracy"])]
    assert figure.layout.template.layout.paper_bgcolor == "#14171c"


def test_a_figure_as_a_page_is_complete(finished, tmp_path):
    target = tmp_path / "triangle.html"
    words = ("plot", "triangle", "1", "-o", str(target))
    assert finished.shell.invoke(*words).exit_code == 0
    html = target.read_text()
    assert "Where a doubling of FLOPs is best spent" in html
    assert html.count("<figure ") == 1
    assert complaint(finished.shell.invoke(*words)).startswith(f"{target} exists: add --force")
    assert finished.shell.invoke(*words, "--force", "--theme", "light").exit_code == 0
    assert 'data-theme="light"' in target.read_text()


def test_sweeps_of_one_protocol_are_compared(finished, tmp_path):
    target = tmp_path / "both.json"
    words = ("plot", "compare", "1", "1", "-o", str(target))
    assert finished.shell.invoke(*words).exit_code == 0
    assert len(go.Figure(json.loads(target.read_text())).data) == 2


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("triangel", "1"), "figure 'triangel' is unknown: did you mean triangle?"),
        (("triangle", "1", "1"), "triangle shows one sweep and 2 are given: `scaling-search plot"),
        (("compare", "1"), "1 sweep is given: a comparison needs at least two"),
        (("triangle", "7"), "sweep 7 does not exist"),
        (("triangle", "1", "--theme", "drak"), "theme 'drak' is unknown: did you mean dark?"),
    ],
)
def test_wrong_input_is_one_line(finished, tmp_path, words, message):
    target = tmp_path / "x.json"
    assert message in complaint(finished.shell.invoke("plot", *words, "-o", str(target)))
    assert not target.exists()


def test_an_unknown_format_names_those_that_there_are(finished, tmp_path):
    result = finished.shell.invoke("plot", "triangle", "1", "-o", str(tmp_path / "x.gif"))
    assert complaint(result).endswith(
        "x.gif ends in .gif: name a file that ends in .html, .json, .png, .svg or .pdf"
    )


def test_images_name_the_extra_that_they_need(finished, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "kaleido", None)
    monkeypatch.setattr("scaling_search.cli.figures.find_spec", lambda name: None)
    result = finished.shell.invoke("plot", "triangle", "1", "-o", str(tmp_path / "x.png"))
    assert "the extra `images`: pip install 'scaling-search[images]'" in complaint(result)


@pytest.mark.skipif(
    not (shutil.which("chromium") or shutil.which("google-chrome")), reason="needs a browser"
)
def test_images_are_drawn_where_a_browser_is(finished, tmp_path):
    pytest.importorskip("kaleido", reason="needs the extra images")
    target = tmp_path / "triangle.png"
    result = finished.shell.invoke("plot", "triangle", "1", "-o", str(target), "--theme", "dark")
    assert result.exit_code == 0, result.output
    image = Image.open(target).convert("RGB")
    assert image.size == (1800, 1400)
    assert image.getpixel((2, 2)) == (0x14, 0x17, 0x1C)


def test_a_report_is_one_file(finished, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = finished.shell.invoke("report", "1")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "written to sweep-1.html\n"
    html = (tmp_path / "sweep-1.html").read_text()
    assert "<h1>Sweep 1: tiny</h1>" in html
    assert escape(finished.document["why"][0]) in html
    assert html.count('<div class="plot') == len(FIGURES) - 1
    assert "Nothing is measured yet" in html  # of latency
    assert "sweep 7 does not exist" in complaint(finished.shell.invoke("report", "7"))


def test_show_draws_accuracy_against_flops(finished):
    text = finished.shell.invoke("show", "1").stdout
    assert "Mean accuracy against FLOPs:" in text
    assert "★ leader   ■ baseline   ◇ reference   ● candidate" in text


def candidate(index, flops, accuracy, roles=("search",), eligible=True):
    return Candidate(
        index=index,
        roles=roles,
        spec={},
        spec_key="",
        coefficients=(),
        representative=(1, 1, 1),
        flops=flops,
        params=1,
        activations=1,
        nominal_ratio=1,
        measured_ratio=1,
        eligible=eligible,
        id=index,
        finished=1,
        stopped=0,
        diverged=0,
        failed=0,
        accuracy_mean=accuracy,
        accuracy_std=None,
    )


def test_the_picture_places_points_by_log_flops_and_accuracy():
    picture = scatter(
        [
            candidate(0, 1_000_000, 0.5, ("baseline",), eligible=False),
            candidate(1, 10_000_000, 0.6),
            candidate(2, 100_000_000, 0.7),
            candidate(3, 20_000_000, None),
        ],
        leader=2,
    )
    lines = picture.splitlines()
    assert lines[0].startswith("  70.0% │ ")
    assert lines[0].endswith("★")
    assert lines[11] == "  50.0% │ ■"
    (middle,) = [line for line in lines[:12] if "●" in line]
    assert abs(middle.index("●") - (lines[0].index("★") + lines[11].index("■")) / 2) <= 1
    assert lines[13].split() == ["1.00", "M", "100", "M", "FLOPs"]
    assert scatter([candidate(0, 1, 0.5)], leader=0) == ""
