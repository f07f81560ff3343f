"""An error of the service, taken apart."""

import dataclasses

import grpc

from stubs import error_details_pb2, status_pb2

_DETAILS = {
    kind.DESCRIPTOR.full_name: kind
    for kind in (error_details_pb2.ErrorInfo, error_details_pb2.BadRequest,
                 error_details_pb2.RetryInfo, error_details_pb2.ResourceInfo,
                 error_details_pb2.QuotaFailure)
}
_CODES = {code.value[0]: code for code in grpc.StatusCode}


@dataclasses.dataclass(frozen=True)
class ServiceError:
    """`details` holds the typed details by message name, such as RetryInfo."""

    code: grpc.StatusCode
    message: str
    details: dict

    @property
    def info(self):
        return self.details["ErrorInfo"]

    @property
    def reason(self):
        """Empty if the error is not the service's own."""
        return self.info.reason if "ErrorInfo" in self.details else ""

    @property
    def metadata(self):
        return dict(self.info.metadata)

    @property
    def retry_seconds(self):
        delay = self.details["RetryInfo"].retry_delay
        return delay.seconds + delay.nanos / 1e9


def from_status(status):
    """Of a google.rpc.Status."""
    details = {}
    for packed in status.details:
        kind = _DETAILS[packed.TypeName()]
        unpacked = kind()
        assert packed.Unpack(unpacked)
        details[kind.DESCRIPTOR.name] = unpacked
    return ServiceError(_CODES[status.code], status.message, details)


def from_call(error):
    """Of a grpc.RpcError. The status and its details must say the same."""
    packed = trailers(error).get("grpc-status-details-bin")
    if packed is None:
        return ServiceError(error.code(), error.details(), {})
    taken = from_status(status_pb2.Status.FromString(packed))
    assert (taken.code, taken.message) == (error.code(), error.details())
    return taken


def trailers(error):
    return dict(error.trailing_metadata() or ())
