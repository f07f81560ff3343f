"""What both clients are made of."""

from __future__ import annotations

import dataclasses
from typing import Any, Sized

import grpc
import grpc.aio

from . import _connection, errors
from . import _messages as messages
from .results import Result, result_of
from .retries import RetryPolicy

_SERVICE = "/wanwu.v1.ImageClassifier"
# For what costs the server nothing.
QUICK = 10.0


@dataclasses.dataclass(frozen=True)
class Connection:
    """What a client was told when it was made."""

    address: str
    tls: bool
    ca_file: str | None
    certificate_file: str | None
    key_file: str | None
    server_name: str | None
    token: _connection.Token | None
    health_checks: bool
    retry: RetryPolicy

    @property
    def is_secure(self) -> bool:
        return self.tls or (self.ca_file or self.certificate_file) is not None

    def metadata(self, priority: str | None = None) -> _connection.Metadata:
        if self.token is not None and not self.is_secure:
            _connection.check_token_is_safe(self.address)
        return _connection.call_metadata(self.token, priority)


class Methods:
    """The calls over a channel, waiting or asynchronous as it is."""

    def __init__(self, channel: grpc.Channel | grpc.aio.Channel) -> None:
        self.classify: Any = channel.unary_unary(
            f"{_SERVICE}/Classify",
            messages.ClassifyRequest.SerializeToString,
            messages.ClassifyResponse.FromString)
        self.batch: Any = channel.stream_stream(
            f"{_SERVICE}/ClassifyBatch",
            messages.ClassifyBatchRequest.SerializeToString,
            messages.ClassifyBatchResponse.FromString)
        self.list_models: Any = channel.unary_unary(
            f"{_SERVICE}/ListModels",
            messages.ListModelsRequest.SerializeToString,
            messages.ListModelsResponse.FromString)
        self.health: Any = channel.unary_unary(
            "/grpc.health.v1.Health/Check",
            messages.HealthCheckRequest.SerializeToString,
            messages.HealthCheckResponse.FromString)


@dataclasses.dataclass(frozen=True)
class Wishes:
    """What is asked about a picture."""

    top_k: int
    model: str
    model_version: str
    language: str

    def of(self, encoded: bytes) -> messages.ClassifyRequest:
        return messages.ClassifyRequest(
            image=encoded, top_k=self.top_k, model=self.model,
            model_version=self.model_version, language_code=self.language)

    def numbered(self, index: int,
                 encoded: bytes) -> messages.ClassifyBatchRequest:
        return messages.ClassifyBatchRequest(id=str(index),
                                             request=self.of(encoded))


def outcome(answer: messages.ClassifyBatchResponse
            ) -> Result | errors.WanwuError:
    if answer.WhichOneof("result") == "error":
        return errors.from_status(answer.error)
    return result_of(answer.response)


def length(pictures: object) -> int | None:
    return len(pictures) if isinstance(pictures, Sized) else None


def is_serving(answer: messages.HealthCheckResponse) -> bool:
    return answer.status == messages.HealthCheckResponse.SERVING


def ended_early() -> errors.WanwuError:
    return errors.WanwuError(grpc.StatusCode.INTERNAL,
                             "the stream ended before all was answered")
