"""How fast sweeps get on, for those who wait for them."""

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import func, or_, select

from results.schema import CandidateRow, SweepRow, TrialRow
from results.states import TrialState
from results.store.rows import Section, in_chunks
from results.values import Climb, Work


class PaceSection(Section):
    """Reading what a live view shows beside the counts; an unknown sweep simply has nothing."""

    def climbs(self, sweep_ids: Iterable[int]) -> dict[int, tuple[Climb, ...]]:
        """For each sweep, how the best accuracy of a trial rose; the last is the best so far."""
        found: dict[int, list[Climb]] = {sweep_id: [] for sweep_id in sweep_ids}
        order = (TrialRow.finished_at, TrialRow.id)
        place = func.row_number().over(partition_by=TrialRow.sweep_id, order_by=order)
        before = func.max(TrialRow.accuracy).over(
            partition_by=TrialRow.sweep_id, order_by=order, rows=(None, -1)
        )
        with self._database.read() as connection:
            for chunk in in_chunks(sorted(found)):
                trials = (
                    select(
                        TrialRow.sweep_id,
                        TrialRow.accuracy,
                        place.label("trials"),
                        before.label("before"),
                    )
                    .where(TrialRow.sweep_id.in_(chunk), TrialRow.state == TrialState.FINISHED)
                    .subquery()
                )
                rose = or_(trials.c.before.is_(None), trials.c.accuracy > trials.c.before)
                statement = select(trials).where(rose).order_by(trials.c.sweep_id, trials.c.trials)
                for row in connection.execute(statement):
                    found[row.sweep_id].append(Climb(trials=row.trials, accuracy=row.accuracy))
        return {sweep_id: tuple(climb) for sweep_id, climb in found.items()}

    def work(self, sweep_id: int) -> Work:
        """What the sweep's trials took so far, and what is left."""
        by_state = (
            select(
                TrialRow.state,
                func.sum(CandidateRow.flops).label("flops"),
                func.sum(TrialRow.train_seconds).label("seconds"),
            )
            .join(CandidateRow, CandidateRow.id == TrialRow.candidate_id)
            .where(TrialRow.sweep_id == sweep_id)
            .group_by(TrialRow.state)
        )
        running = (
            select(CandidateRow.flops, TrialRow.started_at)
            .join(TrialRow, TrialRow.candidate_id == CandidateRow.id)
            .where(TrialRow.sweep_id == sweep_id, TrialRow.state == TrialState.RUNNING)
        )
        with self._database.read() as connection:
            sums = {row.state: row for row in connection.execute(by_state)}
            begun = connection.execute(running).all()
        now = datetime.now(UTC)
        finished, pending = sums.get(TrialState.FINISHED), sums.get(TrialState.PENDING)
        return Work(
            finished_flops=float(finished.flops) if finished else 0.0,
            finished_seconds=float(finished.seconds or 0) if finished else 0.0,
            pending_flops=float(pending.flops) if pending else 0.0,
            running_flops=tuple(
                (float(row.flops), max(0.0, (now - row.started_at).total_seconds()))
                for row in begun
            ),
        )

    def places(self) -> tuple[tuple[str, str], ...]:
        """Baseline and data set of every sweep, each pair once, by name."""
        pair = (SweepRow.baseline, SweepRow.dataset)
        statement = select(*pair).distinct().order_by(*pair)
        with self._database.read() as connection:
            return tuple((row.baseline, row.dataset) for row in connection.execute(statement))
