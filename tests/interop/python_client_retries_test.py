"""What the Python client does when servers are busy, go or come."""

import itertools
import time

import grpc
import pytest

import fake_server
from client_kinds import KINDS
from environment import PATIENCE
from scripted_server import HoldsBack, busy, fails_first
from stubs import pb

PICTURE = b"the fake looks at no picture"


@pytest.fixture
def client(connect, fake):
    return connect(fake.address)


@pytest.mark.shows("retries", client="wanwu")
def test_busy_server_is_asked_again_when_it_says(client, fake):
    fake.classify = busy(2, seconds=0.2)
    begun = time.monotonic()

    assert client.classify(PICTURE).top.label == "a thing"

    assert time.monotonic() - begun >= 0.4
    assert fake.count_calls() == 3


@pytest.mark.shows("errors", client="wanwu")
def test_server_that_stays_busy_is_left_after_all_attempts(connect, fake,
                                                           wanwu):
    fake.classify = busy(1000, seconds=0.01)
    client = connect(fake.address, retry=wanwu.RetryPolicy(attempts=3))

    with pytest.raises(wanwu.Overloaded) as raised:
        client.classify(PICTURE)

    assert (raised.value.reason, raised.value.retry_after) == (
        "QUEUE_FULL", 0.01)
    assert fake.count_calls() == 3


def test_nobody_waits_longer_than_the_deadline(client, fake, wanwu):
    fake.classify = busy(1000, seconds=PATIENCE * 2)
    begun = time.monotonic()

    with pytest.raises(wanwu.Overloaded):
        client.classify(PICTURE, timeout=PATIENCE)

    assert time.monotonic() - begun < PATIENCE
    assert fake.count_calls() == 1


@pytest.mark.parametrize("code", ("INVALID_ARGUMENT", "INTERNAL",
                                  "RESOURCE_EXHAUSTED"))
def test_what_would_fail_again_is_not_asked_again(client, fake, wanwu, code):
    fake.classify = fails_first(1000, grpc.StatusCode[code], "ANY")

    with pytest.raises(wanwu.WanwuError) as raised:
        client.classify(PICTURE)

    assert raised.value.code.name == code
    assert fake.count_calls() == 1


def test_server_that_cannot_be_reached_is_unavailable(connect, wanwu):
    client = connect("127.0.0.1:1", retry=wanwu.RetryPolicy(2, 0.01))
    with pytest.raises(wanwu.Unavailable):
        client.classify(PICTURE)


def test_priority_reaches_the_server(client, fake):
    client.classify(PICTURE, priority="bulk")
    assert fake.next_call().metadata["wanwu-priority"] == "bulk"


@pytest.mark.shows("health", client="wanwu")
def test_healthy_servers_are_asked_in_turn(connect, start_fake):
    ill, *well = start_fake(serving=False), start_fake(), start_fake()
    client = connect(",".join(each.address for each in (ill, *well)))

    # The second to be connected may come later than the first calls.
    called = [0, 0]
    while not all(called):
        client.classify(PICTURE, timeout=PATIENCE)
        called = [before + each.count_calls()
                  for before, each in zip(called, well)]

    assert ill.count_calls() == 0


@pytest.mark.shows("stream", client="wanwu")
@pytest.mark.parametrize("limit", (1, 4))
def test_pictures_in_flight_are_bounded(client, fake, limit):
    fake.classify_batch = script = HoldsBack(limit)

    answers = client.classify_all([PICTURE] * 20, in_flight=limit)

    assert sorted(answer.index for answer in answers) == list(range(20))
    assert script.most == limit


def test_bound_must_be_positive(client):
    with pytest.raises(ValueError, match="in_flight"):
        client.classify_all([PICTURE], in_flight=0)


def busy_with_each(times):
    """A script for ClassifyBatch: refuses each picture so often."""
    refused = {}

    def script(requests, context):
        for request in requests:
            refused.setdefault(request.id, 0)
            refused[request.id] += 1
            if refused[request.id] > times:
                yield pb.ClassifyBatchResponse(id=request.id,
                                               response=fake_server.answer())
                continue
            yield pb.ClassifyBatchResponse(
                id=request.id, error=fake_server.error_status(
                    grpc.StatusCode.RESOURCE_EXHAUSTED, "QUEUE_FULL",
                    fake_server.retry_after(0.02)))

    return script


@pytest.mark.shows("retries", client="wanwu")
def test_refused_picture_is_sent_again(client, fake):
    fake.classify_batch = busy_with_each(2)

    answers = client.classify_all([PICTURE] * 6, in_flight=3)

    assert sorted(answer.index for answer in answers) == list(range(6))
    assert all(answer.error is None for answer in answers)


def test_picture_that_is_always_refused_gets_the_error(client, fake, wanwu):
    fake.classify_batch = busy_with_each(1000)

    answer, = client.classify_all([PICTURE])

    assert isinstance(answer.error, wanwu.Overloaded)
    assert answer.error.retry_after == 0.02


def breaks_off(times, code, *details):
    """A script for ClassifyBatch: ends so often, each time after an answer."""
    left = [times]

    def script(requests, context):
        for request in requests:
            yield pb.ClassifyBatchResponse(id=request.id,
                                           response=fake_server.answer())
            if left[0] > 0:
                left[0] -= 1
                fake_server.fail(context, fake_server.error_status(
                    code, "ANY", *details))

    return script


def test_stream_that_breaks_goes_on_with_what_is_unanswered(client, fake):
    fake.classify_batch = breaks_off(3, grpc.StatusCode.UNAVAILABLE,
                                     fake_server.retry_after(0.02))

    answers = client.classify_all([PICTURE] * 30, in_flight=5)

    assert sorted(answer.index for answer in answers) == list(range(30))
    assert fake.count_calls() == 4


def test_stream_that_always_breaks_ends_the_batch(client, fake, wanwu):
    fake.classify_batch = lambda requests, context: fake_server.fail(
        context, fake_server.error_status(
            grpc.StatusCode.UNAVAILABLE, "DRAINING",
            fake_server.retry_after(0.01)))

    with pytest.raises(wanwu.Unavailable):
        client.classify_all([PICTURE] * 3)
    assert fake.count_calls() == wanwu.RetryPolicy().attempts


def test_error_that_would_come_again_ends_the_batch(client, fake, wanwu):
    fake.classify_batch = breaks_off(1, grpc.StatusCode.PERMISSION_DENIED)

    with pytest.raises(wanwu.PermissionDenied):
        client.classify_all([PICTURE] * 30, in_flight=5)
    assert fake.count_calls() == 1


def test_batch_ends_at_its_deadline(client, fake, wanwu):
    fake.classify_batch = lambda requests, context: iter(
        lambda: fake_server.wait_for_hang_up(context), None)

    with pytest.raises(wanwu.DeadlineExceeded):
        client.classify_all([PICTURE], timeout=0.5)


def test_pictures_are_taken_as_answers_are(wanwu, fake):
    taken = []

    def endless():
        for number in itertools.count():
            taken.append(number)
            yield PICTURE

    with wanwu.Client(fake.address) as client:
        answers = client.classify_all(endless(), in_flight=4)
        for _ in range(10):
            next(answers)
        assert len(taken) <= 14
        answers.close()
    # The server sees the caller go.
    fake_server.wait_for_hang_up(fake.next_call().context)


def test_error_of_the_source_comes_out(client):
    def broken():
        yield PICTURE
        raise RuntimeError("the disk is gone")

    with pytest.raises(RuntimeError, match="the disk is gone"):
        client.classify_all(broken())
