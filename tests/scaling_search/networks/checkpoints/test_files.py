"""What was trained is what is read, and nothing else is."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import pickle
import re
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from scaling_search.networks.checkpoints import About, files, load, read_about, save
from scaling_search.networks.modules import build
from search_spaces.baselines import get_baseline
from search_spaces.baselines.frame import Frame
from search_spaces.coefficients import PUBLISHED
from search_spaces.errors import InputError
from search_spaces.families import family


def rewritten(source: Path, target: Path, change: Any) -> Path:
    """A copy after `change(tensors, metadata)`."""
    with safe_open(source, framework="pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        metadata = dict(file.metadata())
    change(tensors, metadata)
    save_file(tensors, target, metadata)
    return target


def refusal(path: Path, **options: Any) -> str:
    with pytest.raises(InputError) as caught:
        load(path, **options)
    return str(caught.value)


def test_a_network_trained_on_the_fast_layers_reads_back_as_a_plain_one(trained: Any) -> None:
    found = load(trained.path, expected=trained.spec, sha256=trained.written.sha256)
    images = torch.randn(4, 1, 16, 16)
    trained.training.network.eval()
    with torch.inference_mode():
        expected = trained.training.network(images.contiguous(memory_format=torch.channels_last))
        torch.testing.assert_close(found.network(images), expected, rtol=1e-3, atol=1e-3)
    assert not found.network.training


def test_the_file_says_what_it_is_without_its_weights_being_read(trained: Any) -> None:
    about = read_about(trained.path)
    assert about.network == trained.spec
    assert about.class_names == tuple("0123456789")
    assert (about.channels, about.source_px) == (1, 8)
    assert (about.mean, about.std) == (trained.data.mean, trained.data.std)
    assert (about.fingerprint, about.seed) == (trained.data.fingerprint, 0)
    assert about.accuracy == trained.training.result.accuracy


def test_the_hash_is_that_of_the_file(trained: Any) -> None:
    content = trained.path.read_bytes()
    assert trained.written.sha256 == hashlib.sha256(content).hexdigest()
    assert trained.written.size_bytes == len(content)


def test_other_programs_read_the_tensors(trained: Any) -> None:
    with safe_open(trained.path, framework="np") as file:
        names = set(file.keys())
    assert names == set(build(trained.spec).state_dict())


def test_a_pickle_is_refused_unread(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> Any:
            return (Path.touch, (tmp_path / "executed",))

    for number, write in enumerate((pickle.dumps, None)):
        path = tmp_path / f"{number}.safetensors"
        if write:
            path.write_bytes(write(Evil()))
        else:
            torch.save(Evil(), path)
        assert refusal(path) == (
            f"{path} is a pickle, which may run any code when it is read, and so is not read: save "
            "the weights as safetensors where they come from"
        )
    assert not (tmp_path / "executed").exists()


def test_changed_weights_are_noticed(trained: Any, tmp_path: Path) -> None:
    def change(tensors: Any, metadata: Any) -> None:
        tensors["head.classifier.bias"][3] += 1

    path = rewritten(trained.path, tmp_path / "a.safetensors", change)
    assert "was changed since it was written" in refusal(path)


def test_a_changed_description_is_noticed(trained: Any, tmp_path: Path) -> None:
    def change(tensors: Any, metadata: Any) -> None:
        about = json.loads(metadata["scaling_search"])
        about["class_names"].reverse()
        metadata["scaling_search"] = json.dumps(about)

    path = rewritten(trained.path, tmp_path / "a.safetensors", change)
    assert "was changed since it was written" in refusal(path)


def test_weights_of_another_width_name_the_first_that_differs(trained: Any, tmp_path: Path) -> None:
    wider = dataclasses.replace(trained.spec, stem=dataclasses.replace(trained.spec.stem, width=24))
    path = tmp_path / "wide.safetensors"
    save(path, build(wider), About.of(trained.spec, trained.data))
    message = refusal(path)
    assert "stem.conv.weight has the shape (24, 1, 3, 3)" in message
    assert "efficientnet_b0 at 16 px" in message
    assert "needs (8, 1, 3, 3): the tensors are of no known member" in message
    assert "(a stem of 24 channels, then stages of 1, 2, 2, 3, 3, 4, 1 blocks)" in message


def test_the_member_that_weights_are_of_is_named(trained: Any, tmp_path: Path) -> None:
    frame = Frame.of(get_baseline("efficientnet_b0"), classes=7)
    b0, b1 = family(frame, PUBLISHED, members=2, convention="published")
    path = tmp_path / "b1.safetensors"
    save(path, build(b1.spec), About.of(b0.spec, trained.data))
    message = refusal(path)
    assert f"{path}: stages.0.1." in message
    assert "is no tensor of its network, efficientnet_b0 at 224 px" in message
    assert "the tensors are those of the published b1 with 7 classes" in message


def test_the_baseline_that_weights_come_nearest_to_is_named(trained: Any, tmp_path: Path) -> None:
    """One width of a ResNet changed: most tensors are still the baseline's."""
    base = get_baseline("resnet18").base
    *others, last = base.stages
    wider = (*others, dataclasses.replace(last, width=520))
    path = tmp_path / "wide.safetensors"
    about = About.of(get_baseline("mobilenet_v2").base, trained.data)
    save(path, build(dataclasses.replace(base, stages=wider)), about)
    message = refusal(path)
    assert "its network is mobilenet_v2" in message or "needs" in message
    assert "the tensors come nearest to resnet18 with 1000 classes, of which" in message


def signed(source: Path, target: Path, change: Any) -> Path:
    """A copy after `change(about)` whose digest is right, as anybody can write it."""

    def both(tensors: Any, metadata: Any) -> None:
        about = json.loads(metadata["scaling_search"])
        change(about)
        metadata["scaling_search"] = json.dumps(about)
        metadata["digest"] = files._digest(metadata["scaling_search"], tensors)

    return rewritten(source, target, both)


def test_a_digest_is_looked_at_before_anything_of_the_description(
    trained: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are wrong; of the description nothing was even parsed."""

    def change(tensors: Any, metadata: Any) -> None:
        metadata["scaling_search"] = '{"network": {"baseline": "antigravity:Net"}}'

    path = rewritten(trained.path, tmp_path / "a.safetensors", change)
    monkeypatch.setattr(files, "About", None)
    monkeypatch.setattr(files, "fitted", None)
    assert "was changed since it was written" in refusal(path, expected=trained.spec)
    with pytest.raises(InputError, match="was changed since it was written"):
        read_about(path)


def test_code_that_a_rightly_signed_description_names_is_not_run(
    trained: Any, tmp_path: Path
) -> None:
    path = signed(
        trained.path,
        tmp_path / "a.safetensors",
        lambda about: about["network"].update(baseline="antigravity:Net"),
    )
    message = refusal(path)
    assert message.startswith(f"{path}: baseline 'antigravity:Net' refers to Python code, which is")
    assert "add --baseline antigravity:Net to the command" in message
    assert "antigravity" not in sys.modules
    assert read_about(path).network.baseline == "antigravity:Net"


def _stage(**values: Any) -> Any:
    return lambda about: about["network"]["stages"][0].update(values)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_stage(depth=10**12), "has more blocks than the file has tensors, "),
        (_stage(width=10**8), "needs (100000000, 8, 1, 1)"),
        (_stage(kernel=-1), "cannot be built (RuntimeError: "),
        (_stage(depth="2"), "network spec cannot be read ('<' not supported between"),
        (_stage(kernel=True), "(kernel is True, it must be a number); it must have the values"),
        (_stage(block=3), "(block is 3, it must be text); it must have the values that"),
        (lambda about: about["network"].update(baseline=5), "(baseline is 5, it must be text)"),
        (lambda about: about.update(network=[1]), "its description cannot be read ("),
        (lambda about: about["class_names"].pop(), "with 9 names of classes for 10 classes"),
        (lambda about: about.update(mean=[0.5] * 3), "with 3 means of channels for 1 channels"),
        (lambda about: about.update(std=[]), "with 0 deviations of channels for 1 channels"),
        (lambda about: about.update(channels=3), "with 3 channels for 1 channels in its network"),
        (
            lambda about: about["network"].update(resolution_px=10**6),
            "resolution_px is 1000000: it must be 1 to 16,384",
        ),
        (lambda about: about.update(source_px=10**6), "source_px Input should be less than or"),
        (lambda about: about.update(depth_bits=0), "depth_bits Input should be greater than or"),
        (lambda about: about.update(norm_eps=-1), "norm_eps Input should be greater than or"),
        (lambda about: about.update(mean=[2.0]), "mean.0 Input should be less than or equal to 1"),
        (lambda about: about.update(std=[0.0]), "std.0 Input should be greater than 0"),
        (
            lambda about: about["class_names"].__setitem__(0, "\x1b[2J"),
            r"class \x1b[2J has a control character in its name",
        ),
    ],
)
def test_a_description_that_asks_for_nonsense_is_refused(
    trained: Any, tmp_path: Path, change: Any, message: str
) -> None:
    """Rightly signed; before memory is taken for a network that the file does not hold."""
    assert message in refusal(signed(trained.path, tmp_path / "a.safetensors", change))


def test_a_checkpoint_of_another_network_is_refused(trained: Any) -> None:
    other = dataclasses.replace(trained.spec, resolution_px=20)
    message = refusal(trained.path, expected=other)
    assert "is of another network: efficientnet_b0 at 16 px" in message
    assert "wanted is efficientnet_b0 at 20 px" in message


def test_a_file_that_is_not_the_recorded_one_is_refused(trained: Any) -> None:
    assert "is not the file that was recorded" in refusal(trained.path, sha256="0" * 64)


def test_weights_without_a_description_are_refused(trained: Any, tmp_path: Path) -> None:
    path = rewritten(trained.path, tmp_path / "a.safetensors", lambda _, about: about.clear())
    assert "not what network they are of" in refusal(path)


@pytest.mark.parametrize("content", [b"", b"hello", b'\x08\0\0\0\0\0\0\0{"a":1}'])
def test_a_damaged_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.safetensors"
    path.write_bytes(content)
    assert re.match(f"{path} is no safetensors file, or damaged", refusal(path))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "cannot be read (No such file or directory)" in refusal(tmp_path / "a.safetensors")


def test_a_folder_that_cannot_be_written_to_is_refused(trained: Any, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    about, network = read_about(trained.path), build(trained.spec)
    with pytest.raises(InputError, match="cannot be written"):
        save(tmp_path / "file" / "a.safetensors", network, about)
