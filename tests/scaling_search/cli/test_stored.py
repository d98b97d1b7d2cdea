"""Commands that look at stored sweeps, on one that was really run."""

import io
import json
import re
import socket
import sqlite3

import pandas as pd
import pytest
import yaml

from results.migrations.runner import revisions
from search_spaces.specs.sweep import FRESH

PROGRESS = {"pending": 0, "running": 0, "finished": 10, "stopped": 0, "diverged": 0, "failed": 0}


def test_run_prints_the_sweep_as_show_does(finished):
    document = finished.document
    assert document == finished.shell.json("show", "1")
    assert (document["id"], document["name"], document["state"]) == (1, "tiny", "finished")
    assert document["progress"] == PROGRESS | {"total": 10, "done": 10}
    assert len(document["trials"]) == 10
    assert {(trial["candidate"], trial["seed"]) for trial in document["trials"]} == {
        (candidate, seed) for candidate in range(5) for seed in range(2)
    }
    assert all(0 <= trial["accuracy"] <= 1 for trial in document["trials"])
    assert document["leader"].keys() == {"alpha", "beta", "gamma"}
    assert (document["chosen"] is None) == (document["verdict"] == "inconclusive")
    assert [member["name"] for member in document["family"]] == [f"b{k}" for k in range(8)]
    assert document["family"][0]["flops"] == 401_659_392


def test_the_leader_is_expected_to_lose_least_of_those_that_may_win(finished):
    document = finished.document
    eligible = {one["index"] for one in document["candidates"] if one["eligible"]}
    regret = {
        one["index"]: one["expected_regret"]
        for one in document["outcome"]["comparisons"]
        if one["index"] in eligible
    }
    assert regret.keys() == eligible
    assert document["leader_candidate"] == min(regret, key=regret.get)
    seen = [
        trial["accuracy"]
        for trial in document["trials"]
        if trial["candidate"] == document["leader_candidate"]
    ]
    assert document["leader_accuracy"] == pytest.approx(sum(seen) / 2)
    leader = document["candidates"][document["leader_candidate"]]
    assert leader["representative"] == list(document["leader"].values())


def test_progress_goes_to_stderr_as_plain_lines(finished):
    lines = finished.stderr.splitlines()
    assert f"sweep 1 in {finished.shell.database}" in lines
    assert "0 of 10 trials done, starting workers" in lines
    assert any(line.startswith("10 of 10 trials done; leader (") for line in lines)
    assert "\x1b" not in finished.stderr


def test_show_tells_leader_verdict_class_family_and_what_next(finished):
    result = finished.shell.invoke("show", "1", "--trials")
    assert result.exit_code == 0
    text = result.stdout
    assert text.startswith("Sweep 1 'tiny': finished\n10 of 10 trials done: 5 candidates × 2 seeds")
    for part in (
        "Leader: α ",
        f"Verdict: {finished.document['verdict']}\n",
        "Spread: ",
        "The leader stands for every triple that rounds to its network: α ",
        "normalised to αβ²γ² = 2: (",
        "The ends of the intervals would mean at b7: depth × ",
        "Family of efficientnet_b0 by these coefficients (fitted; 224 px, 1,000 classes;",
        "Note: every candidate exceeds the 8 px of the images",
        "  scaling-search family 1 ",
    ):
        assert part in text
    assert "\x1b" not in text
    assert max(len(line) for line in text.splitlines()) <= 100


def test_sweeps_lists_and_filters(finished):
    shell = finished.shell
    listed = shell.invoke("sweeps").stdout
    assert "tiny" in listed
    assert "10/10" in listed
    document = shell.json("sweeps", "--state", "finished", "--dataset", "digits")
    (row,) = document["sweeps"]
    shared = ("id", "name", "state", "verdict", "leader", "progress", "protocol")
    assert {key: row[key] for key in shared} == {key: finished.document[key] for key in shared}
    assert shell.json("sweeps", "--state", "failed") == {"sweeps": []}
    assert shell.invoke("sweeps", "--baseline", "mobilenet_v2").stdout == (
        "No sweeps: try other filters\n"
    )


@pytest.mark.parametrize("lease", ["+60 seconds", "-1 seconds"])
def test_a_sweep_whose_process_is_gone_is_filtered_by_what_it_is_called(copied, lease):
    with sqlite3.connect(copied.database) as connection:
        connection.execute(
            "UPDATE sweeps SET state = 'running', lease_owner = ?, "
            "lease_expires_at = strftime('%Y-%m-%d %H:%M:%f', 'now', ?)",
            (f"{socket.gethostname()}:999999:0", lease),
        )
    (row,) = copied.json("sweeps", "--state", "interrupted")["sweeps"]
    assert (row["id"], row["state"], row["driven"]) == (1, "interrupted", False)
    assert copied.json("sweeps", "--state", "running")["sweeps"] == []


def test_a_sweep_whose_process_is_gone_is_shown_as_such(copied):
    with sqlite3.connect(copied.database) as connection:
        connection.execute(
            "UPDATE sweeps SET state = 'running', lease_owner = 'gone:1:1', "
            "lease_expires_at = NULL, outcome = NULL"
        )
        connection.execute("DELETE FROM family_members")
        connection.execute("DELETE FROM coefficients")
    assert "interrupted (driver gone)" in copied.invoke("sweeps").stdout
    document = copied.json("show", "1")
    assert (document["state"], document["driven"]) == ("interrupted", False)
    assert document["verdict"] is None
    assert document["leader"] is None
    assert 0 < document["best_so_far"]["accuracy"] <= 1
    assert "Leader so far: α " in copied.invoke("show", "1").stdout
    assert "scaling-search resume 1 " in copied.invoke("show", "1").stdout


def test_cancel_ends_a_sweep_that_nobody_drives_at_once(copied):
    with sqlite3.connect(copied.database) as connection:
        connection.execute("UPDATE sweeps SET state = 'interrupted', lease_owner = NULL")
    assert copied.invoke("cancel", "1").stdout == "sweep 1 is cancelled\n"
    assert copied.json("show", "1")["state"] == "cancelled"


def test_show_counts_trials_that_selected_nothing_by_themselves(copied):
    with sqlite3.connect(copied.database) as connection:
        connection.execute("UPDATE trials SET seed = ? WHERE seed = 1 AND id > 8", [FRESH])
    heading = copied.invoke("show", "1").stdout.splitlines()[1]
    assert heading == "10 of 10 trials done: 5 candidates × 2 seeds, 2 with fresh seeds"


def test_best_shows_a_conclusive_result(conclusive):
    shown = conclusive.json("show", "1")
    document = conclusive.json("best")
    assert document["coefficients"] == shown["leader"]
    assert document["accuracy"] == shown["leader_accuracy"]
    assert (document["verdict"], document["sweep"], document["dataset"]) == ("chosen", 1, "digits")
    text = conclusive.invoke("best", "--dataset", "digits").stdout
    assert "chosen for efficientnet_b0 on digits at 2 × its FLOPs, by sweep 1" in text


def test_best_of_another_quantity_is_not_what_was_matched_on_flops(conclusive):
    refused = conclusive.invoke("best", "--quantity", "params")
    assert refused.exit_code == 1
    assert "nothing is stored for efficientnet_b0 at 2 × its parameters" in refused.stderr
    assert "there is: efficientnet_b0 at 2 × FLOPs on digits" in " ".join(refused.stderr.split())


def test_family_takes_the_best_stored_coefficients_unless_told_otherwise(conclusive):
    document = conclusive.json("family")
    assert document["source"] == "best stored: sweep 1 on digits (chosen)"
    assert document["coefficients"] == conclusive.json("best")["coefficients"]
    assert document["sweep"] == 1


def test_family_of_a_sweep_for_another_resolution_and_classes(finished):
    document = finished.shell.json("family", "1", "--resolution", "160", "--classes", "37")
    assert document["coefficients"] == finished.document["leader"]
    members = document["members"]
    assert [member["name"] for member in members] == [f"b{k}" for k in range(8)]
    assert (members[0]["resolution_px"], members[0]["spec"]["classes"]) == (160, 37)
    keys = {"name", "phi", "depth", "width", "resolution_px", "params", "flops"}
    assert keys <= members[0].keys()
    for k, member in enumerate(members):
        assert member["flops"] / members[0]["flops"] == pytest.approx(2**k, rel=0.15)


def test_the_published_family_has_the_published_parameters(shell):
    document = shell.json("family", "published", "--convention", "published")
    assert document["coefficients"] is None
    assert [member["params"] for member in document["members"]] == [
        5_288_548,
        7_794_184,
        9_109_994,
        12_233_232,
        19_341_616,
        30_389_784,
        43_040_704,
        66_347_960,
    ]
    assert not shell.database.exists()


def test_family_measured_by_fvcore_is_cached(shell):
    words = ("family", "--coefficients", "1.2,1.1,1.15", "--members", "2", "--resolution", "64")
    document = shell.json(*words, "--measure")
    assert {member["complexity_source"] for member in document["members"]} == {"fvcore"}
    with sqlite3.connect(shell.database) as connection:
        assert connection.execute("SELECT count(*) FROM measurements").fetchone() == (2,)
    assert "confirmed by fvcore" in shell.invoke(*words, "--measure").stdout


def test_model_for_a_budget_comes_with_the_line_that_builds_it(shell):
    words = ("model", "--flops", "1.5G", "--resolution", "224", "--classes", "37")
    document = shell.json(*words)
    assert document["source"] == (
        "published (arXiv 1905.11946), because nothing conclusive is stored yet"
    )
    assert document["budget_flops"] == 1.5e9
    assert document["flops"] == pytest.approx(1.5e9, rel=0.05)
    namespace = {}
    exec(document["python"], namespace)
    assert sum(p.numel() for p in namespace["model"].parameters()) == document["params"]
    text = shell.invoke(*words).stdout
    assert text.splitlines()[-1] == document["python"]


def test_export_writes_every_format(finished, tmp_path):
    shell = finished.shell
    for name in ("s.json", "s.yaml", "t.csv", "t.parquet"):
        result = shell.invoke("export", "1", "-o", str(tmp_path / name))
        assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
    assert json.loads((tmp_path / "s.json").read_text()) == finished.document
    assert yaml.safe_load((tmp_path / "s.yaml").read_text()) == finished.document
    table = pd.read_parquet(tmp_path / "t.parquet")
    assert len(table) == 10
    assert {"accuracy", "seed", "state", "alpha", "beta", "gamma", "roles"} <= set(table.columns)
    written = pd.read_csv(tmp_path / "t.csv")
    assert list(written.columns) == list(table.columns)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "s.json",
        "s.yaml",
        "t.csv",
        "t.parquet",
    ]
    printed = shell.invoke("export", "1", "--format", "csv").stdout
    assert pd.read_csv(io.StringIO(printed)).equals(written)


def test_datasets_are_those_built_in_and_those_seen(finished):
    (row,) = finished.shell.json("datasets")["datasets"]
    assert (row["name"], row["built_in"], row["images"]) == ("digits", True, 1151 + 287)
    assert row["fingerprint"] == finished.document["dataset_fingerprint"]
    described = finished.shell.json("datasets", "inspect", "digits")
    assert described["fingerprint"] == row["fingerprint"]
    assert (described["native_median_px"], described["train_images"]) == (8, 1151)
    shown = finished.shell.invoke("datasets", "inspect", "digits").stdout
    assert re.search(r"validation +287 images", shown)


def test_baselines_with_what_they_cost(shell):
    rows = {row["name"]: row for row in shell.json("baselines")["baselines"]}
    b0 = rows["efficientnet_b0"]
    assert (b0["params"], b0["flops"], b0["resolution_px"], b0["stages"], b0["blocks"]) == (
        5_288_548,
        401_659_392,
        224,
        7,
        16,
    )
    assert "mobilenet_v2" in rows


def test_db_says_where_and_in_which_state(shell):
    head = revisions()[-1]
    assert shell.invoke("db", "path").stdout == f"{shell.database}\n"
    assert shell.json("db", "status") == {
        "database": str(shell.database),
        "kind": "sqlite",
        "exists": False,
        "revision": None,
        "head": head,
        "current": False,
    }
    assert not shell.database.exists()
    assert shell.json("db", "upgrade")["before"] is None
    assert shell.json("db", "status")["current"] is True
    assert shell.invoke("db", "upgrade").stdout == f"{shell.database} already has schema {head}\n"


def test_passwords_are_not_printed(shell):
    result = shell.invoke("db", "path", "--database", "postgresql://me:secret@host:5432/x")
    assert "secret" not in result.output
    assert "postgresql+psycopg://me:***@host:5432/x" in result.stdout
