"""Processes that end while readers ask."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import empty_site
from tests.faults.sites import Server, served, wait_for
from tests.magazine.kept_pages import ask

HANDS_ON = Path("/proc/sys/net/ipv4/tcp_migrate_req")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    site = empty_site(tmp_path_factory.mktemp("replaced"), "magazine_replaced_of_tests")
    with served(site) as server:
        yield server


def test_replacing_the_processes_costs_no_answer(server):
    """As after an update: SIGHUP starts new ones before the old ones end. Where the kernel does not
    hand on what waits at the socket of a process that ends, such a connection may be reset."""
    before = {one.pid for one in server.workers()}
    is_over, seen = threading.Event(), []

    def read() -> None:
        while not is_over.is_set():
            try:
                seen.append(ask(server.port, "/").status)
            except ConnectionResetError:
                if HANDS_ON.read_text().strip() == "1":
                    raise
            time.sleep(0.01)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    os.kill(server.process.pid, signal.SIGHUP)
    try:
        wait_for(lambda: not before & {one.pid for one in server.workers()}, seconds=60)
    finally:
        is_over.set()
        for reader in readers:
            reader.join()
    assert len(server.workers()) == 2
    assert len(seen) > 100
    assert set(seen) == {200}


def test_a_process_that_was_killed_is_replaced(server):
    killed = server.workers()[0]
    killed.kill()
    wait_for(lambda: killed.pid not in {one.pid for one in server.workers()})
    wait_for(lambda: len(server.workers()) == 2)
    wait_for(lambda: ask(server.port, "/").status == 200)
