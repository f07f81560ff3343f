"""A wire to a server that is slow, stands still, or is cut."""

import asyncio
import threading

CHUNK = 64 * 1024


class Proxy:
    """Listens on a free port, and passes on to host and port."""

    def __init__(self, host, port, delay=0.0):
        """`delay`: s, each way."""
        self._to = host, port
        self._delay = delay
        self._writers = set()
        self._loop = asyncio.new_event_loop()
        self._flows = asyncio.Event()
        self._thread = threading.Thread(target=self._loop.run_forever,
                                        daemon=True)
        self._thread.start()
        self.port = self._do(self._listen())

    def _do(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine,
                                                self._loop).result(10)

    async def _listen(self):
        self._flows.set()
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return server.sockets[0].getsockname()[1]

    async def _accept(self, reader, writer):
        try:
            far_reader, far_writer = await asyncio.open_connection(*self._to)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, far_writer}
        await asyncio.gather(self._pass(reader, far_writer),
                             self._pass(far_reader, writer))

    async def _pass(self, reader, writer):
        due = asyncio.Queue()
        sender = asyncio.ensure_future(self._send(due, writer))
        try:
            while data := await reader.read(CHUNK):
                due.put_nowait((self._loop.time() + self._delay, data))
        except ConnectionError:
            pass
        due.put_nowait((self._loop.time() + self._delay, b""))
        await sender

    async def _send(self, due, writer):
        while True:
            when, data = await due.get()
            await asyncio.sleep(max(0, when - self._loop.time()))
            await self._flows.wait()
            if not data or writer.transport.is_closing():
                writer.close()
                return
            writer.write(data)

    def stall(self):
        """From now on nothing is passed on, and no connection ends."""
        self._loop.call_soon_threadsafe(self._flows.clear)

    def cut(self):
        """Resets every connection; new ones are served."""
        async def cut_all():
            for writer in self._writers:
                writer.transport.abort()
            self._writers.clear()

        self._do(cut_all())

    def close(self):
        async def stop():
            tasks = asyncio.all_tasks() - {asyncio.current_task()}
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        self._do(stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
