"""Choices that a data set has no use for are refused or noted, never ignored."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scaling_search.data.prepare import prepare
from search_spaces.errors import InputError
from search_spaces.specs.data import DataSpec

from .conftest import MakeFolder
from .test_tables import write

VALUES: dict[str, Any] = {
    "layout": "classes",
    "image_column": "photo",
    "label_column": "kind",
    "hub_config": "small",
    "hub_revision": "main",
}
KINDS = {
    "digits": "a built-in data set",
    "hub:owner/pets": "a data set of the Hub",
    "folder": "a folder of images",
    "pets.parquet": "a Parquet file",
    "tables": "a folder of Parquet files",
}
USELESS = [
    *(("digits", key) for key in VALUES),
    ("hub:owner/pets", "layout"),
    *(("folder", key) for key in VALUES if key != "layout"),
    *(("pets.parquet", key) for key in ("layout", "hub_config", "hub_revision")),
    *(("tables", key) for key in ("layout", "hub_revision")),
]


@pytest.fixture
def places(make_folder: MakeFolder, tmp_path: Path) -> dict[str, str]:
    table = write(tmp_path / "table" / "pets.parquet", ["cat", "dog"] * 5)
    return {
        "digits": "digits",
        "hub:owner/pets": "hub:owner/pets",
        "folder": str(make_folder("folder", cat=5, dog=5)),
        "pets.parquet": str(table),
        "tables": str(table.parent),
    }


@pytest.mark.parametrize(("name", "key"), USELESS)
def test_useless_choices_are_refused(name: str, key: str, places: dict[str, str]) -> None:
    with pytest.raises(InputError) as caught:
        prepare(DataSpec.model_validate({"name": places[name], key: VALUES[key]}))
    assert str(caught.value) == (
        f"{key} is {VALUES[key]!r}: {places[name]} is {KINDS[name]}, which has no such choice; "
        f"leave {key} out, or name another data set"
    )


def test_configuration_needs_a_readme(places: dict[str, str]) -> None:
    with pytest.raises(InputError) as caught:
        prepare(DataSpec(name=places["tables"], hub_config="small"))
    assert str(caught.value) == (
        f"hub_config is 'small': {places['tables']} has no README.md that names configurations; "
        "leave hub_config out"
    )


def test_bits_of_images_that_are_not_deep_are_noted(places: dict[str, str]) -> None:
    assert prepare(DataSpec(name=places["folder"], depth_bits=12, test_fraction=0)).notes == (
        "depth_bits is 12, and no image has more than 8 bits per channel: it changes nothing",
    )
