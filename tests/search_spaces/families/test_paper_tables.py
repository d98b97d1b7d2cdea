"""The networks of EfficientNet's Tables 3 and 7, pinned, and what the paper prints of them."""

from __future__ import annotations

from pathlib import Path

from search_spaces.families.paper_tables import AGREES, PUBLISHED_SCALINGS, table
from search_spaces.specs.reference import replace_table

DOCUMENT = Path(__file__).parents[3] / "docs" / "baselines.md"

COMPUTED = {
    # table, baseline: multiply-adds of convolutions and linear layers, in the order of the table
    (3, "mobilenet_v1"): [568740352, 2216465408, 2271889408, 2469723976],
    (3, "mobilenet_v2"): [300774272, 1219587776, 1137428224, 1199257088, 1442045088],
    (3, "resnet50"): [4089184256, 14570749952, 16116613120, 16350593024, 15945977664],
    (7, "efficientnet_b0"): [385814752, 1575132640, 1449958848, 1537537408, 1800091280],
}


def test_the_scaled_networks_cost_what_they_are_computed_to_cost():
    found = {}
    for row in PUBLISHED_SCALINGS:
        found.setdefault((row.table, row.baseline), []).append(row.flops)
    assert found == COMPUTED


def test_every_row_that_differs_from_the_paper_says_why_and_only_those():
    differing = {
        (row.baseline, row.method)
        for row in PUBLISHED_SCALINGS
        if abs(row.difference) > AGREES and row.method != "compound"
    }
    assert differing == {
        ("resnet50", "depth only"),
        ("resnet50", "width only"),
        ("efficientnet_b0", "depth only"),
        ("efficientnet_b0", "width only"),
        ("efficientnet_b0", "resolution only"),
    }
    for row in PUBLISHED_SCALINGS:
        assert row.note or abs(row.difference) <= AGREES


def test_the_document_shows_them():
    text = DOCUMENT.read_text(encoding="utf-8")
    assert replace_table(text, "scaled", table()) == text, (
        "run python -m search_spaces.families.paper_tables"
    )
