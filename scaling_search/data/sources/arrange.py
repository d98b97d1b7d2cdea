"""Which folders of a folder are classes, and which are splits.

Judged by names and by what is in them: class folders hold images, splits hold class folders.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from scaling_search.data.sources.layout import role_of, role_within
from scaling_search.data.sources.tree import Folder
from search_spaces.errors import InputError
from search_spaces.names import composed
from search_spaces.specs.data import Layout

AS_CLASSES = "set layout to classes (--set data.layout=classes)"
"""How to say that folders are classes, whatever they are called."""

_IMAGES = "images image imgs img jpegimages jpgs pictures photos"
_PICTURES = frozenset(_IMAGES.split())
_WRAPPERS = frozenset({"data", "dataset", "datasets", "archive", "raw"} | _PICTURES)
_BELONGING = (
    "labels label masks mask annotations annotation annots boxes bboxes segmentation segmentations "
    "segmentationclass segmentationobject groundtruth gt imagesets trimaps"
)
_ANSWERS = frozenset(_BELONGING.split())


@dataclass(frozen=True)
class Arrangement:
    """Where the classes of a data set are.

    Attributes:
        train: the folder whose folders are the classes to train on.
        tests: what may be the test split, the best first: as named, the role that its name tells,
            and where its classes are.
        splits: the folder that holds the splits, and the training split; None without splits.
        unused: folders with images beside the splits.
        around: folders that were gone through to the classes, from the outermost on.
    """

    train: Folder
    tests: tuple[tuple[Folder, str, Folder], ...] = ()
    splits: tuple[Folder, Folder] | None = None
    unused: tuple[Folder, ...] = ()
    around: tuple[Folder, ...] = ()


def arrange(root: Folder, layout: Layout) -> Arrangement:
    """Find the classes below a folder.

    Args:
        root: the folder that was named.
        layout: `classes` takes its folders as classes, whatever they are called and hold.

    Raises:
        InputError: the folders are splits, sources, or images and masks, and their names do not say
            which is which.
    """
    if layout == "classes":
        return Arrangement(root)
    folder = root
    around: list[Folder] = []
    while True:
        if (arrangement := _splits(folder)) is not None:
            return replace(arrangement, around=(*around, *arrangement.around))
        if (inner := _wrapped(folder)) is None:
            break
        around.append(folder)
        folder = inner
    names = [one.name for one in folder.folders]
    if names and all(map(role_of, names)):
        raise InputError(
            f"{folder} holds {', '.join(names)} but no train: a folder of splits needs train/ with "
            "one sub-folder per class"
        )
    _check_classes(folder)
    return Arrangement(folder, around=tuple(around))


def listed(folders: Sequence[Folder], most: int = 4) -> str:
    """The names of folders: `a/, b/ and c/`; many are counted."""
    names = [f"{folder.name}/" for folder in folders[:most]]
    if len(folders) > most:
        return f"{', '.join(names)} and {len(folders) - most} more"
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def class_names(folder: Folder) -> set[str]:
    """The classes that have images."""
    return {composed(one.path.name) for one in folder.filled}


def _splits(folder: Folder) -> Arrangement | None:
    """The splits of a folder, if its folders are splits.

    A folder called train is one. A name that only contains the word (`seg_train`, `train_station`)
    is taken for one where it holds class folders and a test split stands beside it.
    """
    exact = [one for one in folder.folders if role_of(one.path.name) == "train"]
    likely = [one for one in folder.filled if role_within(one.path.name) == "train"]
    tests = [
        (one, role, _unwrapped(one)[-1])
        for wanted in ("test", "validation")
        for exactly in (True, False)
        for one in folder.folders
        if (role := role_within(one.path.name)) == wanted
        and (role_of(one.path.name) == wanted) == exactly
    ]
    if exact:
        train = exact[0]
    elif len(likely) == 1:
        train = likely[0]
    else:
        return None
    *around, classes = _unwrapped(train)
    if exact:
        _check_classes(classes)
    else:
        own = class_names(classes)
        fitting = any(one.has_images and class_names(held) <= own for one, _, held in tests)
        if len(own) < 2 or classes.images or not fitting:
            return None
    splits = {id(train), *(id(one) for one, _, _ in tests)}
    return Arrangement(
        classes,
        tuple(tests),
        (folder, train),
        tuple(one for one in folder.filled if id(one) not in splits),
        (folder, *around),
    )


def _unwrapped(folder: Folder) -> list[Folder]:
    """A folder, and the folders that one goes through to its classes, which are in the last."""
    through = [folder]
    while (inner := _wrapped(through[-1])) is not None:
        through.append(inner)
    return through


def _wrapped(folder: Folder) -> Folder | None:
    """The one folder in a folder that holds its classes or splits; None where it is a class."""
    filled = folder.filled
    if folder.images or len(filled) != 1:
        return None
    (only,) = filled
    if only.images or not only.filled:
        return None
    name, own = only.path.name.lower(), folder.path.name.lower()
    if name == own or name in _WRAPPERS or role_within(name) is not None:
        return only
    splits = any(role_of(one.path.name) == "train" for one in only.filled)
    return only if splits or _wrapped(only) is not None else None


def _check_classes(folder: Folder) -> None:
    """Refuse folders that are no classes.

    Raises:
        InputError: they are images and what belongs to them, splits without classes, or hold the
            same folders.
    """
    by_word = {_word(one): one for one in folder.folders}
    pictures = [one for word, one in by_word.items() if word in _PICTURES and one.has_images]
    answers = [one for word, one in by_word.items() if word in _ANSWERS]
    if pictures and answers:
        raise InputError(
            f"{folder} holds {listed([*pictures, *answers])}: that is a data set for detection or "
            "segmentation, and classes are told by folders here; put the images of each class into "
            f"a folder named after it, or {AS_CLASSES} if these are classes"
        )
    filled = folder.filled
    if len(filled) < 2:
        return
    words = [role_within(one.path.name) for one in filled]
    if "train" in words and all(words) and not any(one.filled for one in filled):
        raise InputError(
            f"{folder} holds {listed(filled)}, which are called like splits and hold images but no "
            "class folders: put the images of each class into a sub-folder of them named after it, "
            f"or {AS_CLASSES} if they are classes"
        )
    _check_shared(folder, filled)
    _check_within(folder, filled)


def _check_within(folder: Folder, filled: Sequence[Folder]) -> None:
    """Refuse a folder that holds a data set of its own, or once more what lies beside it."""
    beside = class_names(folder)
    for one in filled:
        inner = _unwrapped(one)[-1]
        if (
            (arrangement := _splits(inner)) is not None
            and arrangement.tests
            and arrangement.splits is not None
        ):
            splits = [arrangement.splits[1], *(named for named, _, _ in arrangement.tests)]
            raise InputError(
                f"{folder} has the folder {one.name}/, which holds splits ({listed(splits)}), "
                f"beside {listed([other for other in filled if other is not one])}: name "
                f"{inner} to read them, or {AS_CLASSES} if all of them are classes"
            )
        again = [below for below in inner.filled if composed(below.path.name) in beside]
        if len(again) > 1:
            raise InputError(
                f"{folder} has the folder {one.name}/, which holds folders that lie beside it, "
                f"too ({listed(again)}): move one of both away, name {inner} to read that one, or "
                f"{AS_CLASSES} if all of them are classes"
            )


def _check_shared(folder: Folder, filled: Sequence[Folder]) -> None:
    inner = {one: {below.path.name for below in _unwrapped(one)[-1].filled} for one in filled}
    counts = Counter(name for names in inner.values() for name in names)
    shared = {name for name, count in counts.items() if count > 1}
    if len(shared) == 1:
        # `images` alone in each class is a way of storing them; beside others it is a class.
        holders = [names for names in inner.values() if shared <= names]
        if not (any(len(n) == 1 for n in holders) and any(len(n) > 1 for n in holders)):
            return
    if not shared:
        return
    same = [one for one in filled if inner[one] & shared]
    below = listed(
        [two for one in same[:1] for two in _unwrapped(one)[-1].filled if two.path.name in shared]
    )
    if all(role_of(name) for name in shared):
        raise InputError(
            f"{folder} has the class folders {listed(same)}, each with its own splits ({below}): "
            "splits hold classes here, not classes splits; move them, for example to "
            f"train/{same[0].name}, or {AS_CLASSES} to read all images of a class as one"
        )
    raise InputError(
        f"{folder} has the folders {listed(same)}, which hold the same sub-folders ({below}), so "
        "they are no classes: if they are splits, rename the one to train on to train and the "
        f"other to test; if they are classes all the same, {AS_CLASSES}; otherwise put the images "
        "of each class into one folder"
    )


def _word(folder: Folder) -> str:
    return "".join(char for char in folder.path.name.lower() if char.isalpha())
