"""Tables: the same columns for every surface."""

from results.tables.candidates import CANDIDATES, NETWORKS, REACHED, compared
from results.tables.family import FAMILY, FULL, family_table
from results.tables.table import Column, lay_out
from results.tables.trials import TRIALS
from scaling_search import family
from search_spaces.coefficients import PUBLISHED

NUMBERS = {
    "value": Column("value", str, help="the number itself"),
    "double": Column("double", lambda value: str(2 * value)),
}


def test_a_table_has_the_columns_chosen_and_the_rows_up_to_a_limit():
    table = lay_out(NUMBERS, range(5), ("double", "value"), leads=lambda one: one == 1, limit=3)
    assert [row.cells for row in table.rows] == [("0", "0"), ("2", "1"), ("4", "2")]
    assert [row.lead for row in table.rows] == [False, True, False]
    assert (table.total, table.hidden) == (5, 2)
    assert table.legend == "value: the number itself"


def test_a_family_begins_with_its_baseline():
    members = family(PUBLISHED, members=3)
    table = family_table(members, FULL)
    assert [row.cells[0] for row in table.rows] == ["b0", "b1", "b2"]
    column = list(table.columns).index("flops_ratio")
    assert table.rows[0].cells[column] == "1.00"
    assert set(FULL) - {"flops_ratio"} == FAMILY.keys()


def test_candidates_stand_beside_the_leader(library):
    lease = library.claimed()
    library.train(lease, lambda index, seed: 0.5 + 0.1 * index)
    candidates = library.store.candidates(lease.sweep_id)
    rows = compared(candidates, None, leading=candidates[-1].index)
    table = lay_out(CANDIDATES, rows, (*NETWORKS, *REACHED), leads=lambda row: row.leads)
    standing = list(table.columns).index("standing")
    assert [row.lead for row in table.rows] == [False] * (len(rows) - 1) + [True]
    assert "leader" in table.rows[-1].cells[standing]
    assert "baseline" in table.rows[0].cells[standing]


def test_a_trial_has_a_cell_in_every_column(library):
    lease = library.claimed()
    library.train(lease, lambda index, seed: None if index else 0.5)
    table = lay_out(TRIALS, library.store.trials(lease.sweep_id), TRIALS)
    by_state = {row.value.state: dict(zip(TRIALS, row.cells, strict=True)) for row in table.rows}
    assert by_state["finished"]["accuracy"] == "50.00%"
    assert by_state["finished"]["error"] == ""
    assert by_state["diverged"]["accuracy"] == "–"
