"""Wrong input: one clear line, exit code 2, nothing on stdout."""

import sqlite3

import pytest


def refused(shell, *words):
    result = shell.invoke(*words)
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1
    return result.stderr.removeprefix("Error: ").rstrip("\n")


SPACE = """
space:
  baseline: efficientnet_b0
  axes:
    alpha: {min: MIN, max: 1.4, step: STEP}
    beta: {max: 1.2}
proxy: {images: 640}
"""


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ("plan", "quikstart"),
            "'quikstart' is neither a preset nor the path of a space file: did you mean "
            "quickstart?",
        ),
        (
            ("plan", "quickstart", "--set", "proxy.imags=5"),
            "preset quickstart: proxy.imags is not a known key: did you mean images?",
        ),
        (
            ("plan", "quickstart", "--set", "space.baseline=efficientnet-b0"),
            "preset quickstart: space.baseline: baseline 'efficientnet-b0' is unknown: did you "
            "mean efficientnet_b0?; `scaling-search baselines` lists them",
        ),
        (
            ("plan", "quickstart", "--set", "proxy.images"),
            "--set 'proxy.images' cannot be read: write key=value with a dotted key; "
            "for example --set proxy.images=5000",
        ),
        (
            ("run", "--seeds", "0"),
            "preset quickstart: seeds: 0 seeds given: give 1 to 100",
        ),
        (
            ("validate-proxy", "--seeds", "1"),
            "validate-proxy: sweep: a validation with seeds [0] cannot tell noise from "
            "disagreement: give at least two seeds, better three or more (--seeds 3)",
        ),
        (
            ("validate-proxy", "--rates", "0.05,0.1,0.2"),
            "validate-proxy: learning_rates: learning rates are 0.05, 0.1, 0.2: 3 cannot show "
            "where each candidate's best one lies; give at least 4, for example each twice the one "
            "before it",
        ),
        (
            ("validate-proxy", "--budgets", "640,320"),
            "validate-proxy: budgets: budgets are 640, 320 images: give at least two, each larger "
            "than the one before it, the last one the budget that you would train for (for example "
            "6400,25600,256000)",
        ),
        (
            ("validate-proxy", "--budgets", "many"),
            "--budgets is 'many': write numbers with commas between them, for example "
            "6400,25600,256000",
        ),
        (
            ("validate-proxy", "--resume", "1", "--rates", "1,2,3,4"),
            "--resume 1 goes on with what validation 1 began with, and rates cannot be changed: "
            "leave them out, or begin a new one without --resume",
        ),
        (("validate-proxy", "--resume", "7"), "validation 7 does not exist"),
        (("validations", "7"), "validation 7 does not exist"),
        (("identify", "7"), "sweep 7 does not exist: `scaling-search sweeps` lists those that do"),
        (
            ("run", "--workers", "0"),
            "workers is 0: it must be between 1 and 10000",
        ),
        (
            ("run", "--ray-address", "ray://head:10001"),
            "ray address 'ray://head:10001' is a Ray Client address: a driver has to run on a node "
            "of the cluster, because Tune's callbacks are not carried by Ray Client; start this "
            "command on a node and give host:port (usually :6379)",
        ),
        (
            ("model", "--flops", "1.5X"),
            "flops is '1.5X': it must be a number of multiply-adds above 0, with K, M, G (or B) or "
            "T if you like; for example 1.5G, 400M or 4e8",
        ),
        (
            ("family", "one"),
            "sweep is 'one': give a sweep's number (`scaling-search sweeps` lists them) or "
            "published",
        ),
        (
            ("family", "1", "--coefficients", "1.2,1.1,1.15"),
            "a sweep and --coefficients are given: leave one of them out",
        ),
        (
            ("family", "published", "--convention", "fited"),
            "convention 'fited' is unknown: did you mean fitted?",
        ),
        (
            ("sweeps", "--state", "finish"),
            "--state 'finish' is unknown: did you mean finished?",
        ),
        (
            ("export", "1", "--format", "parqet"),
            "format 'parqet' is unknown: did you mean parquet?",
        ),
        (
            ("export", "1", "--format", "parquet"),
            "parquet is no text: name a file with -o, for example -o trials.parquet",
        ),
        (
            ("show", "7"),
            "sweep 7 does not exist: `scaling-search sweeps` lists those that do",
        ),
        (
            ("resume", "7"),
            "sweep 7 does not exist: `scaling-search sweeps` lists those that do",
        ),
        (
            ("cancel", "7"),
            "sweep 7 does not exist: `scaling-search sweeps` lists those that do",
        ),
        (
            ("sweeps", "--database", "mysql://host/x"),
            "the database URL starts with mysql: only SQLite and PostgreSQL (through psycopg) are "
            "supported; use sqlite:////absolute/path/results.db or "
            "postgresql://user:password@host:5432/name",
        ),
    ],
)
def test_the_message_names_value_rule_and_remedy(shell, words, message):
    assert refused(shell, *words) == message


def test_errors_are_the_same_line_where_json_is_asked_for(shell):
    assert refused(shell, "show", "7", "--json").startswith(
        "sweep 7 does not exist: `scaling-search sweeps` lists those that do"
    )


@pytest.mark.parametrize(
    ("minimum", "step", "message"),
    [
        ("0.9", "0.1", "space.axes.alpha: min is 0.9: coefficients must be ≥ 1; start at 1"),
        ("1", "0", "space.axes.alpha: step is 0: a step must be above 0, for example 0.05"),
        (
            "1",
            "1e-6",
            "space.axes.alpha: step is 1e-06: that makes 400,001 values from 1 to 1.4, at most "
            "2,001 make sense; use a larger step",
        ),
    ],
)
def test_axes_that_make_no_sense(shell, minimum, step, message):
    text = SPACE.replace("MIN", minimum).replace("STEP", step)
    (shell.folder / "axes.yaml").write_text(text)
    assert refused(shell, "plan", "axes.yaml") == f"axes.yaml: {message}"


def test_a_plan_without_candidates_says_what_could_be_reached(shell):
    message = refused(shell, "plan", "tiny.yaml", "--set", "space.target.tolerance=0")
    assert message.startswith("no network of this space has a measured FLOPs ratio within 2 ± 0;")
    assert "set target.tolerance to at least " in message


def test_an_unknown_data_set_is_suggested(shell):
    message = refused(shell, "plan", "small-images", "--dataset", "digit")
    assert message.startswith("unknown data set 'digit': did you mean digits?")


def test_nothing_is_stored_by_a_run_that_is_refused(shell):
    refused(shell, "run", "--dataset", "nowhere/at/all")
    assert shell.json("sweeps") == {"sweeps": []}


def test_a_finished_sweep_is_not_resumed(finished):
    assert refused(finished.shell, "resume", "1") == (
        "sweep 1 is finished: nothing of it is missing; `scaling-search show 1` shows what it "
        "found, `scaling-search run` starts a new one"
    )


def test_a_finished_sweep_is_not_cancelled(finished):
    assert refused(finished.shell, "cancel", "1") == (
        "sweep 1 is finished: there is nothing to cancel"
    )


def test_a_database_of_a_newer_version_is_refused(copied):
    with sqlite3.connect(copied.database) as connection:
        connection.execute("UPDATE scaling_search_version SET version_num = '9999'")
    for words in (("sweeps",), ("db", "status"), ("db", "upgrade"), ("run",)):
        message = refused(copied, *words)
        assert message.startswith(f"{copied.database} was written by a newer scaling-search")
        assert "pip install --upgrade scaling-search" in message


def test_places_that_cannot_be_written(finished, shell):
    message = refused(shell, "sweeps", "--database", "sqlite:////proc/results.db")
    assert "/proc" in message
    message = refused(finished.shell, "export", "1", "-o", "/proc/sweep.json")
    assert message.startswith("/proc/sweep.json cannot be written (")


def test_export_overwrites_only_when_told(finished, tmp_path):
    target = tmp_path / "sweep.json"
    target.write_text("mine")
    assert refused(finished.shell, "export", "1", "-o", str(target)) == (
        f"{target} exists: add --force to overwrite it, or name another file"
    )
    assert target.read_text() == "mine"
    assert finished.shell.invoke("export", "1", "-o", str(target), "--force").exit_code == 0
    assert target.read_text().startswith("{")
    absent = tmp_path / "absent" / "sweep.json"
    assert refused(finished.shell, "export", "1", "-o", str(absent)) == (
        f"the folder {absent.parent} does not exist: create it first (mkdir -p)"
    )


def test_best_without_a_conclusion_says_what_there_is(shell, copied):
    with sqlite3.connect(copied.database) as connection:
        connection.execute("UPDATE coefficients SET verdict = 'inconclusive'")
    result = copied.invoke("best")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(
        "Error: nothing conclusive is stored for efficientnet_b0 at 2 × its FLOPs, only 1 "
        "inconclusive: the latest is sweep 1, led by ("
    )
    assert result.stderr.endswith("`scaling-search show 1` says what would settle it\n")
    elsewhere = copied.invoke("best", "--target", "4")
    assert elsewhere.stderr == (
        "Error: nothing is stored for efficientnet_b0 at 4 × its FLOPs; there is: efficientnet_b0 "
        "at 2 × FLOPs on digits\n"
    )
    assert refused(copied, "best", "--baseline", "efficientnet-b0").startswith(
        "baseline 'efficientnet-b0' is unknown: did you mean efficientnet_b0?"
    )


def test_best_of_an_empty_database_says_how_to_begin(shell):
    result = shell.invoke("best")
    assert result.exit_code == 1
    assert result.stderr == (
        "Error: nothing is stored for efficientnet_b0 at 2 × its FLOPs: `scaling-search run` finds "
        "coefficients\n"
    )
