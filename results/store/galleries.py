"""Where the networks of sweeps look."""

from typing import Literal

from sqlalchemy import delete, insert, select

from results.columns import database_clock
from results.errors import NotFoundError
from results.schema import GalleryRow
from results.store.fencing import check_sweep
from results.store.rows import Section, columns, fetch, values
from results.values import Gallery, NewGallery


class GallerySection(Section):
    """Storing and reading galleries; a sweep has the latest one."""

    def put_gallery(self, new: NewGallery) -> None:
        """Store a gallery in place of the one that the sweep had.

        Raises:
            NotFoundError: if there is no such sweep.
        """
        with self._database.write() as connection:
            check_sweep(connection, new.sweep_id)
            connection.execute(delete(GalleryRow).where(GalleryRow.sweep_id == new.sweep_id))
            connection.execute(
                insert(GalleryRow).values(**values(new), created_at=database_clock())
            )

    def gallery(self, sweep_id: int) -> Gallery:
        """A sweep's gallery in figures.

        Raises:
            NotFoundError: if there is no such sweep, or it has no gallery.
        """
        statement = select(*columns(GalleryRow, Gallery)).where(GalleryRow.sweep_id == sweep_id)
        with self._database.read() as connection:
            check_sweep(connection, sweep_id)
            found = fetch(connection, Gallery, statement)
        if not found:
            raise _without(sweep_id)
        return found[0]

    def gallery_file(self, sweep_id: int, part: Literal["page", "picture"]) -> bytes:
        """Its HTML page, or its picture as PNG.

        Raises:
            NotFoundError: if there is no such sweep, or it has no gallery.
        """
        column = GalleryRow.page if part == "page" else GalleryRow.picture
        with self._database.read() as connection:
            check_sweep(connection, sweep_id)
            found = connection.scalar(select(column).where(GalleryRow.sweep_id == sweep_id))
        if found is None:
            raise _without(sweep_id)
        return found


def _without(sweep_id: int) -> NotFoundError:
    return NotFoundError(
        f"sweep {sweep_id} has no gallery: `scaling-search cam --sweep {sweep_id}` makes one"
    )
