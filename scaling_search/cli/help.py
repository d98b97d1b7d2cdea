"""The layout of `--help`: commands and options under headings."""

from __future__ import annotations

from typing import Any, Final

from typer.core import TyperCommand, TyperGroup

_MANY: Final = 8
"""So many options are listed under one heading; more are grouped."""


class PanelCommand(TyperCommand):
    """A command whose options are grouped where there are many."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write arguments and options."""
        arguments, panels = [], dict[str, list[tuple[str, str]]]()
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is None:
                continue
            if parameter.param_type_name == "argument":
                arguments.append(record)
            else:
                panel = getattr(parameter, "rich_help_panel", None) or "Options"
                panels.setdefault(panel, []).append(record)
        listed = [record for records in panels.values() for record in records]
        if len(listed) <= _MANY:
            panels = {"Options": listed}
        for heading, records in {"Arguments": arguments, **panels}.items():
            if records:
                with formatter.section(heading):
                    formatter.write_dl(records)


class PanelGroup(TyperGroup):
    """A group of commands that are listed under the headings with which they were added."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write names and summaries, aligned over all headings."""
        panels: dict[str, list[tuple[str, Any]]] = {}
        for name in self.list_commands(ctx):
            command = self.get_command(ctx, name)
            if command is not None and not command.hidden:
                panel = getattr(command, "rich_help_panel", None) or "Commands"
                panels.setdefault(panel, []).append((name, command))
        width = max(len(name) for rows in panels.values() for name, _ in rows)
        for heading, rows in panels.items():
            with formatter.section(heading):
                formatter.write_dl(
                    [
                        (name.ljust(width), command.get_short_help_str(formatter.width - 6 - width))
                        for name, command in rows
                    ]
                )
