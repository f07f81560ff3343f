"""Callers who stop in the middle of a message."""

import threading
import time

import grpc
import pytest

from calls import classify
from environment import PATIENCE, SANITIZED
from raw_http2 import RawConnection, message_head
from server_process import SERVING
from stubs import health_pb2, oip_pb, pb

MIB = 2**20
CLASSIFY = "/wanwu.v1.ImageClassifier/Classify"
MODEL_INFER = "/inference.GRPCInferenceService/ModelInfer"
ONE_MESSAGE = [CLASSIFY, "/wanwu.v1.ImageClassifier/ListModels",
               "/wanwu.v1.ImageClassifier/GetModel",
               "/wanwu.v1.ImageClassifier/WatchStatus",
               "/grpc.health.v1.Health/Check", "/grpc.health.v1.Health/List",
               "/grpc.health.v1.Health/Watch",
               MODEL_INFER, "/inference.GRPCInferenceService/ServerMetadata"]
INVALID_ARGUMENT, DEADLINE_EXCEEDED = 3, 4
CALLERS = 40
SENT = 19 * MIB
ANNOUNCED = 20 * MIB - 100
RECEIVE_BYTES = 64 * MIB
# Besides what is received: threads, buffers and answers of the calls.
OTHER_BYTES = 48 * MIB
# Between two looks at memory, in seconds.
LOOK_AGAIN = 0.2


class StalledCallers:
    """Each sends most of a picture, and then no more."""

    def __init__(self, address, method):
        self._connections = []
        self._threads = [
            threading.Thread(target=self._send, args=(address, method))
            for _ in range(CALLERS)]
        for thread in self._threads:
            thread.start()
        for thread in self._threads:
            thread.join(PATIENCE)
            assert not thread.is_alive()

    def _send(self, address, method):
        connection = RawConnection(address, PATIENCE)
        self._connections.append(connection)
        try:
            connection.call(method)
        except ConnectionError:
            return  # Told off.
        connection.send(message_head(ANNOUNCED) + bytes(SENT))

    def leave(self):
        for connection in self._connections:
            connection.close()


@pytest.mark.skipif(SANITIZED, reason="sanitizers keep what was freed")
@pytest.mark.parametrize("method", [
    CLASSIFY,
    "/wanwu.v1.ImageClassifier/ClassifyBatch",
    "/wanwu.v1.ImageClassifier/GetModel",
    "/grpc.health.v1.Health/Check"])
def test_what_is_being_received_is_bounded_and_given_back(start, picture,
                                                          method):
    server = start(f"--receive_bytes={RECEIVE_BYTES}", "--log_level=debug")
    server.wait_until_serving()
    classify(server.classifier, picture)
    before = server.memory()
    server.peak_memory(anew=True)

    callers = StalledCallers(server.address, method)

    assert server.peak_memory() - before < RECEIVE_BYTES + OTHER_BYTES
    # Others are served meanwhile; but idle connections may have been closed.
    server.hang_up()
    answer = server.health.Check(health_pb2.HealthCheckRequest(),
                                 timeout=PATIENCE, wait_for_ready=True)
    assert answer.status == SERVING
    assert classify(server.classifier, picture).classifications
    callers.leave()
    deadline = time.monotonic() + PATIENCE
    while server.memory() - before > OTHER_BYTES:
        assert time.monotonic() < deadline, "the memory is kept"
        time.sleep(LOOK_AGAIN)
    server.stop()


@pytest.fixture
def stalled_call():
    """stalled_call(server, method): one that sends most of its message."""
    connections = []

    def stall(server, method=CLASSIFY):
        connection = RawConnection(server.address, PATIENCE)
        connections.append(connection)
        connection.call(method)
        connection.send(message_head(ANNOUNCED) + bytes(SENT))
        return connection

    yield stall
    for connection in connections:
        connection.close()


def test_callers_who_stall_are_told_off(start, stalled_call):
    server = start("--receive_timeout=1s").wait_until_serving()

    for method in ONE_MESSAGE:
        call = stalled_call(server, method)
        assert call.read_to_end()
        assert call.finish() == DEADLINE_EXCEEDED
    server.stop()


def inference_of(picture, model):
    request = oip_pb.ModelInferRequest(model_name=model)
    tensor = request.inputs.add(name="image", datatype="BYTES", shape=[1])
    tensor.contents.bytes_contents.append(picture)
    return request


def test_callers_who_take_no_answer_are_cut(start, picture):
    server = start("--reader_timeout=1s", "--receive_timeout=1h")
    server.wait_until_serving()
    model = server.classifier.GetModel(pb.GetModelRequest(), timeout=PATIENCE)
    # An error would have no content that waits to be taken.
    messages = {
        CLASSIFY: pb.ClassifyRequest(image=picture).SerializeToString(),
        MODEL_INFER: inference_of(picture, model.name).SerializeToString()}

    for method in ONE_MESSAGE:
        connection = RawConnection(server.address, PATIENCE, answer_window=0)
        message = messages.get(method, b"")
        connection.call(method)
        connection.send(message_head(len(message)) + message)
        connection.half_close()
        assert connection.read_to_end(), method
        assert connection.reset, method
        connection.close()
    server.stop()


def test_callers_who_end_in_mid_message_are_told_that(start, stalled_call):
    server = start().wait_until_serving()

    for method in ONE_MESSAGE:
        assert stalled_call(server, method).finish() == INVALID_ARGUMENT
    server.stop()


def test_server_stops_while_a_message_is_being_received(start, stalled_call):
    server = start("--receive_timeout=1h").wait_until_serving()
    stalled_call(server)

    server.stop()
