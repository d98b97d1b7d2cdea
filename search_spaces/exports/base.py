"""What an export is: a named network, and a format that writes one or a whole family as text."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import yaml

from search_spaces.errors import InputError
from search_spaces.families import ScaledNetwork
from search_spaces.human import amount

_Made = TypeVar("_Made")


@dataclass(frozen=True)
class Named:
    """A network under the name that it has in the exported file, an identifier such as b3."""

    name: str
    network: ScaledNetwork

    @property
    def summary(self) -> str:
        """One line for people: its size, and where it was scaled from."""
        spec, cost = self.network.spec, self.network.complexity
        return (
            f"{self.name} of {spec.baseline}: {amount(cost.params)} parameters, "
            f"{amount(cost.flops)} FLOPs at {spec.resolution_px} px, {spec.classes} classes."
        )


@dataclass(frozen=True, kw_only=True)
class Format(ABC):
    """A way to write networks as text that another program loads.

    Attributes:
        name: what users ask for.
        loads: what loads the file.
        suffix: of a file's name, with its dot.
        media_type: over HTTP.
        notes: where the loaded network behaves differently from ours, for people.
    """

    name: str
    loads: str
    suffix: str
    media_type: str
    notes: tuple[str, ...] = ()

    @abstractmethod
    def one(self, named: Named) -> str:
        """A file of one network.

        Raises:
            InputError: the format cannot express a field of the network; it names the field.
        """

    @abstractmethod
    def many(self, family: Sequence[Named]) -> str:
        """A file of several networks.

        Raises:
            InputError: as `one`.
        """


JSON_TYPE: Final = "application/json"
YAML_TYPE: Final = "application/yaml"
PYTHON_TYPE: Final = "text/x-python"


def as_json(document: Any) -> str:
    """Plain values as JSON text."""
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def as_yaml(document: Any) -> str:
    """Plain values as YAML text; lists of numbers stand on one line."""
    # The C emitter of PyYAML's wheels is ten times as fast; a build without libyaml lacks it.
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    return str(
        yaml.dump(
            document, Dumper=dumper, sort_keys=False, allow_unicode=True, default_flow_style=None
        )
    )


def _of(named: Named, make: Callable[[Named], _Made]) -> _Made:
    """What `make` makes of a network; an error says of which."""
    try:
        return make(named)
    except InputError as error:
        raise InputError(f"{named.name}: {error}") from None


@dataclass(frozen=True, kw_only=True)
class JsonFormat(Format):
    """One JSON document a network; a family is an object of them, by name."""

    document: Callable[[Named], dict[str, Any]]

    def one(self, named: Named) -> str:
        """The document."""
        return as_json(_of(named, self.document))

    def many(self, family: Sequence[Named]) -> str:
        """An object from names to documents."""
        return as_json({named.name: _of(named, self.document) for named in family})


@dataclass(frozen=True, kw_only=True)
class YamlFormat(Format):
    """One YAML document a network; a family is a stream of them."""

    document: Callable[[Named], dict[str, Any]]

    def one(self, named: Named) -> str:
        """The document under a comment that says what it is."""
        remarks = "".join(f"# {note}\n" for note in self.notes)
        return f"# {named.summary}\n{remarks}{as_yaml(_of(named, self.document))}"

    def many(self, family: Sequence[Named]) -> str:
        """The documents, separated by lines of three dashes."""
        return "---\n".join(self.one(named) for named in family)


@dataclass(frozen=True, kw_only=True)
class PythonFormat(Format):
    """A Python module with one function a network, which builds it freshly initialised.

    `imports` gives the lines that a network's function needs, `body` the function's own.
    """

    imports: Callable[[Named], tuple[str, ...]]
    body: Callable[[Named], str]
    decorator: str = ""

    def one(self, named: Named) -> str:
        """A module with one function."""
        return self.many([named])

    def many(self, family: Sequence[Named]) -> str:
        """A module with a function each, and a dictionary of them."""
        imports = sorted({line for named in family for line in self.imports(named)})
        functions = [self._function(named) for named in family]
        names = ", ".join(f'"{named.name}": {named.name}' for named in family)
        head = "".join(f"# {note}\n" for note in self.notes)
        parts = [head + "\n".join(imports), *functions, f"FAMILY = {{{names}}}"]
        return "\n\n\n".join(parts) + "\n"

    def _function(self, named: Named) -> str:
        body = "".join(f"    {line}".rstrip() + "\n" for line in _of(named, self.body).splitlines())
        arguments = "pretrained=False, **kwargs" if self.decorator else ""
        decorated = f"{self.decorator}\n" if self.decorator else ""
        summary = f'    """{named.summary}"""\n'
        return f"{decorated}def {named.name}({arguments}):\n{summary}{body}".rstrip("\n")


def cannot(name: str, field: str, value: object, rule: str, remedy: str) -> InputError:
    """The error of a format that cannot express a field."""
    return InputError(f"{name} cannot express {field} {value}: {rule}; {remedy}")
