"""Files of networks, for this program and for other libraries."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from scaling_search.cli import coefficients, exports, network_options, options
from scaling_search.cli.planning import checked_baseline
from search_spaces.baselines import get_baseline
from search_spaces.baselines.frame import Frame
from search_spaces.coefficients import PUBLISHED
from search_spaces.errors import InputError, suggest
from search_spaces.exports import Format, Named, as_json, as_yaml, get_format, named
from search_spaces.families import PUBLISHED_FAMILIES, FamilyMember, family
from search_spaces.networks.spec import NetworkSpec

_CHECKPOINT = ".safetensors"

_DOCUMENTS = {"json": as_json, "yaml": as_yaml}
"""The formats in which the command's own JSON document is written."""


def choose_format(files: network_options.NetworkFiles) -> Format | None:
    """The format asked for, or None where a table is wanted.

    Raises:
        InputError: it is unknown, or contradicts --json, or a file is named and no format.
    """
    if files.json and files.format not in (None, "json"):
        raise InputError(f"--json and --format {files.format} are given: leave one of them out")
    if files.format is None and files.output is not None and not files.json:
        raise InputError("-o needs a format: add for example --format transformers, or --json")
    wanted = "json" if files.json else files.format
    return None if wanted is None else get_format(wanted)


def pick(members: Sequence[FamilyMember], member: str | None) -> list[FamilyMember]:
    """All of them, or the one of that name.

    Raises:
        InputError: there is none.
    """
    found = [one for one in members if member in (None, one.name)]
    if not found:
        names = [one.name for one in members]
        raise InputError(f"member {member!r} is unknown: {suggest(str(member), names)}")
    return found


def write(
    form: Format,
    family: Sequence[Named],
    document: dict[str, Any],
    files: network_options.NetworkFiles,
    *,
    single: bool,
) -> None:
    """Write networks to stdout, to one file, or to a file each in a folder.

    Args:
        form: the format.
        family: the networks.
        document: the command's own JSON document, which the formats json and yaml write.
        files: where to write.
        single: write the first network by itself, not a family of one.

    Raises:
        InputError: the format cannot express a network, or a file cannot be written.
    """
    output, force = files.output, files.force
    if output is not None and (folder := exports.as_folder(output)) is not None:
        texts = {folder / f"{one.name}{form.suffix}": form.one(one) for one in family}
        exports.make_folder(folder)
        for path in texts:
            exports.check_target(path, force=force)
        for path, content in texts.items():
            exports.write(content.encode(), path)
        return
    target = exports.place(output, "", force=force)
    as_text = _DOCUMENTS.get(form.name)
    if as_text is not None:
        text = as_text(document)
    else:
        text = form.one(family[0]) if single else form.many(family)
    exports.write(text.encode(), target)


def write_family_of(
    sweep: int, member: str | None, files: network_options.NetworkFiles, results: options.Results
) -> None:
    """Write the family of a sweep's leader, b0 to b7, or one member of it.

    Raises:
        WorkError: the sweep has no leader yet.
        InputError: as `write`.
    """
    assert files.format is not None, "called for a format of networks"
    source = coefficients.choose(str(sweep), network_options.CoefficientSource(), results)
    with checked_baseline(source.baseline, results.database) as baseline:
        members = pick(family(Frame.of(baseline), source.coefficients), member)
    write(get_format(files.format), named(members), {}, files, single=member is not None)


def spec_of(word: str, classes: int | None) -> NetworkSpec:
    """A network that is named: a published member, an exported document, or a checkpoint's.

    Raises:
        InputError: it is neither, or the file cannot be read.
    """
    path = Path(word)
    if path.suffix in (".json", ".yaml", ".yml"):
        spec = _read_spec(path)
    elif path.suffix == _CHECKPOINT:
        from scaling_search.networks.checkpoints import read_about  # it imports torch

        spec = read_about(path).network
    else:
        own = get_baseline(coefficients.DEFAULT_BASELINE)
        count = len(PUBLISHED_FAMILIES[own.name])
        made = family(Frame.of(own), PUBLISHED, members=count, convention="published")
        found = [member.spec for member in made if member.name == word]
        if not found:
            raise InputError(
                f"network {word!r} is neither b0 to b{count - 1} nor a file: `scaling-search model "
                "--format json -o net.json` writes one"
            )
        spec = found[0]
    return spec if classes is None else dataclasses.replace(spec, classes=classes)


def _read_spec(path: Path) -> NetworkSpec:
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))  # JSON is YAML
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(f"{path} cannot be read as JSON or YAML ({error})") from None
    members = document.get("members") if isinstance(document, dict) else None
    if isinstance(members, list) and len(members) == 1:
        document = members[0]
    if not isinstance(document, dict) or not isinstance(document.get("spec"), dict):
        raise InputError(
            f"{path} has no network under the key spec: write one member, for example `family "
            "--member b1 --format json`"
        )
    return NetworkSpec.from_dict(document["spec"])
