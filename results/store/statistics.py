"""Figures over all sweeps, for those who watch the service."""

from collections.abc import Iterable

from sqlalchemy import func, select

from results.schema import SweepRow, TrialRow
from results.states import SweepState, TrialState
from results.store.fencing import driven, shown_state
from results.store.rows import Section, in_chunks


class StatisticsSection(Section):
    """Counting sweeps, trials and images."""

    def ping(self) -> None:
        """Return if the database answers.

        Raises:
            DatabaseUnavailableError: if it does not.
        """
        with self._database.read() as connection:
            connection.execute(select(SweepRow.id).limit(1))

    def sweep_states(self) -> dict[int, SweepState]:
        """The state of every sweep; `interrupted` where its driver is gone."""
        with self._database.read() as connection:
            statement = select(SweepRow.id, shown_state(driven(connection)).label("state"))
            return {row.id: row.state for row in connection.execute(statement)}

    def queue_length(self) -> int:
        """How many sweeps wait for a runner."""
        waiting = select(func.count()).where(
            SweepRow.state == SweepState.QUEUED, SweepRow.queued_at.is_not(None)
        )
        with self._database.read() as connection:
            return connection.execute(waiting).scalar_one()

    def running_trials(self) -> int:
        """How many trials are being trained by a live driver."""
        with self._database.read() as connection:
            running = (
                select(func.count())
                .select_from(TrialRow)
                .join(SweepRow, SweepRow.id == TrialRow.sweep_id)
                .where(driven(connection), TrialRow.state == TrialState.RUNNING)
            )
            return connection.execute(running).scalar_one()

    def failed_trials(self) -> int:
        """How many trials failed, and wait for their sweeps to be resumed."""
        failed = (
            select(func.count()).select_from(TrialRow).where(TrialRow.state == TrialState.FAILED)
        )
        with self._database.read() as connection:
            return connection.execute(failed).scalar_one()

    def trained_images(self, sweep_ids: Iterable[int]) -> dict[int, int]:
        """How many images the ended trials of each sweep were trained on, repeats counted."""
        found = dict.fromkeys(sweep_ids, 0)
        with self._database.read() as connection:
            for chunk in in_chunks(sorted(found)):
                statement = (
                    select(TrialRow.sweep_id, func.sum(TrialRow.images))
                    .where(TrialRow.sweep_id.in_(chunk))
                    .group_by(TrialRow.sweep_id)
                )
                for sweep_id, images in connection.execute(statement):
                    found[sweep_id] = int(images or 0)
        return found
