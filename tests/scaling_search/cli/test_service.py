"""The commands of the service: tokens, settings, data sets; what `serve` and `worker` refuse."""

import json
import re
import socket

import numpy as np
import pytest
from PIL import Image

from api.settings import Settings, table
from results.states import AccessScope
from results.store import Store
from scaling_search.environment import cuda_devices


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch, tmp_path):
    for name in [*Settings.model_fields, "settings"]:
        monkeypatch.delenv(f"SCALING_SEARCH_{name.upper()}", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def store(shell):
    with Store.open(f"sqlite:///{shell.database}") as opened:
        yield opened


def test_a_token_is_shown_once_and_works(shell, store):
    made = shell.invoke("tokens", "create", "laptop", "--scope", "submit", "--days", "30")
    assert made.exit_code == 0
    secret = made.stdout.strip()
    assert re.fullmatch(r"sst_[\w-]{43}", secret)  # alone on stdout, for $(…)
    assert re.match(
        r"token laptop \(submit\) expires \d{4}-.*; it is shown this once:", made.stderr
    )
    token = store.authenticate(secret)
    assert (token.name, token.scope) == ("laptop", AccessScope.SUBMIT)
    assert round((token.expires_at - token.created_at).total_seconds()) == 30 * 86400
    listed = shell.invoke("tokens", "list").stdout
    assert "laptop" in listed
    assert secret not in listed
    assert secret not in json.dumps(shell.json("tokens", "list"))


def test_a_revoked_token_no_longer_works(shell, store):
    document = shell.json("tokens", "create", "laptop")
    assert (document["scope"], document["state"], document["expires_at"]) == ("read", "valid", None)
    assert store.authenticate(document["token"]).name == "laptop"
    assert shell.invoke("tokens", "revoke", "laptop").stdout == "token laptop is revoked\n"
    assert store.authenticate(document["token"]) is None
    [listed] = shell.json("tokens", "list")["tokens"]
    assert (listed["name"], listed["state"]) == ("laptop", "revoked")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("create", "x", "--scope", "submitt"), "--scope is 'submitt': it must be read, submit or "
         "admin; did you mean submit?"),
        (("create", "x", "--days", "0"), "--days is 0: it must be above 0 and at most 36500; leave "
         "it out for a token that does not expire"),
        (("create", "x", "--days", "nan"), "--days is nan: it must be above 0"),
        (("create", "taken"), "a token named 'taken' exists or existed"),
        (("revoke", "takn"), "token 'takn' does not exist: did you mean taken?"),
    ],
)  # fmt: skip
def test_wrong_tokens_are_refused(shell, words, message):
    shell.invoke("tokens", "create", "taken")
    refused = shell.invoke("tokens", *words)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert refused.stderr.startswith(f"Error: {message}")


def test_tokens_are_in_the_database_of_the_service(shell, tmp_path, monkeypatch):
    """Also where its settings file names that database."""
    file = tmp_path / "settings.toml"
    file.write_text(f'database_url = "sqlite:///{tmp_path}/served.db"\n')
    monkeypatch.setenv("SCALING_SEARCH_SETTINGS", str(file))
    environment = {**shell.environment}
    del environment["SCALING_SEARCH_DATABASE_URL"]
    monkeypatch.setattr(type(shell), "environment", environment)
    assert shell.invoke("tokens", "create", "laptop").exit_code == 0
    with Store.open(f"sqlite:///{tmp_path}/served.db") as served:
        assert [token.name for token in served.tokens()] == ["laptop"]


def test_settings_are_the_one_table_with_values_in_force(shell, monkeypatch):
    monkeypatch.setenv("SCALING_SEARCH_PORT", "4242")
    document = shell.json("settings")
    rows = {row["name"]: row for row in document["settings"]}
    assert [*rows] == [row.name for row in table()]
    assert [row["help"] for row in rows.values()] == [row.help for row in table()]
    assert (rows["port"]["value"], rows["port"]["default"]) == ("4242", "8321")
    unset = [row for name, row in rows.items() if name not in ("port", "database_url")]
    assert all(row["value"] == row["default"] for row in unset)
    shown = shell.invoke("settings").stdout
    assert "Default: 8321." in shown
    assert str(shell.database) not in shown + json.dumps(document)
    assert rows["database_url"]["value"] == "(set, never shown)"


def test_a_wrong_setting_is_named(shell, monkeypatch):
    monkeypatch.setenv("SCALING_SEARCH_PORT", "many")
    refused = shell.invoke("settings")
    assert refused.exit_code == 2
    assert refused.stderr.startswith("Error: setting port (SCALING_SEARCH_PORT or in ")


@pytest.fixture
def photos(shell):
    generator = np.random.default_rng(0)
    folder = shell.folder / "photos"
    for label in ("cat", "dog"):
        (folder / label).mkdir(parents=True)
        for number in range(10):
            pixels = generator.integers(0, 255, (12, 12, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / label / f"{number}.png")
    return folder


def test_a_data_set_is_registered_under_its_name(shell, store, photos):
    document = shell.json("datasets", "add", "photos", "photos")
    assert (document["name"], document["source"]) == ("photos", str(photos))
    stored = store.dataset("photos")
    assert (stored.source, stored.classes, stored.channels) == (str(photos), 2, 3)
    assert stored.fingerprint == document["fingerprint"]
    Image.new("RGB", (12, 12)).save(photos / "cat" / "new.png")
    added = shell.invoke("datasets", "add", "photos", str(photos))
    assert added.stdout.endswith("registered as photos\n")
    assert store.dataset("photos").fingerprint != document["fingerprint"]
    assert [row["name"] for row in shell.json("datasets")["datasets"]] == ["digits", "photos"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("digits", "name is 'digits': it is built in, and registered as it is; use another"),
        ("a/b", "name is 'a/b': it must have 1 to 100 letters, digits, dots, dashes and "
         "underscores and begin with a letter or digit; use for example photos"),
        ("..", "name is '..': it must have"),
    ],
)  # fmt: skip
def test_names_that_a_sweep_could_not_use_are_refused(shell, store, photos, name, message):
    refused = shell.invoke("datasets", "add", name, "photos")
    assert refused.exit_code == 2
    assert refused.stderr.startswith(f"Error: {message}")
    assert store.datasets() == []


def test_a_data_set_that_is_not_there_is_not_registered(shell, store):
    refused = shell.invoke("datasets", "add", "photos", "/nowhere/photos")
    assert refused.exit_code == 2
    assert "/nowhere/photos does not exist" in refused.stderr
    assert store.datasets() == []


@pytest.mark.parametrize("command", ["serve", "worker"])
@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--slots", "0"), "slots is 0: it must be between 1 and 1000"),
        (("--lease", "0"), "lease_seconds is 0: it must be between 1 and 86400"),
        (("--workers", "0"), "workers is 0: it must be between 1 and 10000"),
        (("--ray-address", "ray://10.0.0.1:10001"), "ray address 'ray://10.0.0.1:10001' is a Ray "
         "Client address: a driver has to run on a node of the cluster"),
    ],
)  # fmt: skip
def test_a_runner_that_cannot_work_is_refused(shell, command, words, message):
    refused = shell.invoke(command, *words)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert refused.stderr.startswith(f"Error: {message}")


def test_others_can_only_be_served_with_tokens(shell):
    refused = shell.invoke("serve", "--host", "0.0.0.0", "--no-runner")
    assert refused.exit_code == 2
    assert "there is none; create one with `scaling-search tokens create NAME`" in refused.stderr


def test_a_port_that_is_taken_starts_no_runner(shell):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = shell.run("serve", "--port", str(port))
    assert (refused.returncode, refused.stdout) == (2, "")
    assert f"cannot listen on 127.0.0.1:{port}" in refused.stderr
    assert "runner" not in refused.stderr


@pytest.mark.skipif(bool(cuda_devices()), reason="here is a CUDA device")
def test_a_runner_that_cannot_start_ends_the_service(shell):
    """What only the runner can find out."""
    ended = shell.run("serve", "--port", "0", "--gpus-per-trial", "1")
    assert ended.returncode == 2
    assert "Error: --gpus-per-trial is 1: torch sees no CUDA device here" in ended.stderr
    assert "Traceback" not in ended.stderr
