"""A process of the server killed or paused, and all of them replaced, under load."""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterator

from tests.faults.readers import Seen, p99, statuses, steadily
from tests.faults.sites import KEPT, served, set_up, wait_for
from tests.faults.table import Drill, Row, fault

RATE = 200
# Seconds in which all processes are replaced: granian starts one, and ends its elder 3.5 s later.
RELOAD = 25


async def during(port: int, seconds: float, act: Callable[[], object]) -> tuple[list[Seen], float]:
    asking = asyncio.create_task(steadily(port, KEPT, RATE, seconds))
    await asyncio.sleep(3)
    acted_at = time.monotonic()
    await asyncio.to_thread(act)
    return await asking, acted_at


def failed(seen: list[Seen]) -> list[Seen]:
    return [one for one in seen if one.status != 200]


@fault
def process_killed(drill: Drill) -> Iterator[Row]:
    """SIGKILL to one of two: what it held is lost, and another one takes its place."""
    with served(set_up(drill.folder / "var")) as server:
        server.keep(KEPT)
        before = {one.pid for one in server.workers()}
        seen, acted_at = asyncio.run(
            during(server.port, drill.choose(30, 12), server.workers()[0].kill)
        )
        lost = failed(seen)
        late = [one for one in lost if one.begun > acted_at + 1]
        after = {one.pid for one in server.workers()}
        yield Row(
            "process-killed",
            f"{statuses(seen)}; {len(late)} of those without an answer were asked more than 1 s "
            "later",
            "only what it held",
            not late and len(lost) < RATE,
        )
        yield Row(
            "process-killed",
            f"{len(after)} processes again, {len(after - before)} of them new",
            "as many as before",
            len(after) == len(before) == 2 and len(after - before) == 1,
        )


@fault
def process_paused(drill: Drill) -> Iterator[Row]:
    """SIGSTOP to one of two, as a machine does that swaps: the kernel goes on giving it every
    other connection, which waits."""
    with served(set_up(drill.folder / "var")) as server:
        server.keep(KEPT)
        paused = server.workers()[0]
        seconds = 5

        def pause() -> None:
            paused.suspend()
            time.sleep(seconds)
            paused.resume()

        seen, acted_at = asyncio.run(during(server.port, drill.choose(20, 12), pause))
        after = [one for one in seen if one.begun > acted_at + seconds + 2]
        yield Row(
            "process-paused",
            f"{statuses(seen)}; slowest {max(one.seconds for one in seen):.1f} s of {seconds} s; "
            f"then p99 {p99(after) * 1000:.0f} ms",
            "none without an answer; then p99 < 100 ms",
            not failed(seen) and p99(after) < 0.1,
        )


@fault
def processes_replaced(drill: Drill) -> Iterator[Row]:
    """SIGHUP, as after an update of the code: new processes before the old ones end."""
    with served(set_up(drill.folder / "var")) as server:
        server.keep(KEPT)
        before = {one.pid for one in server.workers()}
        seen, _ = asyncio.run(
            during(server.port, RELOAD, lambda: os.kill(server.process.pid, signal.SIGHUP))
        )
        wait_for(lambda: len(server.workers()) == 2)
        after = {one.pid for one in server.workers()}
        yield Row(
            "processes-replaced",
            f"{statuses(seen)}; p99 {p99(seen) * 1000:.0f} ms; "
            f"{len(after - before)} of {len(after)} processes new",
            "all 200, all new",
            not failed(seen) and not after & before and len(after) == 2,
        )
