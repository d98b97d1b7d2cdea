"""The service as a process: uvicorn around the application."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from typing import Final

import uvicorn

from api.app import create_app, open_store
from api.logs import configure
from api.settings import Settings
from search_spaces.errors import InputError

_BACKLOG: Final = 2048
_DRAIN_SECONDS: Final = 5


def serve(settings: Settings, *, listening: Callable[[str], None] = lambda url: None) -> None:
    """Serve until SIGINT or SIGTERM; running requests then get a few seconds to end.

    Args:
        settings: see `api.settings`.
        listening: called once with the service's URL when connections are accepted.

    Raises:
        InputError: the address is taken or not this machine's, the database is not usable, or
            tokens are needed and there is none.
        WorkError: the database cannot be reached.
    """
    open_store(settings).close()  # errors are reported here, not from within uvicorn
    bound = _bind(settings)
    configure(settings)
    host, port = bound.getsockname()[:2]
    config = uvicorn.Config(
        create_app(settings),
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_DRAIN_SECONDS,
    )
    shown = f"[{host}]" if ":" in host else host
    listening(f"http://{shown}:{port}")
    uvicorn.Server(config).run(sockets=[bound])


def _bind(settings: Settings) -> socket.socket:
    try:
        family, _, _, _, address = socket.getaddrinfo(
            settings.host.strip("[]"), settings.port, type=socket.SOCK_STREAM
        )[0]
        return socket.create_server(address[:2], family=family, backlog=_BACKLOG)
    except OSError as error:
        # Only the system's message: Python appends the address in its own form.
        known = error.errno is not None and error.errno > 0
        reason = os.strerror(error.errno or 0) if known else error.strerror
        raise InputError(
            f"the service cannot listen on {settings.host}:{settings.port} ({reason}): "
            "choose another port with SCALING_SEARCH_PORT, or stop the process that uses it"
        ) from error
