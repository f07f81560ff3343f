"""Messages and deadlines that no gRPC library sends leave the server calm."""

import threading
import time

import pytest

from environment import PATIENCE, SANITIZED
from raw_http2 import LARGEST_FRAME, RawConnection, message_head
from stubs import health_pb2, pb

CLASSIFY = "/wanwu.v1.ImageClassifier/Classify"
CLASSIFY_BATCH = "/wanwu.v1.ImageClassifier/ClassifyBatch"
WITHOUT_PICTURE = [
    "/wanwu.v1.ImageClassifier/ListModels",
    "/wanwu.v1.ImageClassifier/GetModel",
    "/wanwu.v1.ImageClassifier/WatchStatus", "/grpc.health.v1.Health/Check",
    "/grpc.health.v1.Health/List", "/grpc.health.v1.Health/Watch",
    "/inference.GRPCInferenceService/ServerLive",
    "/inference.GRPCInferenceService/ModelMetadata"]
OK, INVALID_ARGUMENT, DEADLINE_EXCEEDED = 0, 3, 4

MIB = 1 << 20
# A health check takes a millisecond or two, and took 1.5 s and more where such
# messages held a poller; the rest is grace for a busy machine.
CALM = 5 if SANITIZED else 1.4


def longest_health_check(server, until):
    """In seconds, of those made until the event is set."""
    longest = 0
    while not until.is_set():
        begin = time.monotonic()
        server.health.Check(health_pb2.HealthCheckRequest(), timeout=PATIENCE)
        longest = max(longest, time.monotonic() - begin)
    return longest


def status_of(server, path, message, frame_size=LARGEST_FRAME, **metadata):
    connection = RawConnection(server.address, PATIENCE)
    try:
        connection.call(path, **metadata)
        connection.send(message_head(len(message)) + message, piece=frame_size)
        return connection.finish()
    finally:
        connection.close()


def in_batch(request):
    length = len(request)
    head = b"\x12"
    while length > 127:
        head += bytes((length & 127 | 128,))
        length >>= 7
    return head + bytes((length,)) + request


MODEL_INFER = "/inference.GRPCInferenceService/ModelInfer"
TINY_TENSORS = b"\x3a\x01x" * (20 * MIB // 3 - 10)
TINY_INPUTS = b"\x2a\x00" * (10 * MIB - 100)
TINY_IMAGES = b"\x0a\x01x" * (20 * MIB // 3 - 10)
UNKNOWN_FIELDS = b"\x70\x01" * (10 * MIB - 100)
ENCODED = pb.ClassifyRequest(image=b"\0" * (2 * MIB)).SerializeToString()


@pytest.mark.parametrize("path, message, frame_size, status", [
    pytest.param(CLASSIFY, TINY_IMAGES, LARGEST_FRAME, INVALID_ARGUMENT,
                 id="tiny images"),
    pytest.param(CLASSIFY, UNKNOWN_FIELDS, LARGEST_FRAME, INVALID_ARGUMENT,
                 id="unknown fields"),
    pytest.param(CLASSIFY, b"\x7b" + UNKNOWN_FIELDS + b"\x7c", LARGEST_FRAME,
                 INVALID_ARGUMENT, id="unknown fields in a group"),
    pytest.param(CLASSIFY_BATCH, in_batch(TINY_IMAGES), LARGEST_FRAME, OK,
                 id="tiny images in a stream"),
    pytest.param(CLASSIFY, TINY_IMAGES[:MIB], 24, INVALID_ARGUMENT,
                 id="tiny images in small frames"),
    pytest.param(CLASSIFY, TINY_IMAGES[:MIB // 4], 1, INVALID_ARGUMENT,
                 id="tiny images in frames of a byte"),
    pytest.param(CLASSIFY, ENCODED, 24, INVALID_ARGUMENT,
                 id="picture in small frames"),
    pytest.param(MODEL_INFER, TINY_TENSORS, LARGEST_FRAME, INVALID_ARGUMENT,
                 id="tiny tensors"),
    pytest.param(MODEL_INFER, TINY_INPUTS, LARGEST_FRAME, INVALID_ARGUMENT,
                 id="tiny inputs"),
    pytest.param(MODEL_INFER, UNKNOWN_FIELDS, LARGEST_FRAME, INVALID_ARGUMENT,
                 id="unknown fields of an inference"),
    pytest.param(MODEL_INFER, TINY_TENSORS[:MIB // 4], 1, INVALID_ARGUMENT,
                 id="tiny tensors in frames of a byte"),
])
def test_health_answers_while_a_message_is_hostile(server, path, message,
                                                   frame_size, status):
    done = threading.Event()
    longest = []
    probe = threading.Thread(
        target=lambda: longest.append(longest_health_check(server, done)))
    probe.start()
    try:
        answered = status_of(server, path, message, frame_size)
    finally:
        done.set()
        probe.join()

    assert answered == status
    assert longest[0] < CALM


@pytest.mark.parametrize("path", WITHOUT_PICTURE)
def test_large_message_where_none_belongs_is_refused_unparsed(server, path):
    before = server.memory()
    server.peak_memory(anew=True)

    assert status_of(server, path, UNKNOWN_FIELDS) == INVALID_ARGUMENT

    # The message itself, twice: while it comes, and as gRPC's slices.
    assert server.peak_memory() - before < 3 * len(UNKNOWN_FIELDS)


@pytest.mark.parametrize("path", WITHOUT_PICTURE)
def test_message_that_is_not_protobuf_is_refused(server, path):
    assert status_of(server, path, b"\x0a\x7f") == INVALID_ARGUMENT


@pytest.mark.parametrize("timeout", [
    pytest.param("99999999H", id="the most that gRPC allows"),
    pytest.param("2562048H", id="the longest of a Go client"),
    pytest.param("87600H", id="ten years"),
    pytest.param("60S", id="one minute"),
])
def test_call_with_a_distant_deadline_is_answered(server, picture, timeout):
    message = pb.ClassifyRequest(image=picture).SerializeToString()

    assert status_of(server, CLASSIFY, message, grpc_timeout=timeout) == OK


def test_call_with_a_deadline_that_has_passed_is_refused(server, picture):
    message = pb.ClassifyRequest(image=picture).SerializeToString()

    assert status_of(server, CLASSIFY, message,
                     grpc_timeout="1n") == DEADLINE_EXCEEDED


def test_picture_in_small_frames_is_read_as_it_is(server, picture):
    message = pb.ClassifyRequest(image=picture).SerializeToString()

    assert status_of(server, CLASSIFY, message, frame_size=50) == OK
