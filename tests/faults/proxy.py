"""A TCP proxy that can be a bad network."""

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Literal, Self

Mode = Literal["pass", "delay", "hang", "reset", "refuse", "cut"]


class Proxy:
    """Stands on a port of this machine before a server.

    delay: each piece that the server sends comes `seconds` late. hang: connections stay open, and
    nothing passes. reset: every connection ends with RST, at once. refuse: the same, and nobody
    listens. cut: a connection ends with RST once the client has sent `after` bytes.
    """

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self.host, self.server_port = host, port
        self.mode: Mode = "pass"
        self.seconds, self.after = 0.0, 0
        self.connections: set[asyncio.StreamWriter] = set()
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.port = 0

    def __enter__(self) -> Self:
        self.thread.start()
        self.run(self.listen())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        self.run(self.end())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()

    def change(self, mode: Mode, *, seconds: float = 0.0, after: int = 0) -> None:
        """Be such a network from now on, for the open connections too."""
        self.run(self.become(mode, seconds, after))

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self.loop).result(timeout=30)

    async def listen(self) -> None:
        self.may_pass = asyncio.Event()
        self.may_pass.set()
        self.server = await asyncio.start_server(self.join, self.host, self.port, backlog=512)
        self.port = self.server.sockets[0].getsockname()[1]

    async def end(self) -> None:
        self.server.close()
        self.may_pass.set()
        self.reset_all()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def become(self, mode: Mode, seconds: float, after: int) -> None:
        was, self.mode = self.mode, mode
        self.seconds, self.after = seconds, after
        if mode == "hang":
            self.may_pass.clear()
        else:
            self.may_pass.set()
        if mode in ("reset", "refuse"):
            self.reset_all()
        if mode == "refuse":
            self.server.close()
        elif was == "refuse":
            await self.listen()

    async def join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry a connection until either side ends it."""
        self.connections.add(writer)
        ends = [writer]
        try:
            if self.mode == "reset":
                return
            await self.may_pass.wait()
            further, back = await asyncio.open_connection(self.host, self.server_port)
            self.connections.add(back)
            ends.append(back)
            await asyncio.gather(
                self.carry(reader, back, is_from_client=True),
                self.carry(further, writer, is_from_client=False),
            )
            for end in ends:
                end.close()
        except (OSError, asyncio.CancelledError):  # cancelled where the proxy ends
            pass
        finally:
            for end in ends:
                self.connections.discard(end)
                self.reset(end)

    async def carry(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, is_from_client: bool
    ) -> None:
        carried = 0
        while piece := await source.read(65_536):
            await self.may_pass.wait()
            if self.mode == "delay" and not is_from_client:
                await asyncio.sleep(self.seconds)
            carried += len(piece)
            if self.mode == "cut" and is_from_client and carried > self.after:
                raise ConnectionAbortedError
            target.write(piece)
            await target.drain()
        with contextlib.suppress(OSError):
            target.write_eof()

    def reset_all(self) -> None:
        for writer in self.connections:
            self.reset(writer)

    @staticmethod
    def reset(writer: asyncio.StreamWriter) -> None:
        """End a connection as a crash does, with RST; one that was ended properly stays so."""
        if not writer.transport.is_closing():
            end = writer.get_extra_info("socket")
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
