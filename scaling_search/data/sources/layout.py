"""Which stored split plays which part.

Validation is always split from the training images by a recorded seed, so that every data set
is treated alike; a stored validation split becomes the test split where there is no other, as
with ImageNet, whose val/ is what the literature tests on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_ROLES = {
    "train": ("train", "training"),
    "test": ("test", "testing", "eval", "evaluation"),
    "validation": ("val", "valid", "validation", "dev"),
}
"""The words that Hugging Face's `datasets` knows, too."""

_ROLE = {word: role for role, words in _ROLES.items() for word in words}
_JOINED = re.compile(
    rf"({'|'.join(sorted(_ROLE, key=len, reverse=True))})(set|data|dataset|images|imgs|img|split)"
)


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
    """Sorts the names of stored splits into their parts."""
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
    return _ROLE.get(name.lower())


def role_within(name: str) -> str | None:
    """The role that a name's words tell: `seg_train`, `training_set`, `TestImages`, `val2017`.

    None where no word does, or where words contradict one another (`train_test`).
    """
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    known = set()
    for word in re.split(r"[^a-z]+", spaced.lower()):
        joined = _JOINED.fullmatch(word)
        known.add(_ROLE.get(joined[1] if joined else word))
    known.discard(None)
    return known.pop() if len(known) == 1 else None


def note_on_test(name: str, role: str | None) -> str | None:
    """What to say of the split that is taken as the test split, where it is not called so."""
    if role == "test":
        return None
    return (
        f"{name} is treated as the test split; validation images are split from the training "
        "images by a recorded seed"
    )


def note_on_unused(name: str, role: str | None, used: str) -> str:
    """What to say of a stored validation split, or another test split, beside the one in use."""
    if role == "test":
        return f"{name} is not used: {used} is the test split"
    return f"{name} is not used: validation images are split from the training images"
