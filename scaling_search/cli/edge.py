"""Which networks are measured on this machine, and where their measurements are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from results import frames
from results.store import Store
from results.values import EdgeMeasurement, NewEdgeMeasurement
from scaling_search.cli import coefficients as sources
from scaling_search.cli.inputs import checking
from search_spaces.baselines.frame import Frame
from search_spaces.errors import WorkError
from search_spaces.families import family
from search_spaces.networks.spec import NetworkSpec


@dataclass(frozen=True)
class Network:
    """A network, what to call it, and the accuracy that it reached, if it was trained."""

    label: str
    spec: NetworkSpec
    accuracy: float | None = None


def candidates(database: str | None, sweep: str) -> list[Network]:
    """A sweep's candidates that have a result.

    Raises:
        NotFoundError: there is no such sweep.
        WorkError: none has a result yet.
    """
    with Store.open(database) as store:
        store.sweep(int(sweep))
        table = frames.candidates(store, int(sweep))
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


def members(
    database: str | None,
    sweep: str | None,
    *,
    coefficients: str | None,
    baseline: str | None,
    resolution_px: int | None,
    members: int,
) -> list[Network]:
    """The first members of the family that coefficients imply; see `family`."""
    source = sources.choose(database, sweep=sweep, coefficients=coefficients, baseline=baseline)
    with checking(source.baseline, database) as own:
        made = family(
            Frame.of(own, resolution_px=resolution_px), source.coefficients, members=members
        )
    return [Network(member.name, member.spec) for member in made]


def stored(store: Store, found: Sequence[NewEdgeMeasurement]) -> list[EdgeMeasurement]:
    """What was just measured, as it is stored, in its order."""
    rows = store.edge_measurements({one.spec_key for one in found})
    by_kind = {
        (row.spec_key, row.machine, row.threads, row.batch, row.backend): row for row in rows
    }
    return [
        by_kind[one.spec_key, one.machine, one.threads, one.batch, one.backend] for one in found
    ]
