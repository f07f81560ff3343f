"""Both kinds of Python clients, in the same words."""

import asyncio


class Waiting:
    """wanwu.Client; what it gives piece by piece comes as a list."""

    def __init__(self, wanwu, address, **options):
        self._client = wanwu.Client(address, **options)

    def __getattr__(self, name):
        return getattr(self._client, name)

    def classify_all(self, pictures, **options):
        return list(self._client.classify_all(pictures, **options))


class Asynchronous:
    """wanwu.AsyncClient in a loop of its own."""

    def __init__(self, wanwu, address, **options):
        self._loop = asyncio.new_event_loop()

        async def connect():
            return wanwu.AsyncClient(address, **options)

        self._client = self._loop.run_until_complete(connect())

    def __getattr__(self, name):
        method = getattr(self._client, name)

        def call(*arguments, **options):
            return self._loop.run_until_complete(
                method(*arguments, **options))

        return call

    def classify_all(self, pictures, **options):
        async def collect():
            return [answer async for answer in
                    self._client.classify_all(pictures, **options)]

        return self._loop.run_until_complete(collect())

    def close(self):
        self._loop.run_until_complete(self._client.close())
        self._loop.close()


KINDS = {"Client": Waiting, "AsyncClient": Asynchronous}
