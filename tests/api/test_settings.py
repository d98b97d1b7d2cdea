"""Settings come from arguments, environment and file, and say what is wrong with them."""

import re
from pathlib import Path

import pytest

from api.settings import Settings, load, table
from search_spaces.errors import InputError

DOCS = Path(__file__).parents[2] / "docs" / "api.md"


def test_arguments_come_before_the_environment_and_that_before_the_file(monkeypatch, tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text('port = 1\nlog_level = "error"\nmax_points = 5\nallowed_hosts = ["a", "b"]\n')
    monkeypatch.setenv("SCALING_SEARCH_SETTINGS", str(file))
    monkeypatch.setenv("SCALING_SEARCH_LOG_LEVEL", "debug")
    monkeypatch.setenv("SCALING_SEARCH_MAX_POINTS", "7")
    settings = load(max_points=9)
    assert (settings.port, settings.log_level, settings.max_points) == (1, "debug", 9)
    assert settings.allowed_hosts == ("a", "b")


def test_the_file_in_the_configuration_folder_counts(tmp_path):
    folder = tmp_path / "config" / "scaling-search"
    folder.mkdir(parents=True)
    (folder / "settings.toml").write_text("port = 4242\n")
    assert load().port == 4242


def test_lists_are_written_with_commas(monkeypatch, tmp_path):
    monkeypatch.setenv("SCALING_SEARCH_ALLOWED_HOSTS", "one.example, two.example")
    monkeypatch.setenv("SCALING_SEARCH_DATA_ROOTS", str(tmp_path))
    settings = load()
    assert settings.allowed_hosts == ("one.example", "two.example")
    assert settings.data_roots == (tmp_path.resolve(),)


def test_the_database_is_never_shown():
    settings = load(database_url="postgresql://me:secret@host/db")
    assert "secret" not in f"{settings!r} {settings} {settings.model_dump()}"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("port", "many", "setting port (SCALING_SEARCH_PORT or in {file}): Input should be a valid "
         "integer, unable to parse string as an integer"),
        ("log_level", "loud", "setting log_level (SCALING_SEARCH_LOG_LEVEL or in {file}): Input "
         "should be 'debug', 'info', 'warning' or 'error'"),
        ("allowed_origins", "site.example", "setting allowed_origins "
         "(SCALING_SEARCH_ALLOWED_ORIGINS or in {file}): 'site.example' is not an origin: write "
         "scheme and host, as in https://site.example"),
        ("data_roots", "images", "setting data_roots (SCALING_SEARCH_DATA_ROOTS or in {file}): "
         "images is not a folder: give absolute paths of existing folders"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_named(monkeypatch, tmp_path, name, value, message):
    monkeypatch.setenv(f"SCALING_SEARCH_{name.upper()}", value)
    with pytest.raises(InputError) as caught:
        load()
    file = tmp_path / "config" / "scaling-search" / "settings.toml"
    assert str(caught.value) == message.format(file=file)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("prot = 1", "prot in {file} is not a setting: did you mean port?"),
        ("port = ", "{file} cannot be read as settings (Invalid value (at end of document)): it "
         "must be TOML"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused(monkeypatch, tmp_path, text, message):
    file = tmp_path / "mine.toml"
    file.write_text(text)
    monkeypatch.setenv("SCALING_SEARCH_SETTINGS", str(file))
    with pytest.raises(InputError) as caught:
        load()
    assert str(caught.value) == message.format(file=file)


def test_a_file_that_is_named_must_be_there(monkeypatch):
    monkeypatch.setenv("SCALING_SEARCH_SETTINGS", "/nowhere.toml")
    with pytest.raises(InputError, match=r"SETTINGS names /nowhere\.toml: the file does not exist"):
        load()


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("127.3.2.1", True), ("::1", True), ("localhost", True),
     ("0.0.0.0", False), ("192.168.0.2", False), ("box.example", False)],
)  # fmt: skip
def test_tokens_are_needed_off_loopback(host, loopback):
    settings = Settings(host=host)
    assert settings.on_loopback is loopback
    assert settings.tokens_needed is not loopback
    assert (settings.hosts is None) is not loopback
    assert Settings(host=host, require_tokens=True).tokens_needed


def test_the_documentation_lists_every_setting():
    documented = re.findall(r"^\| `(\w+)` \| (.*?) \| (.*) \|$", DOCS.read_text(), re.MULTILINE)
    rows = [(row.name, f"`{row.default}`" if row.default else "", row.help) for row in table()]
    assert [row for row in documented if row[0] in Settings.model_fields] == rows
