"""The client whose calls wait."""

from __future__ import annotations

import queue
import time
from typing import Any, Callable, Iterable, Iterator

import grpc

from . import _connection, _messages as messages, _requests, errors
from ._deadline import left, within
from ._plan import BatchPlan, Open
from .pictures import Picture, encoded
from .progress import ProgressOption, reporter
from .results import Answer, Models, PictureT, Result, models_of, result_of
from .retries import RetryPolicy


class Client:
    """Classifies pictures; may be used from many threads.

    `address` is HOST:PORT, unix:PATH, several IPv4 addresses with commas, or
    any name that gRPC resolves; calls go to each healthy server in turn, as
    docs/service-config.json says. Naming a file means TLS, too. `token` is
    the token or what returns it. `health_checks` must be False for a server
    that wants a token for its health.
    """

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
            self._channel = grpc.secure_channel(
                target, _connection.credentials(ca_file, certificate_file,
                                                key_file), options)
        else:
            self._channel = grpc.insecure_channel(target, options)
        self._methods = _requests.Methods(self._channel)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *what: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends all calls that are under way."""
        self._channel.close()

    def classify(self, picture: Picture, *, top_k: int = 5, model: str = "",
                 model_version: str = "", language: str = "",
                 timeout: float | None = None,
                 priority: str | None = None) -> Result:
        """One picture. `timeout`, in seconds, holds for all attempts
        together; `priority` is "interactive" (default) or "bulk". Raises
        WanwuError."""
        request = _requests.Wishes(top_k, model, model_version,
                                   language).of(encoded(picture))
        return result_of(self._call(self._methods.classify, request, timeout,
                                    priority))

    def classify_all(self, pictures: Iterable[PictureT], *,
                     in_flight: int = 32, top_k: int = 5, model: str = "",
                     model_version: str = "", language: str = "",
                     timeout: float | None = None,
                     priority: str | None = None,
                     picture_of: Callable[[PictureT], Picture] | None = None,
                     progress: ProgressOption = False
                     ) -> Iterator[Answer[PictureT]]:
        """Many pictures over one stream: an Answer for each, as they come.

        At most `in_flight` pictures are held; the next are taken from
        `pictures` as answers are. These may be anything of which `picture_of`
        gives the picture, such as rows of a table. What the server is too
        busy for, or loses when it stops, is sent again. Raises WanwuError
        where that does not help, or when all of it has taken `timeout`
        seconds.
        """
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
                yield from _run(stream, source, plan)
                return
            except grpc.RpcError as error:
                plan.broken(errors.from_call(error))
            finally:
                stream.close()
            time.sleep(within(end, plan.seconds_until_due()))

    def models(self) -> Models:
        """What is served."""
        return models_of(self._call(self._methods.list_models,
                                    messages.ListModelsRequest(),
                                    _requests.QUICK, None))

    def is_serving(self) -> bool:
        """Whether a server can be reached that takes pictures."""
        try:
            return _requests.is_serving(self._methods.health(
                messages.HealthCheckRequest(), timeout=_requests.QUICK,
                metadata=self._connection.metadata()))
        except grpc.RpcError:
            return False

    def _call(self, method: Any, request: Any, timeout: float | None,
              priority: str | None) -> Any:
        end = None if timeout is None else time.monotonic() + timeout
        attempts = 0
        while True:
            attempts += 1
            try:
                return method(request, timeout=left(end),
                              metadata=self._connection.metadata(priority))
            except grpc.RpcError as failed:
                error = errors.from_call(failed)
            delay = self._connection.retry.delay(error, attempts)
            if delay is None or within(end, delay) < delay:
                raise error
            time.sleep(delay)


class _Source:
    """Gives the pictures that can be encoded to the plan."""

    def __init__(self, pictures: Iterable[Any], plan: BatchPlan[Any],
                 picture_of: Callable[[Any], Picture] | None) -> None:
        self._picture_of = picture_of or (lambda picture: picture)
        self._pictures = iter(pictures)
        self._plan = plan
        self.is_empty = False

    def next(self) -> Open[Any] | Answer[Any] | None:
        """The next, or its Answer if it cannot be read."""
        for picture in self._pictures:
            try:
                return self._plan.add(
                    picture, encoded(self._picture_of(picture)))
            except errors.UnreadablePicture as error:
                return self._plan.unreadable(picture, error)
        self.is_empty = True
        return None


class _Stream:
    """One call, written to and read from the same thread."""

    def __init__(self, method: Any, wishes: _requests.Wishes,
                 timeout: float | None,
                 metadata: _connection.Metadata) -> None:
        self._wishes = wishes
        self._requests: queue.SimpleQueue[
            messages.ClassifyBatchRequest | None] = queue.SimpleQueue()
        self.call = method(iter(self._requests.get, None), timeout=timeout,
                           metadata=metadata)

    def send(self, picture: Open[Any]) -> None:
        self._requests.put(self._wishes.numbered(picture.index,
                                                 picture.encoded))

    def finish(self) -> None:
        """No more comes from us; returns when the server has ended it."""
        self._requests.put(None)
        for _ in self.call:
            pass

    def close(self) -> None:
        self._requests.put(None)
        self.call.cancel()


def _run(stream: _Stream, source: _Source,
         plan: BatchPlan[PictureT]) -> Iterator[Answer[PictureT]]:
    while True:
        for again in plan.take_due():
            stream.send(again)
        while plan.has_room and not source.is_empty:
            taken = source.next()
            if isinstance(taken, Answer):
                yield taken
            elif taken is not None:
                stream.send(taken)
        if plan.is_waiting:
            answer = next(stream.call, None)
            if answer is None:
                raise _requests.ended_early()
            done = plan.answered(int(answer.id), _requests.outcome(answer))
            if done is not None:
                yield done
        elif plan.is_idle:
            stream.finish()
            return
        else:
            time.sleep(plan.seconds_until_due())
