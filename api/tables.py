"""Trials as CSV or Parquet files, with the fields of the JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from results.values import After, Trial

CSV, PARQUET = "text/csv", "application/vnd.apache.parquet"
_BATCH: Final = 2000

_COLUMNS: Final = {
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
    "started_at": "timestamp",
    "finished_at": "timestamp",
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


def batches(read: Callable[..., Sequence[Trial]], key: str) -> Iterator[list[dict[str, Any]]]:
    """The fields of all trials in the order of `key`, in batches.

    Args:
        read: takes `after` and `limit`.
        key: by which `read` sorts.
    """
    after: After | None = None
    while rows := read(after=after, limit=_BATCH):
        yield [{name: getattr(row, name) for name in _COLUMNS} for row in rows]
        after = After(value=getattr(rows[-1], key), id=rows[-1].id)


def as_csv(rows: Iterator[list[dict[str, Any]]]) -> Iterator[bytes]:
    """CSV with a header line; roles are joined by +, missing values are empty, times ISO 8601."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(_COLUMNS), lineterminator="\n")
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
    # Imported here: pyarrow takes longer to import than the service to start.
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {"list<string>": pa.list_(pa.string()), "timestamp": pa.timestamp("us", tz="UTC")}
    schema = pa.schema(
        [(name, kinds.get(kind) or pa.type_for_alias(kind)) for name, kind in _COLUMNS.items()]
    )
    file = io.BytesIO()
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for batch in rows:
            plain = [row | {"state": row["state"].value} for row in batch]
            writer.write_batch(pa.RecordBatch.from_pylist(plain, schema))
    return file.getvalue()
