"""The description of the service: complete, true, and with an example of everything."""

import pytest
from jsonschema import Draft202012Validator

from api.app import create_app
from api.models.candidates import CandidateSort
from api.models.coefficients import CoefficientsSort
from api.models.sweeps import SweepSort
from api.models.trials import EpochSort, TrialSort
from api.settings import Settings
from results.store.candidates import CANDIDATE_ORDERS
from results.store.coefficients import COEFFICIENTS_ORDERS
from results.store.sweeps import SWEEP_ORDERS
from results.store.trial_reads import EPOCH_ORDERS, TRIAL_ORDERS

OPERATIONS = {
    "cancel_sweep", "compare_sweeps", "delete_sweep", "extend_sweep", "get_best_coefficients",
    "get_family", "get_family_figure", "get_figure", "get_gallery", "get_gallery_figures",
    "get_gallery_picture", "get_health", "get_log", "get_member", "get_metrics",
    "get_published_family", "get_published_family_figure", "get_published_member", "get_readiness",
    "get_report", "get_session", "get_sweep", "get_transfer", "get_transfer_figure",
    "get_validation", "get_validation_figure", "list_baselines", "list_candidates",
    "list_checkpoints", "list_coefficients", "list_datasets", "list_edge_measurements",
    "list_epochs", "list_figures", "list_sweeps", "list_transfer_runs", "list_transfers",
    "list_trials", "list_validations", "make_plan", "resume_sweep", "sign_in", "sign_out",
    "submit_sweep", "watch_sweep",
}  # fmt: skip
"""Clients are generated from these names: one that changes breaks them."""


@pytest.fixture(scope="module")
def document():
    return create_app(Settings()).openapi()


def _operations(document):
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            yield path, method, operation


def _resolved(document, schema):
    while "$ref" in schema:
        place = document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            place = place[part]
        schema = place
    return schema


def test_operation_ids_are_stable(document):
    assert {operation["operationId"] for _, _, operation in _operations(document)} == OPERATIONS


def test_every_operation_is_explained(document):
    for path, method, operation in _operations(document):
        assert operation["summary"], (path, method)
        assert operation["description"], (path, method)
        assert operation["tags"], (path, method)
        for parameter in operation.get("parameters", []):
            assert parameter["description"], (path, method, parameter["name"])


def test_every_answer_has_an_example_that_is_valid(document):
    for path, method, operation in _operations(document):
        for status, response in operation["responses"].items():
            contents = response.get("content", {})
            assert contents or status == "204", (path, method, status)
            for media_type, content in contents.items():
                schema = _resolved(document, content["schema"])
                if schema.get("format") == "binary":
                    continue
                example = content.get("example", schema.get("example"))
                assert example is not None, (path, method, status, media_type)
                _check(document, content["schema"], example)


def test_every_body_has_examples_that_are_valid(document):
    bodies = [op for _, _, op in _operations(document) if "requestBody" in op]
    assert len(bodies) == 4
    for operation in bodies:
        content = operation["requestBody"]["content"]["application/json"]
        schema = _resolved(document, content["schema"])
        examples = [one["value"] for one in content.get("examples", {}).values()]
        for example in examples or [schema["example"]]:
            _check(document, content["schema"], example)


def _check(document, schema, example):
    Draft202012Validator({**schema, "components": document["components"]}).validate(example)


def test_every_operation_says_how_it_fails(document):
    for path, method, operation in _operations(document):
        statuses = set(operation["responses"])
        if path in ("/healthz", "/readyz"):
            continue
        assert {"403", "503"} <= statuses, (path, method)
        if "{" in path:
            assert {"404", "422"} <= statuses, (path, method)
        if method != "get":
            assert {"400", "413", "422", "429"} <= statuses, (path, method)


@pytest.mark.parametrize(
    ("literal", "orders"),
    [
        (SweepSort, SWEEP_ORDERS),
        (TrialSort, TRIAL_ORDERS),
        (EpochSort, EPOCH_ORDERS),
        (CandidateSort, CANDIDATE_ORDERS),
        (CoefficientsSort, COEFFICIENTS_ORDERS),
    ],
)
def test_lists_can_be_sorted_by_what_the_record_knows(literal, orders):
    assert set(literal.__args__) == {sign + order for order in orders for sign in ("", "-")}
