"""`-o` with a folder: one that is there, or a name that ends in a slash."""

import pytest

from scaling_search.cli import exports
from search_spaces.errors import InputError

FAMILY = ("family", "published", "--format", "transformers", "--resolution-multiple", "2")


def test_a_slash_makes_a_folder_of_members(shell):
    done = shell.invoke(*FAMILY, "--members", "2", "-o", "new/configs/")
    assert (done.exit_code, done.stdout) == (0, "")
    made = sorted(file.name for file in (shell.folder / "new" / "configs").iterdir())
    assert made == ["b0.json", "b1.json"]
    again = shell.invoke(*FAMILY, "--members", "2", "-o", "new/configs")
    assert again.exit_code == 2
    assert "b0.json exists: add --force to overwrite it" in again.stderr


def test_a_model_gets_a_file_in_the_folder(shell):
    asked = ("model", "--flops", "200M", "--coefficients", "1.2,1.1,1.15", "--format", "python")
    assert shell.invoke(*asked, "-o", "models/").exit_code == 0
    assert [file.name for file in (shell.folder / "models").iterdir()] == ["model.py"]


@pytest.mark.parametrize(
    ("command", "name"),
    [
        (("report", "1"), "sweep-1.html"),
        (("export", "1"), "sweep-1.json"),
        (("export", "1", "--format", "csv"), "sweep-1.csv"),
        (("export", "1", "--format", "parquet"), "sweep-1.parquet"),
        (("plot", "accuracy", "1"), "accuracy-1.html"),
    ],
)
def test_files_of_a_sweep_have_names_of_their_own(finished, tmp_path, command, name):
    for folder in (f"{tmp_path}/new/", str(tmp_path / "new")):
        done = finished.shell.invoke(*command, "-o", folder, "--force")
        assert done.exit_code == 0, done.stderr
        assert [file.name for file in (tmp_path / "new").iterdir()] == [name]


def test_places(tmp_path):
    assert exports.place(None, "x.json", force=False) is None
    assert exports.place("-", "x.json", force=False) is None
    assert exports.place(f"{tmp_path}/a.json", "x.json", force=False) == tmp_path / "a.json"
    assert exports.place(str(tmp_path), "x.json", force=False) == tmp_path / "x.json"
    assert (
        exports.place(f"{tmp_path}/deep/er/", "x.json", force=False)
        == tmp_path / "deep" / "er" / "x.json"
    )
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError) as caught:
        exports.place(f"{tmp_path}/file/", "x.json", force=False)
    assert str(caught.value) == (
        f"the folder {tmp_path}/file cannot be made (File exists): name another one"
    )
