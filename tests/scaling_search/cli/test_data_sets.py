"""Data sets on the command line: how they are read, under which names, and what is left out."""

import os

import pytest

from results.store import Store
from scaling_search.cli import options
from scaling_search.cli.inputs import data_spec, read_sweep
from scaling_search.data.prepare import prepare
from search_spaces.errors import InputError
from search_spaces.specs.sweep import SweepSpec
from tests.scaling_search.data.layouts import file, images, write

AS_CLASSES = ("--set", "data.layout=classes", "--set", "data.test_fraction=0")


@pytest.fixture
def vehicles(shell):
    """A class is called train."""
    write("train_as_a_class", shell.folder / "vehicles")
    return shell.folder / "vehicles"


def test_settings_say_how_images_are_read(shell, vehicles):
    refused = shell.invoke("datasets", "inspect", "vehicles")
    assert refused.exit_code == 2
    assert "set layout to classes (--set data.layout=classes)" in refused.stderr
    document = shell.json("datasets", "inspect", "vehicles", *AS_CLASSES)
    assert document["class_names"] == ["car", "plane", "train"]
    assert document["test_count"] is None


def test_settings_of_other_things_are_refused(shell, vehicles):
    refused = shell.invoke("datasets", "inspect", "vehicles", "--set", "proxy.images=3")
    assert (refused.exit_code, refused.stderr) == (
        2,
        "Error: --set proxy: this command reads images alone; set keys of data, for example --set "
        "data.layout=classes\n",
    )
    refused = shell.invoke("datasets", "inspect", "vehicles", "--set", "data.layuot=classes")
    assert (refused.exit_code, refused.stderr) == (
        2,
        "Error: data set: layuot is not a known key: did you mean layout?\n",
    )
    refused = shell.invoke("datasets", "inspect", "vehicles", "--set", "data.name=x")
    assert refused.stderr == (
        "Error: --set data.name: the images are named by the command; leave it out\n"
    )


def test_a_registered_name_means_the_same_to_every_command(shell, vehicles):
    added = shell.json("datasets", "add", "cars", "vehicles", *AS_CLASSES)
    os.rename(shell.folder / "vehicles", shell.folder / "elsewhere")
    (shell.folder / "vehicles").symlink_to("elsewhere")
    seen = shell.json("datasets", "inspect", "cars")
    assert seen["fingerprint"] == added["fingerprint"]
    plan = shell.json("plan", "tiny.yaml", "--dataset", "cars")
    assert (plan["dataset"], plan["classes"]) == (str(vehicles), 3)
    url = f"sqlite:///{shell.database}"
    swept = read_sweep("tiny.yaml", options.Search(), options.Images(dataset="cars"), url).data
    assert (swept.name, swept.layout) == (str(vehicles), "classes")
    spec = data_spec("cars", ["data.split_seed=7"], url)
    assert (spec.name, spec.layout, spec.test_fraction, spec.split_seed) == (
        str(vehicles),
        "classes",
        0,
        7,
    )


def test_a_folder_comes_before_a_registered_name(shell, vehicles):
    shell.json("datasets", "add", "cars", "vehicles", *AS_CLASSES)
    for kind in ("old", "new"):
        images(shell.folder / "cars" / kind, 6)
    assert shell.json("datasets", "inspect", "cars")["class_names"] == ["new", "old"]


def test_a_submitted_sweep_reads_images_as_they_were_registered(shell, vehicles):
    shell.json("datasets", "add", "cars", "vehicles", *AS_CLASSES)
    submitted = shell.json("submit", "tiny.yaml", "--dataset", "cars")
    with Store.open(f"sqlite:///{shell.database}") as store:
        sweep = store.sweep(submitted["id"])
        spec = SweepSpec.model_validate(sweep.spec)
        assert (spec.data.name, spec.data.layout) == (str(vehicles), "classes")
        assert prepare(spec.data).fingerprint == sweep.dataset_fingerprint
        assert sweep.protocol == spec.protocol(sweep.dataset_fingerprint)


def test_what_is_left_out_is_shown_and_listed(shell):
    folder = shell.folder / "pets"
    for kind in ("cat", "dog"):
        images(folder / kind, 6)
    file(folder / "cat" / "a.heic")
    file(folder / "cat" / "b.heic")
    document = shell.json("datasets", "inspect", "pets")
    assert document["left_out"] == [
        {
            "ending": ".heic",
            "count": 2,
            "reason": "a format that is not read",
            "remedy": "convert them to PNG or JPEG",
        }
    ]
    text = " ".join(shell.invoke("datasets", "inspect", "pets").stdout.split())
    assert "Note: 2 files are left out: 2 .heic (a format that is not read: convert" in text


def test_names_are_shown_as_they_are(shell):
    folder = shell.folder / "odd"
    names = ["-rf", ":cat:", "[bold]x[red]", "x" * 120, "👩‍🔬"]
    for name in names:
        images(folder / name, 6)
    text = shell.invoke("datasets", "inspect", "odd").stdout
    for name in (":cat:", "[bold]x[red]", "-rf", "👩‍🔬"):
        assert f"\n{name} " in text
    assert text.count("x") >= 120
    assert shell.json("datasets", "inspect", "odd")["class_names"] == sorted(names)


def test_a_path_that_is_not_utf8_is_refused(shell):
    path = os.fsdecode(os.fsencode(shell.folder) + b"/caf\xe9")
    os.mkdir(path)
    with pytest.raises(InputError) as caught:
        data_spec(path)
    assert str(caught.value) == (
        f"the path {shell.folder}/caf\\xe9 is not UTF-8: paths of images are stored as UTF-8; "
        "rename the folder, or name it by a symbolic link"
    )


@pytest.mark.parametrize(
    "words",
    [
        ("datasets", "inspect", "bad"),
        ("datasets", "add", "bad", "bad"),
        ("plan", "tiny.yaml", "--dataset", "bad"),
        ("run", "tiny.yaml", "--dataset", "bad"),
        ("compare", "tiny.yaml", "--dataset", "bad"),
        ("validate-proxy", "tiny.yaml", "--dataset", "bad", "--budgets", "64,128"),
        ("onnx", "x.onnx", "--network", "b0", "--dataset", "bad"),
    ],
    ids=lambda words: words[0] + words[1][0],
)
def test_every_command_refuses_what_is_no_data_set(shell, words):
    expected = write("unknown_names_of_splits", shell.folder / "bad")
    refused = shell.invoke(*words)
    root = str(shell.folder / "bad")
    assert refused.exit_code == 2
    assert refused.stderr.endswith(f"Error: {expected.message.replace('{root}', root)}\n")
