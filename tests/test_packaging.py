import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = {"api", "results", "scaling_search", "search_spaces"}


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    pip = (sys.executable, "-m", "pip")
    offline = ("--no-deps", "--no-build-isolation", "--quiet")
    run(*pip, "wheel", *offline, "--wheel-dir", str(folder), str(ROOT))
    (found,) = folder.glob("*.whl")
    return found


def test_a_wheel_holds_the_four_rooms_and_their_data_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == ROOMS
    assert "search_spaces/presets/quickstart.yaml" in names
    assert any(name.startswith("results/migrations/versions/v0001") for name in names)
    assert {"api/dashboard/templates/base.html", "api/dashboard/assets/style.css"} <= set(names)
    assert not any("test" in name for name in names)


def test_the_wheel_runs_in_a_folder_with_its_own_api_and_results(wheel, tmp_path):
    site, here = tmp_path / "site", tmp_path / "project"
    run(sys.executable, "-m", "pip", "install", "--no-deps", "--quiet", "--target", site, wheel)
    for name in ("api", "results"):
        (here / name).mkdir(parents=True)
        (here / name / "__init__.py").write_text("raise RuntimeError('the wrong package')\n")
    environment = os.environ | {
        "PYTHONPATH": str(site),
        "SCALING_SEARCH_DATABASE_URL": f"sqlite:///{here / 'results.db'}",
    }
    command = site / "bin" / "scaling-search"
    assert "8 candidates" in run(command, "plan", "quickstart", cwd=here, env=environment)
    assert run(command, "sweeps", "--json", cwd=here, env=environment)
    assert (here / "results.db").exists()
