"""Options that belong together as one value: dataclass parameters for Typer.

Typer makes one option of every parameter of a function. Here a parameter may also be a frozen
dataclass whose fields are options:

    @options("Training")
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
import re
from collections.abc import Callable, Container
from typing import Any, Final, TypeVar, dataclass_transform, get_args, get_origin, get_type_hints

import typer

_INFO: Final = "typer"
_T = TypeVar("_T")


def _field(kind: Callable[..., Any], default: Any, *names: str, **details: Any) -> Any:
    # Typer says None where a list is empty.
    info = kind(None if default == () else default, *names, **details)
    return dataclasses.field(
        metadata={_INFO: info}, **({} if default is ... else {"default": default})
    )


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
    return _field(typer.Option, default, *names, **details)


def flag(name: str, text: str) -> Any:
    """A field that is an option without a value: False unless it is given."""
    return option(name, None, text, default=False)


def argument(
    metavar: str, text: str, default: Any = ..., *, complete: Callable[..., Any] | None = None
) -> Any:
    """A field that is given by its position; required unless it has a default."""
    return _field(typer.Argument, default, metavar=metavar, help=text, autocompletion=complete)


@dataclass_transform(kw_only_default=True, frozen_default=True)
def options(panel: str | None = None) -> Callable[[type[_T]], type[_T]]:
    """Make a class a frozen dataclass of options, which `--help` lists under one heading."""

    def make(cls: type[_T]) -> type[_T]:
        made = dataclasses.dataclass(frozen=True, kw_only=True)(cls)
        for name in cls.__annotations__:
            info = made.__dataclass_fields__[name].metadata.get(_INFO)  # type: ignore[attr-defined]
            if info is not None:
                info.rich_help_panel = panel
        return made

    return make


def changed(*values: Any, ignore: Container[str] = ()) -> list[str]:
    """The fields of option values that differ from their defaults."""
    return [
        one.name
        for value in values
        for one in dataclasses.fields(value)
        if one.name not in ignore and getattr(value, one.name) != one.default
    ]


class Without:
    """Fields of a dataclass parameter that a command does not offer as options."""

    def __init__(self, *names: str) -> None:
        self.names = names


@functools.cache
def _options_of(cls: type) -> dict[str, inspect.Parameter]:
    """The options of a dataclass, as parameters of a function."""
    hints, made = get_type_hints(cls), {}
    for name, field in cls.__dataclass_fields__.items():  # type: ignore[attr-defined]
        if _INFO in field.metadata:
            hint = hints[name]
            if get_origin(hint) is tuple:
                hint = list[get_args(hint)[0]]  # type: ignore[misc]
            made[name] = _parameter(name, field.metadata[_INFO], hint)
    return made


def _parameter(name: str, default: Any, hint: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=hint)


def _present(given: dict[str, Any]) -> dict[str, Any]:
    """The options that Typer has a value for; lists as tuples."""
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in given.items()
        if value is not None
    }


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
            shown = [made for made in _options_of(cls).values() if made.name not in hidden]
            groups[name] = cls, [made.name for made in shown]
            parameters += shown
        else:
            parameters.append(_parameter(name, one.default, hints[name]))

    def run(**given: Any) -> None:
        values = {
            name: cls(**_present({field: given.pop(field) for field in fields}))
            for name, (cls, fields) in groups.items()
        }
        command(**given, **values)

    functools.update_wrapper(run, command)
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    paragraphs = inspect.cleandoc(command.__doc__ or "").split("\n\n")
    indented = re.compile("^  ", re.MULTILINE)
    run.__doc__ = "\n\n".join(f"\b\n{one}" if indented.search(one) else one for one in paragraphs)
    return run
