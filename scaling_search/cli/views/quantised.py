"""What a network's deployed files are: size, accuracy."""

from __future__ import annotations

import math
from typing import Any

from rich.console import Console

from scaling_search.cli.failures import complain
from scaling_search.cli.output import paragraph, table
from search_spaces.human import percent, points, size


def show(out: Console, found: dict[str, Any]) -> None:
    """Where the weights are from, and a row a file."""
    images = found["validation_images"]
    on = f"; accuracy on {images:,} validation images of {found['dataset']}" if images else ""
    paragraph(out, "Weights: ", f"{found['weights']}; ONNX opset {found['opset']}{on}")
    made = table("file", "precision", ">size", ">accuracy", ">lost points", ">off PyTorch")
    for row in found["files"]:
        accuracy, difference, loss = row["accuracy"], row["difference"], row.get("loss")
        made.add_row(
            row["file"] + (" (not written)" if row.get("verdict") == "refused" else ""),
            row["precision"],
            size(row["bytes"]),
            percent(accuracy),
            "" if loss is None else points(loss, sign=True),
            "" if difference is None else f"{difference:.1e}",
        )
    out.print(made)


def loss_told(row: dict[str, Any], images: int, max_loss: float) -> None:
    """On stderr: that int8 cost accuracy, how much, and what to do, where it is worth a word."""
    verdict = row.get("verdict", "kept")
    if verdict == "kept":
        return
    cost = (
        f"int8 costs {points(row['loss'])} points of accuracy on {images:,} validation images, "
        f"{percent(row['accuracy'] + row['loss'])} to {percent(row['accuracy'])}"
    )
    remedy = (
        "calibrate on more images (--calibration 512), or deploy the float32 file; which network "
        "survives one scale per activation differs, so try another candidate"
    )
    if verdict == "warning":
        complain(f"{cost}, more than 1: {remedy}", label="Warning")
        return
    complain(
        f"{cost}, more than {max_loss:g}: {row['file']} was not written; {remedy}, or accept it "
        f"with --max-loss {math.ceil(100 * row['loss'] - 1e-6)}"
    )
