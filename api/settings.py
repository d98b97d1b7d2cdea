"""Everything that can be set about the service: one table of name, default and help.

A setting comes from the environment (`SCALING_SEARCH_` and its name), else from a TOML file, else
from its default. The file is the one that SCALING_SEARCH_SETTINGS names, else `settings.toml` in
the user's configuration folder.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from platformdirs import user_config_path
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from search_spaces.errors import InputError, suggest

PREFIX: Final = "SCALING_SEARCH_"
FILE_VARIABLE: Final = PREFIX + "SETTINGS"
LOOPBACK_NAMES: Final = ("localhost", "127.0.0.1", "[::1]")

Names = Annotated[tuple[str, ...], NoDecode]
"""In the environment, a list is written with commas."""


class Settings(BaseSettings):
    """The service's settings, frozen once read; see `load`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", hide_input_in_errors=True
    )

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8321, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    database_url: SecretStr | None = Field(
        None,
        description="Database of the results; never shown. Without it, the embedded SQLite file in "
        "the user's data folder.",
    )
    require_tokens: bool = Field(
        False,
        description="Ask for a token even on a loopback address. Elsewhere a token is always "
        "needed.",
    )
    allowed_hosts: Names = Field(
        (),
        description="Host names that requests may carry, separated by commas. By default the "
        "loopback names on a loopback address, and any name elsewhere.",
    )
    allowed_origins: Names = Field(
        (),
        description="Origins (https://site.example) of other sites whose pages may call the "
        "service, separated by commas; none by default.",
    )
    data_roots: Annotated[tuple[Path, ...], NoDecode] = Field(
        (),
        description="Folders, separated by commas, below which a submitted sweep may name a data "
        "set by its path; elsewhere only registered names count.",
    )
    session_hours: float = Field(
        12, gt=0, le=24 * 90, description="How long a browser stays signed in."
    )
    writes_per_minute: int = Field(
        60,
        ge=1,
        description="Submissions, dry runs, sign-ins and other writes a minute, for each "
        "token or, without one, each client address.",
    )
    max_body_bytes: int = Field(1_000_000, ge=1_000, description="Largest request body.")
    max_points: int = Field(
        100_000, ge=1, description="Largest grid that is planned for a request."
    )
    max_directions: int = Field(
        120, ge=1, description="Most directions on the triangle that are planned for a request."
    )
    max_candidates: int = Field(1_000, ge=1, description="Most networks of a submitted sweep.")
    max_trials: int = Field(10_000, ge=1, description="Most trials of a submitted sweep.")
    max_images: int = Field(
        1_000_000_000,
        ge=1,
        description="Most training images of a submitted sweep, all trials together.",
    )
    max_weight_bytes: int = Field(
        10_000_000_000,
        ge=1,
        description="Most bytes of weights that a submitted sweep may keep (keep_checkpoints).",
    )
    max_queued: int = Field(100, ge=1, description="Most sweeps that wait in the queue.")
    answer_seconds: float = Field(
        2.0,
        ge=0,
        le=3600,
        description="How old an answer about finished results may be; within that time it is "
        "served as stored. 0 asks the database every time.",
    )
    events_poll_seconds: float = Field(
        0.5, gt=0, le=60, description="How often the database is asked for new events."
    )
    max_watchers: int = Field(1_000, ge=1, description="Most event streams that are open at once.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least grave lines that are logged: debug, info, warning or error."
    )
    log_format: Literal["json", "text"] = Field(
        "json", description="How lines are logged on stderr: json (one object a line) or text."
    )

    @field_validator("allowed_hosts", "allowed_origins", "data_roots", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("allowed_origins")
    @classmethod
    def _origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            scheme, separator, host = origin.partition("://")
            if scheme not in ("http", "https") or not separator or not host or "/" in host:
                raise ValueError(
                    f"{origin!r} is no origin: write scheme and host as in https://site.example"
                )
        return tuple(origin.lower() for origin in origins)

    @field_validator("data_roots")
    @classmethod
    def _roots(cls, roots: tuple[Path, ...]) -> tuple[Path, ...]:
        for root in roots:
            if not root.is_absolute() or not root.is_dir():
                raise ValueError(f"{root} is no folder: name existing folders by absolute paths")
        return tuple(root.resolve() for root in roots)

    @property
    def on_loopback(self) -> bool:
        """Whether only this machine can reach the service."""
        if self.host.lower() == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host.strip("[]")).is_loopback
        except ValueError:
            return False

    @property
    def tokens_needed(self) -> bool:
        """Whether every request must bring a token or a session."""
        return self.require_tokens or not self.on_loopback

    @property
    def hosts(self) -> frozenset[str] | None:
        """Host names that requests may carry, lower case; None for any."""
        if self.allowed_hosts:
            return frozenset(host.lower() for host in self.allowed_hosts)
        return frozenset({*LOOPBACK_NAMES, self.host.lower()}) if self.on_loopback else None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment, then the file."""
        return (
            init_settings,
            env_settings,
            TomlConfigSettingsSource(settings_cls, settings_file()),
        )


def settings_file() -> Path:
    """Where the file is, or would be."""
    named = os.environ.get(FILE_VARIABLE)
    if named:
        return Path(named).expanduser()
    return user_config_path("scaling-search", appauthor=False) / "settings.toml"


def load(**given: Any) -> Settings:
    """The settings in force; `given` ones come before all others.

    Raises:
        InputError: a setting is unknown or breaks a rule, or the file cannot be read.
    """
    path = settings_file()
    if FILE_VARIABLE in os.environ and not path.is_file():
        raise InputError(
            f"{FILE_VARIABLE} names {path}: there is no such file; create it or unset the variable"
        )
    try:
        return Settings(**given)
    except ValidationError as error:
        raise InputError(_explained(error, path)) from None
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read as settings ({error}): it must be TOML") from None


def _explained(error: ValidationError, path: Path) -> str:
    lines = []
    for found in error.errors():
        name = str(found["loc"][0])
        if found["type"] == "extra_forbidden":
            lines.append(f"{name} in {path} is no setting: {suggest(name, Settings.model_fields)}")
        else:
            message = str(found.get("ctx", {}).get("error", found["msg"]))
            lines.append(f"setting {name} ({PREFIX}{name.upper()} or in {path}): {message}")
    return "; ".join(lines)


@dataclass(frozen=True)
class SettingRow:
    """One line of the table of settings."""

    name: str
    variable: str
    default: str
    help: str


def table() -> tuple[SettingRow, ...]:
    """Every setting, in the order to show them."""
    return tuple(
        SettingRow(name, PREFIX + name.upper(), shown(field.default), field.description or "")
        for name, field in Settings.model_fields.items()
    )


def shown(value: Any) -> str:
    """A value as it is written in the environment; nothing for none."""
    forms: dict[type, Callable[[Any], str]] = {
        bool: lambda flag: str(flag).lower(),
        float: lambda number: f"{number:g}",
        tuple: lambda names: ", ".join(map(str, names)),
        type(None): lambda _: "",
    }
    return forms.get(type(value), str)(value)
