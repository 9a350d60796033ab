"""granian's arguments, each with its reason, for everything that starts a server."""

import resource

from django.conf import settings
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

# A connection that is only open costs a few kilobytes, and no thread.
CONNECTIONS = 8_192


def serve(*, host: str, port: int, workers: int) -> None:
    """Serve the magazine until the process is told to stop."""
    allow_open_files(CONNECTIONS + 1_024)
    Granian(
        "magazine.gateway.application:application",
        address=host,
        port=port,
        workers=workers,
        interface=Interfaces.RSGI,
        # TLS and HTTP/2 end at the proxy.
        http=HTTPModes.http1,
        websockets=False,
        # Beyond so many connections a worker accepts none, and the site is away. It is far above
        # what a proxy keeps open, and above what stalled clients reach before they are refused.
        backpressure=CONNECTIONS,
        backlog=1_024,
        # Milliseconds for the head of a request; bodies have a limit of their own.
        http1_settings=HTTP1Settings(header_read_timeout=10_000),
        respawn_failed_workers=True,
        # Ctrl+C reaches the workers too, and one that is told to stop twice may not stop.
        workers_kill_timeout=10,
        log_level=LogLevels.error,
        # granian's own entries stand among ours, in their form.
        log_dictconfig=settings.LOGGING,
    ).serve()


def allow_open_files(wanted: int) -> None:
    """Raise this process's limit of open files to `wanted`, as far as the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
