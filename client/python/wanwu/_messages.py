"""The API's messages.

In a descriptor pool of their own, where they meet no stubs that the program
has beside this package.
"""

from __future__ import annotations

import pathlib
from typing import TYPE_CHECKING

FOLDER = pathlib.Path(__file__).parent

if TYPE_CHECKING:
    from ._types.google.rpc.error_details_pb2 import ErrorInfo, RetryInfo
    from ._types.google.rpc.status_pb2 import Status
    from ._types.grpc_health.v1.health_pb2 import (HealthCheckRequest,
                                                   HealthCheckResponse)
    from ._types.wanwu.v1.image_classifier_pb2 import (
        ClassifyBatchRequest, ClassifyBatchResponse, ClassifyRequest,
        ClassifyResponse, ListModelsRequest, ListModelsResponse, Model)
else:
    from google.protobuf import (descriptor_pb2, descriptor_pool,
                                 message_factory)

    def _load():
        pool = descriptor_pool.DescriptorPool()
        described = (FOLDER / "messages.binpb").read_bytes()
        for file in descriptor_pb2.FileDescriptorSet.FromString(
                described).file:
            pool.AddSerializedFile(file.SerializeToString())
        if hasattr(message_factory, "GetMessageClass"):
            make = message_factory.GetMessageClass
        else:  # before protobuf 4.22
            make = message_factory.MessageFactory(pool).GetPrototype
        return lambda name: make(pool.FindMessageTypeByName(name))

    _message = _load()
    ErrorInfo = _message("google.rpc.ErrorInfo")
    RetryInfo = _message("google.rpc.RetryInfo")
    Status = _message("google.rpc.Status")
    HealthCheckRequest = _message("grpc.health.v1.HealthCheckRequest")
    HealthCheckResponse = _message("grpc.health.v1.HealthCheckResponse")
    ClassifyBatchRequest = _message("wanwu.v1.ClassifyBatchRequest")
    ClassifyBatchResponse = _message("wanwu.v1.ClassifyBatchResponse")
    ClassifyRequest = _message("wanwu.v1.ClassifyRequest")
    ClassifyResponse = _message("wanwu.v1.ClassifyResponse")
    ListModelsRequest = _message("wanwu.v1.ListModelsRequest")
    ListModelsResponse = _message("wanwu.v1.ListModelsResponse")
    Model = _message("wanwu.v1.Model")

__all__ = [
    "FOLDER", "ClassifyBatchRequest", "ClassifyBatchResponse",
    "ClassifyRequest", "ClassifyResponse", "ErrorInfo", "HealthCheckRequest",
    "HealthCheckResponse", "ListModelsRequest", "ListModelsResponse", "Model",
    "RetryInfo", "Status"
]
