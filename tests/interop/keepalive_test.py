"""Pings that keep connections alive, as often as clients may send them.

Where a client has a least interval it is 1 s (.NET) or 10 s (grpc-go,
grpc-java); others take any. gRPC's server ends a connection after three pings
that came too early.
"""

import queue
import time

import grpc
import pytest

from environment import PATIENCE
from raw_http2 import GOAWAY, RawConnection
from stubs import pb, pb_grpc

EVERY = 1.0  # seconds
PINGS = 6


def read_until(connection, done):
    while not done():
        assert connection.read() or done(), connection.frames


@pytest.fixture
def connection(server):
    opened = RawConnection(server.address, PATIENCE)
    yield opened
    opened.close()


@pytest.mark.parametrize("silent_call", (False, True),
                         ids=("idle", "with a silent call"))
def test_ping_of_every_second_is_answered(connection, silent_call):
    if silent_call:
        connection.call("/wanwu.v1.ImageClassifier/ClassifyBatch")

    begun = time.monotonic()
    for number in range(PINGS):
        time.sleep(max(0, begun + number * EVERY - time.monotonic()))
        connection.ping()
        read_until(connection, lambda: connection.pongs > number)

    assert not connection.frames


def test_flood_of_pings_ends_the_connection(connection):
    begun = time.monotonic()
    while not connection.ended:
        assert time.monotonic() < begun + PATIENCE
        connection.ping()
        connection.read()
    goaway, = (frame for frame in connection.frames if frame[0] == GOAWAY)
    assert b"too_many_pings" in goaway[3]


def test_client_that_pings_without_calls_stays_connected(server):
    states = queue.SimpleQueue()
    with grpc.insecure_channel(server.address, [
            ("grpc.keepalive_time_ms", int(EVERY * 1000)),
            ("grpc.keepalive_permit_without_calls", 1),
            ("grpc.http2.max_pings_without_data", 0)]) as channel:
        pb_grpc.ImageClassifierStub(channel).ListModels(
            pb.ListModelsRequest(), timeout=PATIENCE)
        channel.subscribe(states.put)
        assert states.get(timeout=PATIENCE) is grpc.ChannelConnectivity.READY

        with pytest.raises(queue.Empty):
            changed = states.get(timeout=PINGS * EVERY)
            pytest.fail(f"{changed}")
