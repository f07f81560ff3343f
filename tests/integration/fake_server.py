"""A gRPC server that does as a test tells it."""

import concurrent.futures
import dataclasses
import queue

import grpc
from google.protobuf import any_pb2

from environment import PATIENCE
from stubs import (error_details_pb2, health_pb2, health_pb2_grpc, pb, pb_grpc,
                   status_pb2)

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING
MAX_MESSAGE = 20 * 2**20
MAX_CALLS = 100


@dataclasses.dataclass(frozen=True)
class Call:
    """One that came in."""

    context: grpc.ServicerContext
    metadata: dict
    # Seconds; of a call without a deadline: a very long time.
    time_remaining: float


def answer(label="a thing"):
    """A complete response."""
    response = pb.ClassifyResponse(model="fake", model_version="1",
                                   precision="fp32")
    response.classifications.add(index=0, label=label, wordnet_id="n1",
                                 probability=0.5)
    for part in ("decode", "queue", "inference", "total"):
        getattr(response.timings, part).FromMicroseconds(1500)
    response.timings.batch_size = 1
    return response


def error_status(code, reason, *details, message="as scripted"):
    """A google.rpc.Status with ErrorInfo and these details."""
    info = error_details_pb2.ErrorInfo(reason=reason, domain="wanwu",
                                       metadata={"field": "image"})
    status = status_pb2.Status(code=code.value[0], message=message)
    for detail in (info, *details):
        packed = any_pb2.Any()
        packed.Pack(detail)
        status.details.append(packed)
    return status


def retry_after(seconds):
    info = error_details_pb2.RetryInfo()
    info.retry_delay.FromNanoseconds(int(seconds * 1e9))
    return info


def fail(context, status):
    """Ends the call with a google.rpc.Status."""
    code, = (each for each in grpc.StatusCode
             if each.value[0] == status.code)
    context.set_trailing_metadata(
        [("grpc-status-details-bin", status.SerializeToString())])
    context.abort(code, status.message)


def wait_for_hang_up(context):
    """Returns when the caller has gone."""
    gone = queue.SimpleQueue()
    if context.add_callback(lambda: gone.put(True)):
        gone.get(timeout=PATIENCE)


class FakeServer(pb_grpc.ImageClassifierServicer,
                 health_pb2_grpc.HealthServicer):
    """The scripts are attributes: called with the request and the context."""

    # pylint: disable=invalid-name,unused-argument

    def __init__(self, credentials=None):
        self.calls = queue.SimpleQueue()
        self.classify = lambda request, context: answer()
        self.classify_batch = self.answer_all
        # What the health service says next, until None.
        self.health = queue.SimpleQueue()
        self.watch_status = lambda request, context: iter(())
        self._server = grpc.server(
            concurrent.futures.ThreadPoolExecutor(MAX_CALLS),
            options=[("grpc.max_receive_message_length", MAX_MESSAGE)])
        pb_grpc.add_ImageClassifierServicer_to_server(self, self._server)
        health_pb2_grpc.add_HealthServicer_to_server(self, self._server)
        if credentials is None:
            port = self._server.add_insecure_port("127.0.0.1:0")
        else:
            port = self._server.add_secure_port("127.0.0.1:0", credentials)
        self.address = f"127.0.0.1:{port}"
        self._server.start()

    @staticmethod
    def answer_all(requests, context):
        for request in requests:
            yield pb.ClassifyBatchResponse(id=request.id, response=answer())

    def next_call(self):
        """The first that was not asked for yet."""
        return self.calls.get(timeout=PATIENCE)

    def close(self):
        self.health.put(None)
        self._server.stop(grace=None).wait(PATIENCE)

    def _note(self, context):
        self.calls.put(Call(context, dict(context.invocation_metadata()),
                            context.time_remaining()))

    def Classify(self, request, context):
        self._note(context)
        return self.classify(request, context)

    def ClassifyBatch(self, request_iterator, context):
        self._note(context)
        yield from self.classify_batch(request_iterator, context)

    def ListModels(self, request, context):
        self._note(context)
        return pb.ListModelsResponse(default_model="fake")

    def GetModel(self, request, context):
        self._note(context)
        return pb.Model(name=request.model, version=request.version or "1")

    def WatchStatus(self, request, context):
        self._note(context)
        yield from self.watch_status(request, context)

    def Watch(self, request, context):
        yield health_pb2.HealthCheckResponse(status=SERVING)
        # Cannot wait for the end at the same time; the test's is near.
        for status in iter(self.health.get, None):
            yield health_pb2.HealthCheckResponse(status=status)
