"""What a network's deployed files are: size, accuracy."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from scaling_search.cli.output import paragraph, table
from search_spaces.human import percent, points, size


def show(out: Console, found: dict[str, Any]) -> None:
    """Where the weights are from, and a row a file."""
    images = found["validation_images"]
    on = f"; accuracy on {images:,} validation images of {found['dataset']}" if images else ""
    paragraph(out, "Weights: ", f"{found['weights']}; ONNX opset {found['opset']}{on}")
    made = table("file", "precision", ">size", ">accuracy", ">lost points", ">off PyTorch")
    plain = found["files"][0]["accuracy"]
    for row in found["files"]:
        accuracy, difference = row["accuracy"], row["difference"]
        lost = None if accuracy is None or plain is None else plain - accuracy
        made.add_row(
            row["file"],
            row["precision"],
            size(row["bytes"]),
            percent(accuracy),
            points(lost, sign=True) if row["precision"] != "float32" else "",
            "" if difference is None else f"{difference:.1e}",
        )
    out.print(made)
