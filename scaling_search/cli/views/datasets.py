"""Data sets as text and as JSON."""

from __future__ import annotations

import dataclasses
from typing import Any

from rich.console import Console

from scaling_search.cli.inputs import existing_store
from scaling_search.cli.output import paragraph, table
from scaling_search.cli.planning import data_bytes
from scaling_search.data import PreparedDataset, built_ins
from search_spaces.human import size

_SHOWN = 30


def known_datasets(database: str | None) -> list[dict[str, Any]]:
    """Built-in data sets, then those that sweeps have used."""
    rows: list[dict[str, Any]] = [
        {
            "name": entry.name,
            "built_in": True,
            "description": entry.description,
            "images": entry.images,
            "classes": entry.classes,
            "channels": entry.channels,
            "native_px": entry.native_px,
            "fingerprint": None,
        }
        for entry in built_ins()
    ]
    names = {row["name"]: row for row in rows}
    try:
        with existing_store(database) as store:
            seen = store.datasets()
    except FileNotFoundError:
        return rows
    for entry in seen:
        if entry.name in names:
            names[entry.name]["fingerprint"] = entry.fingerprint
            continue
        rows.append(
            {
                "name": entry.name,
                "built_in": False,
                "description": "",
                "images": entry.images,
                "classes": entry.classes,
                "channels": entry.channels,
                "native_px": entry.native_px,
                "fingerprint": entry.fingerprint,
            }
        )
    return rows


def show_datasets(out: Console, rows: list[dict[str, Any]]) -> None:
    """A list of data sets."""
    made = table("~name", ">images", ">classes", ">channels", ">native px", "~about")
    for row in rows:
        made.add_row(
            row["name"],
            f"{row['images']:,}",
            f"{row['classes']:,}",
            str(row["channels"]),
            str(row["native_px"]),
            row["description"] or f"fingerprint {row['fingerprint'][:12]}",
        )
    out.print(made)


def dataset_document(data: PreparedDataset) -> dict[str, Any]:
    """A prepared data set, without where its cache is."""
    values = dataclasses.asdict(data)
    for key in ("path", "split_path", "test_path", "cache_key", "split_key"):
        del values[key]
    return values | {
        "classes": len(data.class_names),
        "train_images": data.n_train,
        "validation_images": data.n_validation,
        "detail_px": data.detail_px,
        "cache_bytes": data_bytes(data),
    }


def _copies(data: PreparedDataset) -> str:
    of_test = "" if data.test_copies is None else f", test {data.test_copies:,}"
    return (
        f"training {data.train_copies:,}, validation {data.validation_copies:,}{of_test}; with "
        f"contradicting labels {data.contradictory:,}"
    )


def show_dataset(out: Console, data: PreparedDataset) -> None:
    """What there is to know about a data set before training on it."""
    facts = table("", "~")
    facts.show_header = False
    test = "none" if data.test_count is None else f"{data.test_count:,}, untouched"
    colours = "grey" if data.channels == 1 else "RGB"
    for name, value in (
        ("training", f"{data.n_train:,} images"),
        (
            "validation",
            f"{data.n_validation:,} images, {data.validation_fraction:.0%} of each "
            f"class by seed {data.split_seed}",
        ),
        ("test", test),
        (
            "size",
            f"{data.native_median_px} px (shorter side, median; smallest "
            f"{data.native_min_px}), kept at {data.source_px} px, {colours}",
        ),
        ("cache", size(data_bytes(data))),
        ("fingerprint", data.fingerprint),
        ("exact copies", _copies(data)),
    ):
        facts.add_row(name, value)
    out.print(data.name, style="bold", markup=False)
    out.print(facts)
    made = table("~class", ">training", ">validation")
    rows = list(zip(data.class_names, data.train_counts, data.validation_counts, strict=True))
    for name, train, validation in rows[:_SHOWN]:
        made.add_row(name, f"{train:,}", f"{validation:,}")
    out.print()
    out.print(made)
    if len(rows) > _SHOWN:
        out.print(f"… and {len(rows) - _SHOWN:,} classes more", markup=False)
    for note in data.notes:
        paragraph(out, "Note: ", note)
