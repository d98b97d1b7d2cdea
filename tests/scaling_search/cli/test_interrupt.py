"""A sweep that is stopped in every way there is goes on where it was."""

import json
import os
import signal
import threading

import pytest

from results.states import TrialState
from results.store import Store
from scaling_search.cli.training import stoppable

TRIALS = 10
LONGER = ("--workers", "1", "--set", "proxy.images=160")


class Watched:
    """A running command whose trials are watched through the database, as another process would."""

    def __init__(self, shell, *words):
        self._shell = shell
        self.process = shell.process(*words)

    def trials(self):
        return self._shell.json("show", "1")["trials"]

    def wait_for(self, done):
        """Until that many trials are finished and another one is running."""
        pause = threading.Event()
        with Store.open(f"sqlite:///{self._shell.database}") as store:
            while self.process.poll() is None:
                states = [
                    trial.state for sweep in store.sweeps() for trial in store.trials(sweep.id)
                ]
                if states.count(TrialState.FINISHED) >= done and TrialState.RUNNING in states:
                    return
                pause.wait(0.1)
        pytest.fail(f"it ended too early: {self.process.communicate()[1]}")

    def end(self):
        stdout, stderr = self.process.communicate(timeout=300)
        return self.process.returncode, stdout, stderr


def finished(trials):
    return {trial["id"]: trial for trial in trials if trial["state"] == "finished"}


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_nothing_is_lost_or_repeated(shell, know_families):
    """Ctrl-C, cancel, and then to the end; for kill -9 see the tests of `sweeps`."""
    first = Watched(shell, "run", "tiny.yaml", *LONGER)
    first.wait_for(1)
    os.killpg(first.process.pid, signal.SIGINT)  # ctrl-C reaches the whole group
    code, stdout, stderr = first.end()
    assert code == 130
    assert "Traceback" not in stderr
    done = len(finished(first.trials()))
    assert stderr.splitlines()[-1] == (
        f"Interrupted: {done} of {TRIALS} trials of sweep 1 are done and stored; go on with "
        "`scaling-search resume 1`"
    )
    assert "candidates" in stdout
    assert shell.json("show", "1")["state"] == "interrupted"
    kept = finished(first.trials())
    assert 1 <= len(kept) < TRIALS

    second = Watched(shell, "resume", "1", "--workers", "1")
    second.wait_for(len(kept) + 1)
    assert shell.invoke("resume", "1").exit_code == 2  # one driver at a time
    assert shell.invoke("cancel", "1").stdout == "sweep 1 was asked to stop\n"
    code, stdout, stderr = second.end()
    assert (code, stdout) == (1, "")
    assert stderr.splitlines()[-1].startswith("Cancelled: ")
    assert shell.json("show", "1")["state"] == "cancelled"
    kept = finished(second.trials())

    with Store.open(f"sqlite:///{shell.database}") as store:
        know_families(store)
    last = shell.run("resume", "1", "--json", "--quiet")
    assert (last.returncode, last.stderr) == (0, "")
    document = json.loads(last.stdout)
    assert (document["state"], document["progress"]["finished"]) == ("finished", TRIALS)
    assert kept.items() <= finished(document["trials"]).items()
    pairs = {(trial["candidate"], trial["seed"]) for trial in document["trials"]}
    assert len(pairs) == len(document["trials"]) == TRIALS
    assert sum(trial["attempts"] for trial in document["trials"]) <= TRIALS + 2
    assert document["verdict"] in ("chosen", "equivalent", "inconclusive")


def test_sigterm_interrupts_as_ctrl_c_does():
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), stoppable():
        signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is before
