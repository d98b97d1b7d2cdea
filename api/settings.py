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
    port: int = Field(8321, ge=0, le=65535, description="Port to listen on; 0 picks a free one.")
    database_url: SecretStr | None = Field(
        None,
        description="Database of the results; never shown. Without it, the embedded SQLite file in "
        "the user's data folder.",
    )
    require_tokens: bool = Field(
        False,
        description="Require a token even on a loopback address. On other addresses a token is "
        "always required.",
    )
    allowed_hosts: Names = Field(
        (),
        description="Host names that requests may use, separated by commas. Default: the loopback "
        "names on a loopback address, any name on others.",
    )
    allowed_origins: Names = Field(
        (),
        description="Origins (https://site.example) of other sites whose pages may call the "
        "service, separated by commas; none by default.",
    )
    data_roots: Annotated[tuple[Path, ...], NoDecode] = Field(
        (),
        description="Folders, separated by commas. A submitted sweep may name a data set inside "
        "them by its path, and any other data set by its registered name.",
    )
    session_hours: float = Field(
        12, gt=0, le=24 * 90, description="Hours until a browser is signed out."
    )
    writes_per_minute: int = Field(
        60,
        ge=1,
        description="Writes per minute (submissions, dry runs, sign-ins and others) for each "
        "token, or for each client address where there is no token.",
    )
    max_body_bytes: int = Field(1_000_000, ge=1_000, description="Largest request body, in bytes.")
    max_points: int = Field(
        100_000, ge=1, description="Largest grid that a request may plan, in points."
    )
    max_directions: int = Field(
        120, ge=1, description="Most directions on the triangle that a request may plan."
    )
    max_candidates: int = Field(1_000, ge=1, description="Most candidates of a submitted sweep.")
    max_trials: int = Field(10_000, ge=1, description="Most trials of a submitted sweep.")
    max_images: int = Field(
        1_000_000_000,
        ge=1,
        description="Most training images of a submitted sweep, over all trials.",
    )
    max_weight_bytes: int = Field(
        10_000_000_000,
        ge=1,
        description="Most bytes of weights that a submitted sweep may keep (keep_checkpoints).",
    )
    max_queued: int = Field(100, ge=1, description="Most sweeps in the queue.")
    answer_seconds: float = Field(
        2.0,
        ge=0,
        le=3600,
        description="Seconds for which answers about finished results are cached. 0 asks the "
        "database every time.",
    )
    events_poll_seconds: float = Field(
        0.5, gt=0, le=60, description="Seconds between queries for new events."
    )
    max_watchers: int = Field(1_000, ge=1, description="Most event streams open at once.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Lowest level that is logged: debug, info, warning or error."
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
                    f"{origin!r} is not an origin: write scheme and host, as in https://site.example"
                )
        return tuple(origin.lower() for origin in origins)

    @field_validator("data_roots")
    @classmethod
    def _roots(cls, roots: tuple[Path, ...]) -> tuple[Path, ...]:
        for root in roots:
            if not root.is_absolute() or not root.is_dir():
                raise ValueError(f"{root} is not a folder: give absolute paths of existing folders")
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
        InputError: a setting is unknown or invalid, or the file cannot be read.
    """
    path = settings_file()
    if FILE_VARIABLE in os.environ and not path.is_file():
        raise InputError(
            f"{FILE_VARIABLE} names {path}: the file does not exist; create it or unset it"
        )
    try:
        return Settings(**given)
    except ValidationError as error:
        raise InputError(_explained(error, path)) from None
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read as settings ({error}): it must be TOML") from None


def _explained(error: ValidationError, path: Path) -> str:
    lines = []
    for entry in error.errors():
        name = str(entry["loc"][0])
        if entry["type"] == "extra_forbidden":
            near = suggest(name, Settings.model_fields)
            lines.append(f"{name} in {path} is not a setting: {near}")
        else:
            message = str(entry.get("ctx", {}).get("error", entry["msg"]))
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
