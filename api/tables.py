"""Trials as files: every one that matches, in CSV or Parquet, with the fields of the JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from results.values import After, Trial

CSV, PARQUET = "text/csv", "application/vnd.apache.parquet"
_AT_ONCE: Final = 2000

FetchPage = Callable[[After | None, int], Sequence[Trial]]
"""Gives the trials that follow a row, so many of them."""

_PARQUET_TYPES: Final = {
    "id": "int64",
    "candidate": "int64",
    "candidate_id": "int64",
    "roles": "list<string>",
    "alpha": "double",
    "beta": "double",
    "gamma": "double",
    "flops": "int64",
    "params": "int64",
    "activations": "int64",
    "measured_ratio": "double",
    "seed": "int64",
    "state": "string",
    "attempts": "int64",
    "worker": "string",
    "started_at": "timestamp[us]",
    "finished_at": "timestamp[us]",
    "accuracy": "double",
    "top5_accuracy": "double",
    "loss": "double",
    "images": "int64",
    "steps": "int64",
    "train_seconds": "double",
    "images_per_second": "double",
    "peak_memory_bytes": "int64",
    "error": "string",
    "n_validation": "int64",
    "rung": "int64",
}


def batches(fetch: FetchPage, key: str) -> Iterator[list[dict[str, Any]]]:
    """Every trial in the order of `key`, so many at a time, as its fields."""
    after: After | None = None
    while rows := fetch(after, _AT_ONCE):
        yield [{name: getattr(row, name) for name in _PARQUET_TYPES} for row in rows]
        after = After(value=getattr(rows[-1], key), id=rows[-1].id)


def as_csv(rows: Iterator[list[dict[str, Any]]]) -> Iterator[bytes]:
    """CSV with a header line; roles are joined by +, missing values are empty, times ISO 8601."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(_PARQUET_TYPES), lineterminator="\n")
    writer.writeheader()
    for batch in rows:
        writer.writerows(map(_plain, batch))
        yield text.getvalue().encode()
        text.seek(0)
        text.truncate()
    yield text.getvalue().encode()


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    times = {
        name: row[name] and row[name].isoformat().replace("+00:00", "Z")
        for name in ("started_at", "finished_at")
    }
    return row | times | {"roles": "+".join(row["roles"]), "state": row["state"].value}


def as_parquet(rows: Iterator[list[dict[str, Any]]]) -> bytes:
    """A Parquet file; times are in UTC."""
    # Only here: pyarrow takes longer to import than everything else to start.
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([(name, _arrow_type(pa, kind)) for name, kind in _PARQUET_TYPES.items()])
    file = io.BytesIO()
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for batch in rows:
            plain = [row | {"state": row["state"].value} for row in batch]
            writer.write_batch(pa.RecordBatch.from_pylist(plain, schema))
    return file.getvalue()


def _arrow_type(pa: Any, name: str) -> Any:
    special = {"list<string>": lambda: pa.list_(pa.string())}
    if name.startswith("timestamp"):
        return pa.timestamp("us", tz="UTC")
    return special[name]() if name in special else pa.type_for_alias(name)
