"""Answers: what can this machine carry, and which ports are free?

Knows nothing of what will be run on it.
"""

import contextlib
import http.client
import os
import platform
import socket
from pathlib import Path

from app.local.terminal import SetupError

LOOPBACK = "127.0.0.1"
PORTS_TO_TRY = 50


def cores() -> int:
    """Return how many cores this process may use: its own mask, and the container's share."""
    allowed = len(os.sched_getaffinity(0))
    with contextlib.suppress(OSError, ValueError):
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
        allowed = min(allowed, max(1, int(quota) // int(period)))
    return allowed


def memory_gigabytes() -> float:
    """Return the machine's memory."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def description() -> str:
    """Return the line that belongs with every measured figure."""
    model = platform.machine()
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    return (
        f"{model}, {cores()} kerner, {memory_gigabytes():.0f} GB, "
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    )


def free_port(preferred: int) -> int:
    """Return the preferred port on the loopback interface, or the next one that is free."""
    for port in range(preferred, preferred + PORTS_TO_TRY):
        with socket.socket() as probe:
            # Assumes: a port in TIME_WAIT after the last run is ours to take again.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            return port
    raise SetupError(f"Ingen ledig port fra {preferred} til {preferred + PORTS_TO_TRY - 1}.")


def is_open(port: int) -> bool:
    """Tell whether something answers on a loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex((LOOPBACK, port)) == 0


def answers(port: int, path: str) -> bool:
    """Tell whether the web server on a loopback port says that it is well."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=2.0)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
