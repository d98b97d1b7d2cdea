"""What a benchmark says, and how it is printed."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from scaling_search.environment import hardware, versions


@dataclass(frozen=True)
class Figure:
    """One measured value; `at_least` and `below` are what the project promises of it, if anything.

    A `unit` of "×" is a ratio to the plain way.
    """

    what: str
    value: float
    unit: str
    at_least: float | None = None
    below: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether the promise is kept; None where nothing is promised."""
        if self.at_least is not None:
            return self.value >= self.at_least
        if self.below is not None:
            return self.value < self.below
        return None

    @property
    def goal(self) -> str:
        """The promise, as a table cell."""
        if self.at_least is not None:
            return f"≥ {self.at_least:g}"
        return f"< {self.below:g}" if self.below is not None else ""


def environment() -> dict[str, Any]:
    """Hardware, versions and how busy the machine is as the benchmarks begin."""
    return {"hardware": hardware(), "versions": versions(), "load": os.getloadavg()}


def describe(environment: dict[str, Any]) -> str:
    """The environment in two lines."""
    machine, load = environment["hardware"], environment["load"]
    packages = ", ".join(f"{name} {version}" for name, version in environment["versions"].items())
    return (
        f"{machine['processor']}, {machine['cores']} cores, "
        f"{machine['memory_bytes'] / 2**30:.0f} GiB, "
        f"{', '.join(machine['cuda']) or 'no CUDA device'}; {machine['system']}; "
        f"load before {load[0]:.2f} {load[1]:.2f} {load[2]:.2f}\n{packages}"
    )


def _shown(value: float) -> str:
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def table(figures: Iterable[tuple[str, Figure]]) -> str:
    """A Markdown table of (benchmark, figure) pairs."""
    lines = ["| benchmark | figure | value | goal | met |", "| --- | --- | ---: | --- | --- |"]
    for benchmark, figure in figures:
        met = {True: "yes", False: "no", None: ""}[figure.met]
        value = f"{_shown(figure.value)} {figure.unit}".strip()
        lines.append(f"| {benchmark} | {figure.what} | {value} | {figure.goal} | {met} |")
    return "\n".join(lines)


def as_json(figures: Iterable[tuple[str, Figure]]) -> list[dict[str, Any]]:
    """The same as JSON values."""
    return [{"benchmark": name, **asdict(figure), "met": figure.met} for name, figure in figures]
