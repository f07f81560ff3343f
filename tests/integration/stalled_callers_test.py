"""Callers who stop in the middle of a message."""

import threading
import time

import grpc
import pytest

from calls import classify
from environment import PATIENCE
from raw_http2 import RawConnection, message_head
from server_process import SERVING
from stubs import health_pb2

MIB = 2**20
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
            connection.send(message_head(ANNOUNCED) + bytes(SENT))
        except ConnectionError:
            pass  # Told off.

    def leave(self):
        for connection in self._connections:
            connection.close()


@pytest.mark.parametrize("method", [
    "/wanwu.v1.ImageClassifier/Classify",
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
