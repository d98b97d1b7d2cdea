"""Formats of exported networks: how one network or a whole family is written as text."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, TypeVar

import yaml

from search_spaces.errors import InputError
from search_spaces.families import ScaledNetwork
from search_spaces.human import amount

_Content = TypeVar("_Content")

JSON_TYPE: Final = "application/json"
YAML_TYPE: Final = "application/yaml"
PYTHON_TYPE: Final = "text/x-python"


@dataclass(frozen=True)
class Named:
    """A network with its name in the exported file, an identifier such as b3."""

    name: str
    network: ScaledNetwork

    @property
    def summary(self) -> str:
        """One line for people: its size, and its baseline."""
        spec, cost = self.network.spec, self.network.complexity
        return (
            f"{self.name} of {spec.baseline}: {amount(cost.params)} parameters, "
            f"{amount(cost.flops)} FLOPs at {spec.resolution_px} px, {spec.classes} classes."
        )


@dataclass(frozen=True, kw_only=True)
class Format(ABC):
    """A way to write networks as text that another program loads.

    Attributes:
        name: its name on the command line and over HTTP.
        loads: the program that loads the file, and how.
        notes: for people, differences between the loaded network and ours.
        suffix: of a file's name, with its dot.
        media_type: over HTTP.
    """

    name: str
    loads: str
    notes: tuple[str, ...] = ()
    suffix: ClassVar[str]
    media_type: ClassVar[str]

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

    def _write(self, named: Named, write: Callable[[Named], _Content]) -> _Content:
        try:
            return write(named)
        except InputError as error:
            raise InputError(f"{named.name}: {self.name} {error}") from None


def cannot(field: str, value: object, rule: str, remedy: str) -> InputError:
    """The error of a format, whose name comes before it, that cannot express a field."""
    return InputError(f"cannot express {field} {value}: {rule}; {remedy}")


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


@dataclass(frozen=True, kw_only=True)
class JsonFormat(Format):
    """One JSON document per network; a family is an object of them, by name."""

    document: Callable[[Named], dict[str, Any]]
    suffix = ".json"
    media_type = JSON_TYPE

    def one(self, named: Named) -> str:
        """The document."""
        return as_json(self._write(named, self.document))

    def many(self, family: Sequence[Named]) -> str:
        """An object from names to documents."""
        return as_json({named.name: self._write(named, self.document) for named in family})


@dataclass(frozen=True, kw_only=True)
class YamlFormat(Format):
    """One YAML document per network; a family is a stream of them."""

    document: Callable[[Named], dict[str, Any]]
    suffix = ".yaml"
    media_type = YAML_TYPE

    def one(self, named: Named) -> str:
        """The document under a comment with the network's summary."""
        comment = "".join(f"# {line}\n" for line in (named.summary, *self.notes))
        return comment + as_yaml(self._write(named, self.document))

    def many(self, family: Sequence[Named]) -> str:
        """The documents, separated by lines of three dashes."""
        return "---\n".join(self.one(named) for named in family)


@dataclass(frozen=True, kw_only=True)
class PythonFormat(Format):
    """A Python module with one function per network, which builds it freshly initialised.

    `imports` gives the lines that a network's function needs, `body` the function's own.
    """

    imports: Callable[[Named], tuple[str, ...]]
    body: Callable[[Named], str]
    decorator: str = ""
    suffix = ".py"
    media_type = PYTHON_TYPE

    def one(self, named: Named) -> str:
        """A module with one function."""
        return self.many([named])

    def many(self, family: Sequence[Named]) -> str:
        """A module with a function each, and a dictionary of them."""
        imports = sorted({line for named in family for line in self.imports(named)})
        functions = [self._function(named) for named in family]
        names = ", ".join(f'"{named.name}": {named.name}' for named in family)
        notes = "".join(f"# {note}\n" for note in self.notes)
        parts = [notes + "\n".join(imports), *functions, f"FAMILY = {{{names}}}"]
        return "\n\n\n".join(parts) + "\n"

    def _function(self, named: Named) -> str:
        decorator = f"{self.decorator}\n" if self.decorator else ""
        arguments = "pretrained=False, **kwargs" if self.decorator else ""
        lines = (f'"""{named.summary}"""', *self._write(named, self.body).splitlines())
        body = "\n".join(f"    {line}".rstrip() for line in lines)
        return f"{decorator}def {named.name}({arguments}):\n{body}"
