"""Callers who open connections, and what the server keeps of them."""

import socket

import grpc
import pytest

from calls import classify
from environment import PATIENCE
from raw_http2 import RawConnection
from stubs import health_pb2, health_pb2_grpc

CALLERS = 2000
SERVING = health_pb2.HealthCheckResponse.SERVING


@pytest.fixture
def connect_many():
    """connect_many(address, count): callers who never say anything more."""
    connections = []

    def connect(address, count):
        for _ in range(count):
            connections.append(RawConnection(address, PATIENCE))

    yield connect
    for connection in connections:
        connection.close()


def health_of_new_caller(address):
    """What a caller is told who has a connection of his own."""
    options = [("grpc.use_local_subchannel_pool", 1)]
    with grpc.insecure_channel(address, options) as channel:
        stub = health_pb2_grpc.HealthStub(channel)
        request = health_pb2.HealthCheckRequest(service="liveness")
        return stub.Check(request, timeout=PATIENCE).status


@pytest.mark.parametrize("descriptors", [64, 1024])
@pytest.mark.parametrize("transport", ["tcp", "unix"])
def test_new_callers_are_answered_when_descriptors_run_out(
        start, picture, tmp_path, connect_many, descriptors, transport):
    address = ("127.0.0.1:0" if transport == "tcp"
               else f"unix:{tmp_path}/socket")
    server = start(descriptors=descriptors, address=address)
    server.wait_until_serving()
    server.hang_up()

    connect_many(server.address, CALLERS)

    assert health_of_new_caller(server.address) == SERVING
    assert classify(server.classifier, picture).classifications
    assert server.log.wait_for("connections_closed_for_room")
    server.stop()


def test_server_recovers_when_callers_have_gone(start, connect_many):
    server = start(descriptors=64).wait_until_serving()
    server.hang_up()
    connections = [RawConnection(server.address, PATIENCE)
                   for _ in range(CALLERS)]
    for connection in connections:
        connection.close()

    assert health_of_new_caller(server.address) == SERVING
    server.stop()


def test_connections_beyond_the_limit_cost_the_idlest(start, picture):
    limit = 8
    server = start(f"--max_connections={limit}").wait_until_serving()
    idle = RawConnection(server.address, PATIENCE)

    others = []
    for _ in range(2 * limit):
        others.append(RawConnection(server.address, PATIENCE))
        # Is heard of, again and again.
        assert classify(server.classifier, picture).classifications

    assert idle.read_to_end()
    assert server.log.wait_for("connections_closed_for_room")["limit"] == limit
    for connection in others:
        connection.close()


def test_idle_connection_is_closed(start):
    server = start("--connection_idle=1s").wait_until_serving()
    idle = RawConnection(server.address, PATIENCE)

    assert idle.read_to_end()
    idle.close()


def test_old_connection_is_closed_after_its_grace(start):
    server = start("--connection_age=1s", "--connection_grace=1s")
    server.wait_until_serving()
    watching = RawConnection(server.address, PATIENCE)
    watching.call("/grpc.health.v1.Health/Watch")
    watching.send(b"\0\0\0\0\0", flags=1)

    assert watching.read_to_end()
    watching.close()


def test_dead_peer_is_noticed(start):
    server = start("--keepalive_time=1s", "--keepalive_timeout=1s")
    server.wait_until_serving()
    # Never reads, so never answers a ping.
    dead = RawConnection(server.address, PATIENCE)
    dead.call("/grpc.health.v1.Health/Watch")
    dead.send(b"\0\0\0\0\0", flags=1)

    received = b"something"
    while received:
        received = dead.socket.recv(1 << 16, socket.MSG_WAITALL)
    dead.close()
