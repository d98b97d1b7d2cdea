"""Check that no folder of the user hides one of the four installed packages."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from search_spaces.errors import InputError

PACKAGES = ("scaling_search", "search_spaces", "results", "api")


def _folder(package: str) -> Path | None:
    """The folder that `import package` would load, without loading it."""
    spec = find_spec(package)
    places = list(spec.submodule_search_locations or []) if spec else []
    return Path(places[0]).resolve() if places else None


def check_installation(packages: Iterable[str] = PACKAGES) -> None:
    """Refuse to run with packages from different places.

    Raises:
        InputError: one of them is missing, or comes from another place than this file.
    """
    home = Path(__file__).resolve().parents[2]
    for package in packages:
        found = _folder(package)
        if found is None:
            raise InputError(
                f"the package {package} is missing from {home}: reinstall scaling-search"
            )
        if found != home / package:
            raise InputError(
                f"{found} hides the package {package} of scaling-search, which is in {home}: "
                "run the command from another folder, rename that one, or take it out of PYTHONPATH"
            )
