"""Checkpoints as they are named on the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from results.checkpoint_files import checkpoint_path
from results.states import TrialState
from results.store import Store
from results.values import Candidate, CheckpointRecord
from scaling_search.cli.inputs import stored_spec
from scaling_search.networks.checkpoints import load
from scaling_search.uses.cam import Shown
from search_spaces.errors import InputError
from search_spaces.human import exactly
from search_spaces.networks.spec import NetworkSpec
from search_spaces.specs.methods import Aim, Comparison


def find(named: Path) -> Path:
    """A file by its path, or by its name in the folder of checkpoints.

    Raises:
        InputError: there is none at either place.
    """
    if named.is_file():
        return named
    kept = checkpoint_path(named.name)
    if named.name == str(named) and kept.is_file():
        return kept
    raise InputError(
        f"checkpoint {named} is no file, neither here nor in {kept.parent}: "
        "`scaling-search show SWEEP` lists what a sweep kept"
    )


_CORNER: Final = 1 - 1e-6


def named(text: str) -> Shown:
    """`FILE` or `NAME=FILE`, loaded.

    Raises:
        InputError: as `find` and `load`.
    """
    name, sign, file = text.partition("=")
    path = find(Path(file if sign else text))
    return Shown(name if sign else path.stem, load(path))


@dataclass(frozen=True)
class KeptNetworks:
    """The networks that a sweep kept weights of, and the names of those that it did not."""

    shown: list[Shown]
    missing: tuple[str, ...]

    @property
    def why(self) -> str | None:
        """A message that names the missing networks; None where none is missing."""
        if not self.missing:
            return None
        return (
            f"{', '.join(self.missing)}: no weights were kept; --keep-checkpoints all keeps those "
            "of every trial"
        )


def of_sweep(store: Store, sweep_id: int, phi: float | None = None) -> KeptNetworks:
    """The networks that a sweep kept: a baseline, and one of each way of scaling.

    Of a comparison, the network of every method at one φ: the one given, else the φ at which most
    methods kept weights, of several the largest. Of a search, the most accurate candidate that
    scales one dimension alone, for each, and the leader (or the most accurate other one) as the
    compound network. Of a candidate's seeds the most accurate is taken.

    Raises:
        InputError: it kept nothing (at that φ), a file is gone or another one, or a φ is given of
            a sweep that compares nothing.
    """
    kept = store.checkpoints(sweep_id)
    if not kept:
        raise InputError(
            f"sweep {sweep_id} kept no weights: run one with --keep-checkpoints all, or best:K"
        )
    candidates = {one.index: one for one in store.candidates(sweep_id)}
    finished = {one.candidate_id for one in store.trials(sweep_id, states=[TrialState.FINISHED])}
    trained = [one for one in candidates.values() if one.id in finished]
    spec = stored_spec(store.sweep(sweep_id))
    if spec.space.compare is not None:
        chosen, at = _compared(kept, candidates, spec.space.compare, phi, sweep_id)
        missing = _not_compared(kept, trained, spec.space.compare, at)
    elif phi is not None:
        raise InputError(
            f"phi is {exactly(phi)}, but sweep {sweep_id} compares no ways of scaling: leave out "
            "--phi"
        )
    else:
        outcome = store.sweep(sweep_id).outcome
        leader = None if outcome is None else outcome.leader
        chosen = _searched(kept, candidates, leader)
        ways = {_way(candidate) for candidate in trained}
        missing = [way for way in _WAYS if way in ways and way not in chosen]
        if leader is not None and leader not in {row.candidate for row in chosen.values()}:
            missing.append(f"the leader, candidate {leader}")
    shown = []
    for way, row in chosen.items():
        expected = NetworkSpec.from_dict(candidates[row.candidate].spec)
        loaded = load(checkpoint_path(row.name), expected=expected, sha256=row.sha256)
        shown.append(Shown(way, loaded))
    return KeptNetworks(shown, tuple(missing))


def _compared(
    kept: Sequence[CheckpointRecord],
    candidates: Mapping[int, Candidate],
    comparison: Comparison,
    phi: float | None,
    sweep_id: int,
) -> tuple[dict[str, CheckpointRecord], float]:
    """What is shown of a comparison, and at which φ."""
    best: dict[int, CheckpointRecord] = {}
    for row in kept:  # the most accurate first
        best.setdefault(row.candidate, row)
    by_aim = {
        aim: index for index in best for aim in map(Aim.of_role, candidates[index].roles) if aim
    }

    def methods_at(phi: float) -> list[str]:
        return [one.name for one in comparison.methods if Aim(one.name, phi) in by_aim]

    if phi is not None and phi not in comparison.phis:
        known = ", ".join(map(exactly, comparison.phis))
        raise InputError(
            f"phi is {exactly(phi)}: sweep {sweep_id} compares at φ = {known}; choose of them"
        )
    at = max(comparison.phis, key=lambda one: (len(methods_at(one)), one)) if phi is None else phi
    networks: dict[int, list[str]] = {}
    for method in methods_at(at):
        networks.setdefault(by_aim[Aim(method, at)], []).append(method)
    if not networks:
        raise InputError(
            f"sweep {sweep_id} kept no weights of a way of scaling at φ = {exactly(at)}: run a "
            "comparison with --keep-checkpoints all"
        )
    chosen = {}
    for index, row in best.items():
        if "baseline" in candidates[index].roles:
            chosen["baseline"] = row
    # Methods that round to one network are one column.
    return chosen | {", ".join(names): best[index] for index, names in networks.items()}, at


def _not_compared(
    kept: Sequence[CheckpointRecord],
    trained: Sequence[Candidate],
    comparison: Comparison,
    phi: float,
) -> list[str]:
    """The baseline and the methods at this φ that were trained and left no weights."""
    left = {row.candidate for row in kept}
    roles = {role for one in trained if one.index not in left for role in one.roles}
    missing = ["baseline"] if "baseline" in roles else []
    aims = {aim for role in roles if (aim := Aim.of_role(role))}
    named = (one.name for one in comparison.methods if Aim(one.name, phi) in aims)
    return [*missing, *(f"{name} at φ = {exactly(phi)}" for name in named)]


def _searched(
    kept: Sequence[CheckpointRecord], candidates: Mapping[int, Candidate], leader: int | None
) -> dict[str, CheckpointRecord]:
    """What is shown of a search."""
    chosen: dict[str, CheckpointRecord] = {}
    for row in kept:  # the most accurate first
        way = _way(candidates[row.candidate])
        if way not in chosen or (row.candidate == leader != chosen[way].candidate):
            chosen[way] = row
    return {way: chosen[way] for way in _WAYS if way in chosen}


_WAYS: Final = ("baseline", "depth", "width", "resolution", "compound")


def _way(candidate: Candidate) -> str:
    if "baseline" in candidate.roles:
        return "baseline"
    alone = [name for name, share in (candidate.shares or {}).items() if share >= _CORNER]
    return alone[0] if alone else "compound"
