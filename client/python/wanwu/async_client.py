"""The client for asyncio."""

from __future__ import annotations

import asyncio
import time
from typing import (Any, AsyncIterable, AsyncIterator, Callable, Iterable,
                    Union)

import grpc
import grpc.aio

from . import _connection, _messages as messages, _requests, errors
from ._deadline import left, within
from ._plan import BatchPlan, Open
from .pictures import Picture, encoded
from .progress import ProgressOption, reporter
from .results import Answer, Models, PictureT, Result, models_of, result_of
from .retries import RetryPolicy


class AsyncClient:
    """As Client; made and used in one event loop."""

    def __init__(self, address: str = "127.0.0.1:8500", *, tls: bool = False,
                 ca_file: str | None = None,
                 certificate_file: str | None = None,
                 key_file: str | None = None, server_name: str | None = None,
                 token: _connection.Token | None = None,
                 health_checks: bool = True,
                 retry: RetryPolicy = RetryPolicy()) -> None:
        self._connection = told = _requests.Connection(
            address, tls, ca_file, certificate_file, key_file, server_name,
            token, health_checks, retry)
        told.metadata()
        target = _connection.target_of(address)
        options = _connection.channel_options(server_name, health_checks)
        if told.is_secure:
            self._channel = grpc.aio.secure_channel(
                target, _connection.credentials(ca_file, certificate_file,
                                                key_file), options)
        else:
            self._channel = grpc.aio.insecure_channel(target, options)
        self._methods = _requests.Methods(self._channel)

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(self, *what: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Ends all calls that are under way."""
        await self._channel.close()

    async def classify(self, picture: Picture, *, top_k: int = 5,
                       model: str = "", model_version: str = "",
                       language: str = "", timeout: float | None = None,
                       priority: str | None = None) -> Result:
        """As Client.classify."""
        wishes = _requests.Wishes(top_k, model, model_version, language)
        data = await asyncio.to_thread(encoded, picture)
        return result_of(await self._call(
            self._methods.classify, wishes.of(data), timeout, priority))

    async def classify_all(
            self, pictures: Union[Iterable[PictureT],
                                  AsyncIterable[PictureT]], *,
            in_flight: int = 32, top_k: int = 5, model: str = "",
            model_version: str = "", language: str = "",
            timeout: float | None = None, priority: str | None = None,
            picture_of: Callable[[PictureT], Picture] | None = None,
            progress: ProgressOption = False
    ) -> AsyncIterator[Answer[PictureT]]:
        """As Client.classify_all; `pictures` may be asynchronous, too."""
        wishes = _requests.Wishes(top_k, model, model_version, language)
        plan: BatchPlan[PictureT] = BatchPlan(
            in_flight, self._connection.retry, _requests.length(pictures),
            reporter(progress))
        source = _Source(pictures, plan, picture_of)
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            stream = _Stream(self._methods.batch, wishes, left(end),
                             self._connection.metadata(priority))
            try:
                async for answer in _run(stream, source, plan):
                    yield answer
                return
            except grpc.RpcError as error:
                plan.broken(errors.from_call(error))
            finally:
                stream.close()
            await asyncio.sleep(within(end, plan.seconds_until_due()))

    async def models(self) -> Models:
        """What is served."""
        return models_of(await self._call(self._methods.list_models,
                                          messages.ListModelsRequest(),
                                          _requests.QUICK, None))

    async def is_serving(self) -> bool:
        """Whether a server can be reached that takes pictures."""
        try:
            return _requests.is_serving(await self._methods.health(
                messages.HealthCheckRequest(), timeout=_requests.QUICK,
                metadata=self._connection.metadata()))
        except grpc.RpcError:
            return False

    async def _call(self, method: Any, request: Any, timeout: float | None,
                    priority: str | None) -> Any:
        end = None if timeout is None else time.monotonic() + timeout
        attempts = 0
        while True:
            attempts += 1
            try:
                return await method(
                    request, timeout=left(end),
                    metadata=self._connection.metadata(priority))
            except grpc.RpcError as failed:
                error = errors.from_call(failed)
            delay = self._connection.retry.delay(error, attempts)
            if delay is None or within(end, delay) < delay:
                raise error
            await asyncio.sleep(delay)


class _Source:
    """Gives the pictures that can be encoded to the plan."""

    def __init__(self, pictures: Any, plan: BatchPlan[Any],
                 picture_of: Callable[[Any], Picture] | None) -> None:
        self._picture_of = picture_of or (lambda picture: picture)
        self._pictures = (pictures.__aiter__()
                          if hasattr(pictures, "__aiter__")
                          else _asynchronous(pictures))
        self._plan = plan
        self.is_empty = False

    async def next(self) -> Open[Any] | Answer[Any] | None:
        """The next, or its Answer if it cannot be read."""
        async for picture in self._pictures:
            try:
                data = await asyncio.to_thread(
                    encoded, self._picture_of(picture))
                return self._plan.add(picture, data)
            except errors.UnreadablePicture as error:
                return self._plan.unreadable(picture, error)
        self.is_empty = True
        return None


async def _asynchronous(pictures: Iterable[Any]) -> AsyncIterator[Any]:
    for picture in pictures:
        yield picture


class _Stream:
    """One call, written to and read from the same task."""

    def __init__(self, method: Any, wishes: _requests.Wishes,
                 timeout: float | None,
                 metadata: _connection.Metadata) -> None:
        self._wishes = wishes
        self._requests: asyncio.Queue[
            messages.ClassifyBatchRequest | None] = asyncio.Queue()
        self.call = method(self._until_finished(), timeout=timeout,
                           metadata=metadata)

    async def _until_finished(
            self) -> AsyncIterator[messages.ClassifyBatchRequest]:
        while (request := await self._requests.get()) is not None:
            yield request

    def send(self, picture: Open[Any]) -> None:
        self._requests.put_nowait(
            self._wishes.numbered(picture.index, picture.encoded))

    async def finish(self) -> None:
        """No more comes from us; returns when the server has ended it."""
        self._requests.put_nowait(None)
        while await self.call.read() is not grpc.aio.EOF:
            pass

    def close(self) -> None:
        self._requests.put_nowait(None)
        self.call.cancel()


async def _run(stream: _Stream, source: _Source, plan: BatchPlan[PictureT]
               ) -> AsyncIterator[Answer[PictureT]]:
    while True:
        for again in plan.take_due():
            stream.send(again)
        while plan.has_room and not source.is_empty:
            taken = await source.next()
            if isinstance(taken, Answer):
                yield taken
            elif taken is not None:
                stream.send(taken)
        if plan.is_waiting:
            answer = await stream.call.read()
            if answer is grpc.aio.EOF:
                raise _requests.ended_early()
            done = plan.answered(int(answer.id), _requests.outcome(answer))
            if done is not None:
                yield done
        elif plan.is_idle:
            await stream.finish()
            return
        else:
            await asyncio.sleep(plan.seconds_until_due())
