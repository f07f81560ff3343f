"""What goes wrong, as exceptions."""

from __future__ import annotations

from typing import Any, Mapping

import grpc

from . import _messages as messages

_CODES = {code.value[0]: code for code in grpc.StatusCode}


class WanwuError(Exception):
    """An error of the server, or of the way there.

    `code` is gRPC's, `reason` the server's (docs/api.md, Errors), such as
    "IMAGE_DECODE_FAILED"; empty if the error is not the server's own.
    `metadata` says more, such as "value" and "limit". `retry_after` is in
    how many seconds the server wants to be asked again; None if it did not
    say.
    """

    def __init__(self, code: grpc.StatusCode, message: str, reason: str = "",
                 metadata: Mapping[str, str] | None = None,
                 retry_after: float | None = None) -> None:
        super().__init__(code, message, reason)
        self.code = code
        self.message = message
        self.reason = reason
        self.metadata = dict(metadata or {})
        self.retry_after = retry_after

    def __str__(self) -> str:
        why = f" ({self.reason})" if self.reason else ""
        return f"{self.code.name}{why}: {self.message}"

    def __reduce__(self) -> tuple[object, ...]:
        # Engines send errors from process to process.
        return (type(self), (self.code, self.message, self.reason,
                             self.metadata, self.retry_after))


class InvalidRequest(WanwuError):
    """The picture or a field is wrong: it would fail again."""


class UnreadablePicture(InvalidRequest):
    """What was given could not be read or encoded here; nothing was sent."""


class NotFound(WanwuError):
    """The server has no such model."""


class Unauthenticated(WanwuError):
    """The token is missing or unknown."""


class PermissionDenied(WanwuError):
    """The token's role, or the certificate's name, does not allow this."""


class Overloaded(WanwuError):
    """The server has too much to do."""


class Unavailable(WanwuError):
    """No server can be reached, or it starts or stops."""


class DeadlineExceeded(WanwuError):
    """It took too long, or would have."""


_KINDS: dict[grpc.StatusCode, type[WanwuError]] = {
    grpc.StatusCode.INVALID_ARGUMENT: InvalidRequest,
    grpc.StatusCode.NOT_FOUND: NotFound,
    grpc.StatusCode.UNAUTHENTICATED: Unauthenticated,
    grpc.StatusCode.PERMISSION_DENIED: PermissionDenied,
    grpc.StatusCode.RESOURCE_EXHAUSTED: Overloaded,
    grpc.StatusCode.UNAVAILABLE: Unavailable,
    grpc.StatusCode.DEADLINE_EXCEEDED: DeadlineExceeded,
}


def from_status(status: messages.Status) -> WanwuError:
    """Of a google.rpc.Status."""
    info = messages.ErrorInfo()
    retry = messages.RetryInfo()
    retry_after = None
    for detail in status.details:
        if detail.Is(retry.DESCRIPTOR) and detail.Unpack(retry):
            delay = retry.retry_delay
            retry_after = delay.seconds + delay.nanos / 1e9
        elif detail.Is(info.DESCRIPTOR):
            detail.Unpack(info)
    code = _CODES.get(status.code, grpc.StatusCode.UNKNOWN)
    return _KINDS.get(code, WanwuError)(code, status.message, info.reason,
                                        info.metadata, retry_after)


def from_call(error: grpc.RpcError) -> WanwuError:
    """Of a call that failed."""
    # Typed as having none of this, which those of calls have.
    call: Any = error
    code: grpc.StatusCode = call.code()
    text: str = call.details() or ""
    # Not dict(…): asyncio's metadata are a mapping that gives pairs.
    trailers = {key: value for key, value in call.trailing_metadata() or ()}
    packed = trailers.get("grpc-status-details-bin")
    if packed is not None:
        status = messages.Status.FromString(packed)
        if status.code == code.value[0]:
            return from_status(status)
    return _KINDS.get(code, WanwuError)(code, text)
