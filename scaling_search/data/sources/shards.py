"""Which split each Parquet file of a folder belongs to, by the rule of Hugging Face's `datasets`.

The first of these that says anything decides; files of which it says nothing are left out:

1. `configs` at the top of README.md;
2. shards: data/SPLIT-00000-of-00002.parquet, whatever SPLIT is;
3. folders whose name has the word train, test or validation (or another of their names);
4. files whose name has such a word;
5. otherwise all files are for training.

Written here rather than asked of the library, which takes seconds to import, fails on folders with
brackets in their name, and takes Test.parquet for training images because of its capital letter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from scaling_search.data.sources.layout import role_of
from search_spaces.errors import InputError, suggest
from search_spaces.names import printable

_SHARD = re.compile(r"data/(\w+(?:\.\w+)*)-\d{5}-of-\d{5}[^/]*", re.ASCII)
_HEAD = re.compile(r"---\s*\n(.*?)\n---\s*(\n|$)", re.DOTALL)


def splits_of(root: Path, files: Sequence[Path], config: str | None) -> dict[str, list[Path]]:
    """The files of each split, in their order.

    Args:
        root: the folder.
        files: Parquet files below it.
        config: the configuration of README.md to take, where it has several.

    Raises:
        InputError: a name says two splits, or README.md has no such configuration.
    """
    by_name = {file.relative_to(root).as_posix(): file for file in files}
    if (head := _configs(root)) is not None:
        return _configured(root, by_name, head, config)
    if config is not None:
        raise InputError(
            f"hub_config is {config!r}: {printable(str(root))} has no README.md that names "
            "configurations; leave hub_config out"
        )
    return _told_by_names(by_name)


def _told_by_names(by_name: Mapping[str, Path]) -> dict[str, list[Path]]:
    """The files of each split by the rules 2 to 5; names are relative."""
    for rule in (_by_shard, _by_folder, _by_name):
        by_split: dict[str, list[Path]] = {}
        for name, file in by_name.items():
            if (split := rule(name)) is not None:
                by_split.setdefault(split, []).append(file)
        if by_split:
            return by_split
    return {"train": list(by_name.values())}


def has_configurations(root: Path) -> bool:
    """Whether README.md says which files are read."""
    return _configs(root) is not None


def _by_shard(name: str) -> str | None:
    shard = _SHARD.fullmatch(name)
    return shard[1] if shard else None


def _by_folder(name: str) -> str | None:
    return _role(name, PurePosixPath(name).parent.parts)


def _by_name(name: str) -> str | None:
    return _role(name, (PurePosixPath(name).name,))


def _role(name: str, parts: Sequence[str]) -> str | None:
    words = {role_of(word) for part in parts for word in re.split(r"[-._ 0-9]+", part)} - {None}
    if len(words) > 1:
        raise InputError(
            f"{printable(name)} is called like {' and '.join(sorted(map(str, words)))}: a Parquet "
            "file is of one split; rename it or its folder"
        )
    return words.pop() if words else None


def _configs(root: Path) -> list[dict[str, Any]] | None:
    """What README.md says of files, as the Hub reads it; None where it says nothing."""
    try:
        head = _HEAD.match((root / "README.md").read_text(encoding="utf-8", errors="replace"))
        about = yaml.safe_load(head[1]) if head else None
    except (OSError, yaml.YAMLError):
        return None
    configs = about.get("configs") if isinstance(about, dict) else None
    if not isinstance(configs, list):
        return None
    named = [one for one in configs if isinstance(one, dict)]
    return [one for one in named if one.get("data_files") or one.get("data_dir")] or None


def _configured(
    root: Path, by_name: dict[str, Path], configs: Sequence[dict[str, Any]], config: str | None
) -> dict[str, list[Path]]:
    about = printable(str(root / "README.md"))
    named = {str(one.get("config_name", "default")): one for one in configs}
    default = next((name for name, one in named.items() if one.get("default")), "default")
    chosen = config or (default if default in named else next(iter(named)))
    if chosen not in named or (config is None and default not in named and len(named) > 1):
        problem = f"hub_config is {config!r}" if config else "hub_config is not set"
        raise InputError(
            f"{problem}: {about} names the configurations {', '.join(named)}; "
            f"{suggest(config, named) if config else 'set it to one of them'}"
        )
    if inner := str(named[chosen].get("data_dir") or "").strip("./"):
        start = f"{inner}/"
        by_name = {
            name.removeprefix(start): file
            for name, file in by_name.items()
            if name.startswith(start)
        }
        if not by_name:
            raise InputError(
                f"{about} names the folder {printable(inner)}, which holds no Parquet files: add "
                "them, or correct its data_dir"
            )
    data_files = named[chosen].get("data_files")
    if not data_files:
        return _told_by_names(by_name)
    by_split: dict[str, list[Path]] = {}
    for one in data_files if isinstance(data_files, list) else [data_files]:
        split = str(one.get("split", "train")) if isinstance(one, dict) else "train"
        paths = one.get("path", []) if isinstance(one, dict) else one
        for pattern in paths if isinstance(paths, list) else [paths]:
            try:
                fits = _glob(str(pattern))
            except re.error as error:
                raise InputError(
                    f"{about} names files by the pattern {printable(str(pattern))}, which is none "
                    f"({error}): correct its data_files"
                ) from error
            by_split.setdefault(split, []).extend(by_name[name] for name in by_name if fits(name))
    empty = [split for split, files in by_split.items() if not files]
    if empty or not by_split:
        raise InputError(
            f"{about} names files of the split {(empty or ['train'])[0]} that are not "
            "there: add them, or correct its data_files"
        )
    return by_split


def _glob(pattern: str) -> Callable[[str], bool]:
    """A pattern of paths: `*` stays within a folder, `**` does not."""
    parts = re.split(r"(\*\*/|\*\*|\*|\?|\[[^\]]+\])", pattern.removeprefix("./"))
    special = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    written = [
        special.get(part, part.replace("[!", "[^") if part.startswith("[") else re.escape(part))
        for part in parts
    ]
    matching = re.compile("".join(written))
    return lambda name: matching.fullmatch(name) is not None
