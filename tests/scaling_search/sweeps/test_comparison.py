"""Ways of scaling a user's own network, trained on Ray and compared; the documented example."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from results.states import SweepState
from results.store import Store
from results.values import SweepDetail
from results.values.json import to_json
from results.views import SweepView
from scaling_search.data import PreparedDataset
from scaling_search.networks.user_baselines.checks import check_baseline
from scaling_search.networks.user_baselines.flop_counter import enable
from scaling_search.sweeps import Execution, create_sweep, drive
from search_spaces.baselines import allow_reference, get_baseline
from search_spaces.baselines.references import forbid_references
from search_spaces.baselines.user import COUNTER
from search_spaces.networks.rounding import Rounding
from search_spaces.planning import make_plan
from search_spaces.specs.data import DataSpec
from search_spaces.specs.methods import Comparison
from search_spaces.specs.space import SearchSpace
from search_spaces.specs.sweep import SweepSpec

from .conftest import SHORT

DOCUMENT = Path(__file__).parents[3] / "docs" / "baselines.md"


@pytest.fixture
def documented(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A folder with the file that the document shows, from which a command is started."""
    found = re.search(
        r"<!-- example: nets.py -->\n```python\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL
    )
    assert found is not None
    (tmp_path / "nets.py").write_text(found[1], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    token = COUNTER.set(None)
    enable()
    allow_reference("nets:TinyNet", [str(tmp_path)])
    yield tmp_path
    COUNTER.reset(token)
    forbid_references()
    sys.modules.pop("nets", None)


def test_the_documented_network_is_compared_on_workers_that_import_it(
    documented: Path, shared_ray: None, small_digits: PreparedDataset
) -> None:
    said = check_baseline(get_baseline("nets:TinyNet"))
    assert len(said) == 5
    spec = SweepSpec(
        name="ways",
        space=SearchSpace(
            baseline="nets:TinyNet",
            rounding=Rounding(width_divisor=1, depth="nearest"),
            compare=Comparison(phis=(-0.5, 1)),
        ),
        proxy=SHORT,
        data=DataSpec(max_train_images=160),
        seeds=(0, 1),
    )
    plan = make_plan(spec.space, in_channels=small_digits.channels, classes=10)
    assert len(plan.candidates) == 9
    with Store.open(f"sqlite:///{documented / 'results.db'}") as store:
        sweep_id = create_sweep(store, spec, small_digits, plan)
        drive(store, sweep_id, small_digits, Execution(workers=1, attempts=1))
        sweep: SweepDetail = store.sweep(sweep_id)
        assert sweep.state is SweepState.FINISHED
        assert (sweep.leader, sweep.progress.finished) == (None, 18)
        outcome = sweep.outcome
        assert outcome is not None
        assert outcome.verdict is None
        assert "verdict" not in to_json(outcome)
        found = outcome.methods
        assert (found.seeds, found.reference) == (2, "compound")
        rows = [(point.phi, point.method) for point in found.points]
        names = ["depth only", "width only", "resolution only", "compound"]
        assert rows == [(phi, name) for phi in (-0.5, 1) for name in names]
        for point in found.points:
            assert -0.5 <= point.low < point.accuracy < point.high <= 1.5
        assert found.baseline.flops_ratio == 1
        figure = SweepView(store, sweep_id).figure("methods")
        assert {trace.name for trace in figure.data} == set(names)
