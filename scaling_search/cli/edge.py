"""The networks that are measured on this machine, and their stored measurements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from results import frames
from results.store import Store
from results.values import EdgeMeasurement, NewEdgeMeasurement
from scaling_search.cli import options
from scaling_search.cli.coefficients import choose
from scaling_search.cli.planning import checked_baseline
from search_spaces.baselines.frame import Frame
from search_spaces.errors import WorkError
from search_spaces.families import family
from search_spaces.networks.spec import NetworkSpec

if TYPE_CHECKING:
    from scaling_search.cli.commands.latency import MeasuredOptions


@dataclass(frozen=True)
class Network:
    """A network, its label, and its accuracy if it was trained."""

    label: str
    spec: NetworkSpec
    accuracy: float | None = None


def candidates(sweep: int, stored: options.Database) -> list[Network]:
    """A sweep's candidates that have a result.

    Raises:
        NotFoundError: the sweep does not exist.
        WorkError: no candidate has a result yet.
    """
    with stored.open() as store:
        store.sweep(sweep)
        table = frames.candidates(store, sweep)
    found = [
        Network(f"candidate {row['index']}", NetworkSpec.from_dict(row["spec"]), accuracy)
        for row, accuracy in zip(table.to_dict("records"), table["accuracy_mean"], strict=True)
        if row["seeds"]
    ]
    if not found:
        raise WorkError(
            f"no candidate of sweep {sweep} has a result yet: `scaling-search show {sweep}` shows "
            "where it stands, and --family measures the networks that its leader implies"
        )
    return found


def members(networks: MeasuredOptions, stored: options.Database) -> list[Network]:
    """The first members of the family of the coefficients."""
    source = choose(networks.sweep, networks, options.Results(database=stored.database))
    with checked_baseline(source.baseline, stored.database) as baseline:
        frame = Frame.of(baseline, resolution_px=networks.resolution)
        made = family(frame, source.coefficients, members=networks.members)
    return [Network(member.name, member.spec) for member in made]


def stored_measurements(
    store: Store, measured: Sequence[NewEdgeMeasurement]
) -> list[EdgeMeasurement]:
    """New measurements as they are stored, in the same order."""
    rows = store.edge_measurements({one.spec_key for one in measured})
    by_kind = {
        (row.spec_key, row.machine, row.threads, row.batch, row.backend): row for row in rows
    }
    return [
        by_kind[one.spec_key, one.machine, one.threads, one.batch, one.backend] for one in measured
    ]
