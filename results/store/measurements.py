"""The cache of measured complexities: counting with fvcore is paid once per network, ever."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import Row, select

from results.schema import MeasurementRow
from results.store.rows import Section, columns, in_chunks, insert_unless_present, values
from results.values import Measurement, MeasurementKey


class MeasurementSection(Section):
    """Looking measurements up and storing them, many at a time."""

    def measurements(self, keys: Iterable[MeasurementKey]) -> dict[MeasurementKey, Measurement]:
        """The measurements that are stored, by key; a key without one is left out."""
        wanted = set(keys)
        specs = sorted({key.spec_key for key in wanted})
        stored: dict[MeasurementKey, Measurement] = {}
        with self._database.read() as connection:
            for chunk in in_chunks(specs):
                statement = select(
                    *columns(MeasurementRow, MeasurementKey),
                    *columns(MeasurementRow, Measurement, without=("key",)),
                ).where(MeasurementRow.spec_key.in_(chunk))
                for row in connection.execute(statement):
                    measurement = _measurement(row)
                    if measurement.key in wanted:
                        stored[measurement.key] = measurement
        return stored

    def put_measurements(self, measurements: Sequence[Measurement]) -> None:
        """Store measurements; one whose key is there already changes nothing."""
        if not measurements:
            return
        with self._database.write() as connection:
            connection.execute(
                insert_unless_present(connection, MeasurementRow),
                [
                    {**values(measurement.key), **values(measurement, without=("key",))}
                    for measurement in measurements
                ],
            )


def _measurement(row: Row[Any]) -> Measurement:
    columns = dict(row._mapping)
    key = {field.name: columns.pop(field.name) for field in fields(MeasurementKey)}
    return Measurement(key=MeasurementKey(**key), **columns)
