"""Ports and cores: the next free one, and never more than the machine allows."""

import os
import socket

from app.local.machine import LOOPBACK, cores, description, free_port, is_open


def test_a_port_that_is_taken_gives_the_next_free_one() -> None:
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        taken.listen()
        port = taken.getsockname()[1]

        assert is_open(port)
        assert free_port(port) > port


def test_cores_are_those_this_process_may_use() -> None:
    assert 1 <= cores() <= len(os.sched_getaffinity(0))


def test_figures_name_the_machine_they_were_taken_on() -> None:
    assert f"{cores()} kerner" in description()
    assert "Python 3" in description()
