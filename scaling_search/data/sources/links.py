"""Image files that a table names by their path."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from search_spaces.errors import InputError
from search_spaces.names import printable


@dataclass(frozen=True)
class Links:
    """Where the paths of a table lead.

    Attributes:
        roots: folders that hold every file that the table may name: whoever wrote a table may not
            choose which other files of this machine are read.
        bases: the folder that the paths of consecutive rows start from, and how many rows.
    """

    roots: tuple[Path, ...]
    bases: Sequence[tuple[Path, int]] = ()
    _ends: list[int] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self._ends.extend(itertools.accumulate(rows for _, rows in self.bases))

    def file(self, row: int, path: str, where: str) -> str:
        """The file that a row names.

        Args:
            row: its number.
            path: relative to the folder of its Parquet file, or absolute.
            where: the row as messages name it.

        Raises:
            InputError: it is not there, or outside the data set's folder.
        """
        base = self.bases[bisect.bisect_right(self._ends, row)][0] if self.bases else Path("/")
        names = f"{where} names the image file {printable(path)}"
        try:
            real = (base / path).resolve(strict=True)
        except (OSError, RuntimeError, ValueError):
            raise InputError(
                f"{names}, which is not in {printable(str(base))}: paths start from the folder of "
                "their Parquet file; put the file there, or the images' bytes into the table"
            ) from None
        if not any(real.is_relative_to(root.resolve()) for root in self.roots):
            raise InputError(
                f"{names}, which is outside {printable(str(self.roots[0]))}: a table may only name "
                "files of its own data set; copy the images into that folder"
            )
        return str(real)
