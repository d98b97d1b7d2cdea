from pathlib import Path

from search_spaces.specs.reference import replace_table, rows, table
from search_spaces.specs.sweep import SweepSpec

DOCUMENT = Path(__file__).parents[3] / "docs" / "search-spaces.md"


def test_the_documented_keys_are_those_that_a_file_may_have():
    text = DOCUMENT.read_text(encoding="utf-8")
    assert replace_table(text, "keys", table()) == text, (
        "run python -m search_spaces.specs.reference"
    )


def test_every_key_says_what_it_means():
    undocumented = [key for key, _, description in rows(SweepSpec) if not description]
    assert undocumented == []
