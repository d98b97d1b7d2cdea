"""Options that belong together as one value: dataclass parameters for Typer.

Typer makes one option of every parameter of a function. Here a parameter may also be a frozen
dataclass whose fields are all options:

    @option_group("Training")
    class ExecutionOptions:
        workers: int | None = option("--workers", "N", "Trials at once.")
        attempts: int = option("--attempts", "N", "Attempts of each trial.", default=2)

    def run(execution: ExecutionOptions, json: Json = False) -> None: ...

    app.command()(expand(run))

`--help` lists the fields under the heading of their class. A command may leave some out, which then
have their defaults: `Annotated[ExecutionOptions, Without("attempts")]`.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
from collections.abc import Callable
from typing import Any, TypeVar, dataclass_transform, get_args, get_origin, get_type_hints

import typer

_T = TypeVar("_T")


def option(
    name: str,
    metavar: str | None,
    text: str,
    default: Any = None,
    *,
    complete: Callable[..., Any] | None = None,
    short: str | None = None,
    **details: Any,
) -> Any:
    """A field that is an option.

    Args:
        name: what is typed, such as `--workers`.
        metavar: stands for the value in the help.
        text: the help.
        default: `...` where the option must be given.
        complete: words that the shell offers for a beginning.
        short: a second name, such as `-o`.
        details: further arguments of `typer.Option`.
    """
    names = (name,) if short is None else (name, short)
    details |= {"metavar": metavar, "help": text, "autocompletion": complete}
    return _field(typer.Option, names, default, details)


def flag(name: str, text: str) -> Any:
    """A field that is an option without a value: False unless it is given."""
    return option(name, None, text, default=False)


def argument(
    metavar: str, text: str, default: Any = ..., *, complete: Callable[..., Any] | None = None
) -> Any:
    """A field that is given by its position; required unless it has a default."""
    details = {"metavar": metavar, "help": text, "autocompletion": complete}
    return _field(typer.Argument, (), default, details)


def _field(kind: Callable[..., Any], names: tuple[str, ...], default: Any, details: Any) -> Any:
    info = kind(None if default == () else default, *names, **details)  # None: an empty list
    given = {} if default is ... else {"default": default}
    return dataclasses.field(metadata={"typer": info}, **given)


@dataclass_transform(kw_only_default=True, frozen_default=True)
def option_group(panel: str | None = None) -> Callable[[type[_T]], type[_T]]:
    """Make a class a frozen dataclass of options, which `--help` lists under one heading."""

    def make(cls: type[_T]) -> type[_T]:
        made = dataclasses.dataclass(frozen=True, kw_only=True)(cls)
        for name in cls.__annotations__:
            made.__dataclass_fields__[name].metadata["typer"].rich_help_panel = panel  # type: ignore[attr-defined]
        return made

    return make


class Without:
    """Fields of a dataclass parameter that a command does not offer as options."""

    def __init__(self, *names: str) -> None:
        self.names = names


def _parameter(name: str, default: Any, hint: Any) -> inspect.Parameter:
    kind = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(name, kind, default=default, annotation=hint)


@functools.cache
def _options_of(cls: type) -> list[inspect.Parameter]:
    """The options of a dataclass, as parameters of a function."""
    made = []
    for name, hint in get_type_hints(cls).items():
        if get_origin(hint) is tuple:
            hint = list[get_args(hint)[0]]  # type: ignore[misc]
        field = cls.__dataclass_fields__[name]  # type: ignore[attr-defined]
        made.append(_parameter(name, field.metadata["typer"], hint))
    return made


def _value(cls: Callable[..., _T], given: dict[str, Any], fields: list[str]) -> _T:
    """The value of a dataclass parameter, whose options are taken from those that were given."""
    values = {name: given.pop(name) for name in fields}
    lists = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
    return cls(**{name: one for name, one in (values | lists).items() if one is not None})


def expand(command: Callable[..., None]) -> Callable[..., None]:
    """A function for Typer, with the fields of every dataclass parameter as options.

    Indented lines of its docstring, such as examples, stay as they are in `--help`.
    """
    hints = get_type_hints(command, include_extras=True)
    groups: dict[str, tuple[Callable[..., Any], list[str]]] = {}
    parameters: list[inspect.Parameter] = []
    for name, one in inspect.signature(command).parameters.items():
        cls, *notes = get_args(hints[name]) or (hints[name],)
        if dataclasses.is_dataclass(cls) and isinstance(cls, type):
            hidden = {field for note in notes for field in note.names}
            shown = [made for made in _options_of(cls) if made.name not in hidden]
            groups[name] = cls, [made.name for made in shown]
            parameters += shown
        else:
            parameters.append(_parameter(name, one.default, hints[name]))

    def run(**given: Any) -> None:
        values = {name: _value(cls, given, fields) for name, (cls, fields) in groups.items()}
        command(**given, **values)

    functools.update_wrapper(run, command)
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    paragraphs = inspect.cleandoc(command.__doc__ or "").split("\n\n")
    run.__doc__ = "\n\n".join(f"\b\n{one}" if "\n  " in f"\n{one}" else one for one in paragraphs)
    return run
