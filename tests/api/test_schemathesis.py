"""Requests made up from the OpenAPI document: no 5xx, nothing that is not documented."""

import shutil
import threading
import time
from collections.abc import Iterator

import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode, checks
from schemathesis.specs.openapi import checks as openapi_checks

from api.app import ROUTERS, create_app
from api.settings import Settings
from results import Store
from results.states import AccessScope

ENDLESS = "watch_sweep"
"""A stream of events has no end to wait for; `test_events.py` follows some."""

WITHOUT_INPUT = {"get_health", "get_readiness", "get_session", "sign_out"}
"""Nothing about these requests can be wrong."""

OPERATIONS = {route.operation_id for router in ROUTERS for route in router.routes}

CHECKS = (
    checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_headers_conformance,
    openapi_checks.response_schema_conformance,
    openapi_checks.unsupported_method,
    openapi_checks.allow_header_conformance,
    openapi_checks.use_after_free,
    openapi_checks.ensure_resource_availability,
)
CHECKS_OF_BODIES = (*CHECKS, openapi_checks.negative_data_rejection)
"""In a query, any text is a valid text, so that what breaks the schema there may still be one."""

STEADY = settings(
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    database=None,
)


@pytest.fixture(scope="module")
def service(library_file, tmp_path_factory) -> Iterator[tuple[str, dict[str, str]]]:
    """URL of a service over a library, and headers that let one in; each plan is small."""
    path = tmp_path_factory.mktemp("schemathesis") / "results.db"
    shutil.copy(library_file, path)
    with Store.open(f"sqlite:///{path}") as store:
        token = store.create_token("schemathesis", AccessScope.ADMIN)
    app = create_app(
        Settings(
            database_url=f"sqlite:///{path}",
            require_tokens=True,
            writes_per_minute=1_000_000,
            max_points=100,
            max_directions=4,
            answer_seconds=0,
        )
    )
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}", {"Authorization": f"Bearer {token.secret}"}
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def described(service):
    url, _ = service
    return schemathesis.openapi.from_url(f"{url}/openapi.json").exclude(operation_id=ENDLESS)


TESTS = [
    (operation, mode)
    for operation in sorted(OPERATIONS - {ENDLESS})
    for mode in GenerationMode
    if mode is GenerationMode.POSITIVE or operation not in WITHOUT_INPUT
]


@pytest.mark.parametrize(("operation_id", "mode"), TESTS)
def test_each_operation(described, service, operation_id, mode):
    _, headers = service
    operation = described.find_operation_by_id(operation_id)

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(STEADY, max_examples=8)
    def check(case):
        if case.method == "GET" and mode is GenerationMode.POSITIVE:
            for name in ("sweep_id", "coefficients_id"):  # one that is there
                if name in case.path_parameters:
                    case.path_parameters[name] = 1 + case.path_parameters[name] % 2
        checks_of = CHECKS_OF_BODIES if operation.body else CHECKS
        case.call_and_validate(checks=checks_of, headers=headers)

    check()


def test_operations_one_after_the_other(described, service):
    _, headers = service

    class Machine(described.as_state_machine()):
        def get_call_kwargs(self, case):
            return {"headers": headers}

        def validate_response(self, response, case, additional_checks=(), **options):
            case.validate_response(response, checks=CHECKS, **options)

    Machine.run(settings=settings(STEADY, max_examples=10, stateful_step_count=6))
