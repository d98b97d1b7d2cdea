"""Which stored split plays which part.

Validation is always split from the training images by a recorded seed, so that every data set
is treated alike; a stored validation split becomes the test split where there is no other, as
with ImageNet, whose val/ is what the literature tests on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_TRAIN = ("train", "training")
_TEST = ("test", "testing")
_VALIDATION = ("val", "valid", "validation", "dev")


@dataclass(frozen=True)
class Roles:
    """Stored splits by the part they may play, each by its stored name.

    Attributes:
        train: the training split; None where no stored split is called so.
        test: what may be the test split, the best first.
        other: names that are no split.
    """

    train: str | None
    test: tuple[str, ...]
    other: tuple[str, ...]


def roles(names: Iterable[str]) -> Roles:
    """Sorts the names of folders or stored splits into their parts."""
    by_role: dict[str, list[str]] = {"train": [], "test": [], "validation": [], "other": []}
    for name in sorted(names):
        by_role[role_of(name) or "other"].append(name)
    train = by_role["train"]
    return Roles(
        train[0] if train else None,
        (*by_role["test"], *by_role["validation"]),
        (*by_role["other"], *train[1:]),
    )


def role_of(name: str) -> str | None:
    """`train`, `test`, `validation`, or None for a name that is no split."""
    lower = name.lower()
    for role, names in (("train", _TRAIN), ("test", _TEST), ("validation", _VALIDATION)):
        if lower in names:
            return role
    return None


def note_on_test(name: str) -> str | None:
    """What to say of the split that is taken as the test split, where it is not called so."""
    if role_of(name) == "test":
        return None
    return (
        f"{name} is treated as the test split; validation images are split from the training "
        "images by a recorded seed"
    )


def note_on_unused(name: str) -> str:
    """What to say of a stored validation split beside a test split."""
    return f"{name} is not used: validation images are split from the training images"
