"""The walk through the house names what is there."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PACKAGES = ("api", "results", "scaling_search", "search_spaces")


def test_every_path_of_the_walk_is_there():
    paths = re.findall(rf"`((?:{'|'.join(PACKAGES)})/[\w/.]+)`", TEXT)
    assert len(paths) > 30
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_each_walk_has_fewer_than_ten_stops():
    for title in ("How an accuracy gets", "How α, β, γ get"):
        section = TEXT.split(f"## {title}")[1].split("\n## ")[0]
        assert 1 < len(re.findall(r"^\d+\. ", section, re.MULTILINE)) < 10


def test_every_room_of_the_engine_is_in_the_picture():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    engine = next(
        contract
        for contract in contracts["tool"]["importlinter"]["contracts"]
        if contract.get("containers") == ["scaling_search"]
    )
    rooms = {room.strip() for layer in engine["layers"] for room in layer.split("|")}
    picture = TEXT.split("```mermaid")[1].split("```")[0]
    drawn = set(re.findall(r'"(?:scaling_search/)?(\w+)', picture))
    assert rooms - {"client", "environment"} <= drawn
