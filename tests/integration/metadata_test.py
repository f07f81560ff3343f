"""How much metadata a call may have."""

import grpc
import pytest

from calls import request_of
from environment import PATIENCE


def ask(server, picture, size):
    # Of its own limit the client is told by the server.
    return server.classifier.Classify(
        request_of(picture), timeout=PATIENCE,
        metadata=[("x-baggage", "b" * size)])


def test_eight_kilobytes_are_the_default(server, picture):
    ask(server, picture, 6_000)

    with pytest.raises(grpc.RpcError) as raised:
        ask(server, picture, 9_000)
    assert raised.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED


def test_the_option_lets_more_in(start, picture):
    server = start("--max_metadata_bytes=64KiB").wait_until_serving()

    assert ask(server, picture, 60_000).classifications
    with pytest.raises(grpc.RpcError) as raised:
        ask(server, picture, 70_000)
    assert raised.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
