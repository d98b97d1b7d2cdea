"""Data sets that sweeps have seen, by name and content fingerprint."""

from typing import Any

from sqlalchemy import Select, select, update

from results.columns import database_clock
from results.errors import NotFoundError
from results.schema import DatasetRow
from results.store.rows import Section, columns, fetch, insert_unless_present, values
from results.values import Dataset, NewDataset
from search_spaces.errors import suggest


class DatasetSection(Section):
    """Registering data sets and looking them up."""

    def put_dataset(self, new: NewDataset) -> Dataset:
        """Store a data set; one of the same name and fingerprint is brought up to date."""
        same = (DatasetRow.name == new.name) & (DatasetRow.fingerprint == new.fingerprint)
        stored = {
            **values(new, without=("native_px",)),
            "native_resolution_px": new.native_px,
            "seen_at": database_clock(),
        }
        with self._database.write() as connection:
            connection.execute(insert_unless_present(connection, DatasetRow).values(**stored))
            row = connection.execute(
                update(DatasetRow).where(same).values(**stored).returning(*dataset_columns())
            ).one()
            return to_dataset(**row._mapping)

    def dataset(self, name: str, *, fingerprint: str | None = None) -> Dataset:
        """The data set of this name as last seen, or as it was with this fingerprint.

        Raises:
            NotFoundError: if there is none; suggests a near name.
        """
        statement = _newest_first().where(DatasetRow.name == name).limit(1)
        if fingerprint is not None:
            statement = statement.where(DatasetRow.fingerprint == fingerprint)
        with self._database.read() as connection:
            row = connection.execute(statement).one_or_none()
            if row is not None:
                return to_dataset(**row._mapping)
            names = connection.scalars(select(DatasetRow.name).distinct()).all()
        if name in names:
            raise NotFoundError(f"data set {name} was never seen with fingerprint {fingerprint}")
        raise NotFoundError(f"data set {name!r} is not registered: {suggest(name, names)}")

    def datasets(self) -> list[Dataset]:
        """Every data set as last seen, by name."""
        newest: dict[str, Dataset] = {}
        with self._database.read() as connection:
            for dataset in fetch(connection, to_dataset, _newest_first()):
                newest.setdefault(dataset.name, dataset)
        return [newest[name] for name in sorted(newest)]


def to_dataset(**row: Any) -> Dataset:
    """A data set from its row; names of classes and notes are among the details."""
    details = row["details"]
    return Dataset(
        class_names=tuple(details.get("class_names", ())),
        notes=tuple(details.get("notes", ())),
        **row,
    )


def dataset_columns() -> list[Any]:
    """What `to_dataset` takes."""
    others = ("class_names", "notes", "native_px")
    native_px = DatasetRow.native_resolution_px.label("native_px")
    return [*columns(DatasetRow, Dataset, without=others), native_px]


def _newest_first() -> Select[Any]:
    return select(*dataset_columns()).order_by(DatasetRow.seen_at.desc(), DatasetRow.id.desc())
