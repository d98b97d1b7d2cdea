"""Transfers that are really trained: what they find, and that nothing is lost or repeated."""

import dataclasses

import pytest
import torch

from results.checkpoint_files import checkpoint_path
from results.values.trials import unpack_correct
from scaling_search.networks.checkpoints import load
from scaling_search.uses.predicting import inputs
from search_spaces.errors import InputError
from search_spaces.specs.transfer import METHODS


def test_what_was_learned_beats_a_start_from_scratch(learned, transfer):
    done = transfer(learned.spec(seeds=(0, 1, 2, 3)))
    full, scratch = done.cell("full"), done.cell("scratch")
    assert scratch["accuracy"]["mean"] > 0.4  # a fifth is chance
    # With other weights and seeds 12 points, give or take 2. Whether an interval of four seeds
    # excludes 0 is luck; what is said of it is tested on made-up runs.
    gain = full["accuracy"]["mean"] - scratch["accuracy"]["mean"]
    assert gain > 0.02
    assert full["gain"]["mean"] == pytest.approx(gain)
    assert full["trained_params"] == full["params"]
    assert done.cell("linear_probe")["trained_params"] == 96 * 5 + 5
    assert done.row.finished_at is not None
    assert done.row.complete
    assert {run.n_images for run in done.runs} == {179}


def test_the_network_that_is_kept_is_the_one_that_was_measured(learned, transfer):
    done = transfer(learned.spec(seeds=1, methods=("linear_probe", "full"), keep="all"))
    (data,) = done.targets.values()
    images = data.open_split("test")
    for run in done.runs:
        checkpoint = load(checkpoint_path(run.checkpoint), sha256=run.sha256)
        about = checkpoint.about
        assert about.class_names == ("5", "6", "7", "8", "9")
        assert about.mean == done.sources[0].mean  # as its first images were normalised
        assert (about.network.classes, about.network.key) == (5, run.spec_key)
        with torch.inference_mode():
            logits = checkpoint.network(inputs(images.gather(slice(None)), about))
        right = logits.argmax(1).numpy() == images.labels
        # Other layers computed it, so an image between two classes may fall to the other one.
        measured = unpack_correct(run.correct, run.n_images)
        assert (right != measured).sum() <= 2, run.method


def test_only_the_best_network_of_each_cell_is_kept(learned, transfer):
    done = transfer(learned.spec(seeds=2, methods=("linear_probe", "full")))
    best = max(done.runs, key=lambda run: (run.validation_accuracy, -run.id))
    assert [run.id for run in done.runs if run.checkpoint] == [best.id]
    files = list(checkpoint_path("x").parent.glob(f"transfer-{done.row.id}-*"))
    assert checkpoint_path(best.checkpoint) in files
    assert done.cell(best.method)["checkpoint"] == best.checkpoint


def test_learning_rates_are_chosen_on_validation_with_another_seed(learned, transfer):
    rates = (1e-5, 0.01)
    spec = learned.spec(seeds=2, methods=("full",), learning_rates=rates, keep="none")
    done = transfer(spec)
    tried = [run for run in done.runs if run.role == "rate"]
    assert [(run.learning_rate, run.seed, run.accuracy) for run in tried] == [
        (1e-5, 2, None),
        (0.01, 2, None),
    ]
    results = [run for run in done.runs if run.role == "result"]
    assert [(run.seed, run.learning_rate) for run in results] == [(0, 0.01), (1, 0.01)]
    assert done.cell("full")["rate_at_end"]
    assert len(done.runs) == spec.runs


def test_a_stopped_transfer_goes_on_to_the_same_end(learned, transfer):
    spec = learned.spec(seeds=2, keep="none")
    whole = transfer(spec)

    def stop(now):
        if now.done == 5 and now.within > 0:
            raise KeyboardInterrupt

    part = transfer(spec, observe=stop)
    assert (len(part.runs), part.row.finished_at) == (5, None)
    assert [cell["method"] for cell in part.row.cells] == list(METHODS[:3])
    trained = []
    again = transfer(spec, part.row.id, observe=lambda now: trained.append(now.task))
    assert len(set(trained)) == spec.runs - 5
    measured = [[(run.method, run.seed, run.correct) for run in one.runs] for one in (whole, again)]
    assert measured[0] == measured[1]
    assert again.row.finished_at is not None


def test_a_transfer_to_another_resolution(learned, transfer):
    done = transfer(learned.spec(seeds=1, methods=("full",), resolution_px=8, keep="none"))
    assert done.cell("full")["resolution_px"] == 8
    with pytest.raises(InputError, match=r"resolution is 3 px: low has a total stride of 4, so it"):
        transfer(learned.spec(resolution_px=3))


def test_images_that_changed_are_refused(learned, transfer):
    from scaling_search.uses.transfer.running import check_unchanged

    done = transfer(learned.spec(seeds=1, methods=("linear_probe",), keep="none"))
    changed = {
        key: dataclasses.replace(data, fingerprint="f" * 64) for key, data in done.targets.items()
    }
    with pytest.raises(InputError, match=r"the images of \S+new changed since transfer 1 began"):
        check_unchanged(done.row, changed)
