"""One of three pods is slow, or does nothing at all: callers get their answers
from the others. What goes where is counted, not how long it takes: the machine
that all pods share may be busy."""

import concurrent.futures
import json
import re

import grpc
import pytest

from environment import REPO
from lost_replica_test import DOCUMENTED
from pod import target_of
from rolling_load import CALLERS, PoissonLoad
from slow_pod import slowed

OK = grpc.StatusCode.OK
RATE = 20
DEADLINE = 2
# Of a CPU: it does a call a second, and gets seven.
SHARE = 0.01
STRETCH = 60  # calls in a row
MOST_STRETCHES = 20
HTTP_CALLERS = 8
HTTP_CALLS = 240
RECEIVED = "wanwu_requests_received_total"
(OUTLIERS,) = map(json.loads, re.findall(
    r"```json\n(\{[^`]*outlier_detection[^`]*)```",
    (REPO / "docs/operations.md").read_text()))


@pytest.fixture(name="pods")
def fixture_pods(start):
    return [pod.wait_until_serving() for pod in [start() for _ in range(3)]]


@pytest.fixture(name="start_load")
def fixture_start_load(pods, picture):
    """start_load(service_config): goes to each of the pods."""
    loads = []

    def start_one(config):
        loads.append(PoissonLoad(target_of(pods), config, picture, RATE,
                                 timeout=DEADLINE))
        # By then there is a connection to each.
        loads[-1].wait_for_answers(30)
        return loads[-1]

    yield start_one
    for load in loads:
        load.stop()


def stretches(load, pod):
    """(how many were sent to the pod, calls) of one stretch after another."""
    for _ in range(MOST_STRETCHES):
        sent, begun = load.sent_to(pod.address).started, len(load.calls)
        load.wait_for_calls(begun + STRETCH)
        yield (load.sent_to(pod.address).started - sent,
               load.calls[begun:begun + STRETCH])


def wait_until_left_alone(load, pod):
    """The calls of a stretch of which none went to the pod."""
    seen = []
    for sent, calls in stretches(load, pod):
        if sent == 0:
            return calls
        seen.append(sent)
    raise AssertionError(f"sent to the slow pod, of {STRETCH}: {seen}")


def share_answered(load, calls):
    load.wait_until_done(calls)
    return sum(call.code == OK for call in calls) / len(calls)


def test_round_robin_goes_on_with_a_pod_that_is_always_late(start_load, pods):
    load = start_load(CALLERS["round_robin"])
    with pods[0].paused():
        for _, (sent, calls) in zip(range(2), stretches(load, pods[0])):
            assert sent >= STRETCH // 4
            assert share_answered(load, calls) < 0.8


def test_outlier_detection_leaves_a_pod_alone_that_is_always_late(start_load,
                                                                  pods):
    load = start_load(OUTLIERS)
    with pods[0].paused():
        calls = wait_until_left_alone(load, pods[0])
        # On a busy machine others are late now and then.
        assert share_answered(load, calls) > 0.9


def test_slow_pod_drags_nobody_along(start_load, pods):
    load = start_load(OUTLIERS | {"methodConfig": DOCUMENTED["methodConfig"]})
    with slowed(pods[0].process, SHARE):
        calls = wait_until_left_alone(load, pods[0])
        assert share_answered(load, calls) > 0.9


@pytest.fixture(name="gateway")
def fixture_gateway(pods, picture, start_gateway):
    """Takes the least loaded, and has called each of them."""
    gateway = start_gateway(target_of(pods).removeprefix("ipv4:"),
                            "--server_choice=least_loaded",
                            "--default_timeout=60s").wait_until_ready()
    gateway.wait_until(lambda: gateway.classify(picture).status == 200
                       and all(pod.sum_of(RECEIVED) for pod in pods))
    return gateway


def call(gateway, picture, done):
    """One after the other, as many callers at a time; their statuses. Returns
    once that many are done."""
    executor = concurrent.futures.ThreadPoolExecutor(HTTP_CALLERS)
    calls = [executor.submit(lambda: gateway.classify(picture).status)
             for _ in range(HTTP_CALLS)]
    for number, _ in enumerate(concurrent.futures.as_completed(calls), 1):
        if number == done:
            return calls
    raise AssertionError(f"{done} of {HTTP_CALLS} wanted")


def test_gateway_leaves_a_pod_alone_that_answers_nothing(pods, picture,
                                                         gateway):
    before = pods[0].sum_of(RECEIVED)
    with pods[0].paused():
        # It never has more than half of the callers and one.
        most = HTTP_CALLERS // 2 + 1
        calls = call(gateway, picture, HTTP_CALLS - most)
    assert {each.result() for each in calls} == {200}
    assert pods[0].sum_of(RECEIVED) - before <= most


def test_gateway_sends_little_to_a_slow_pod(pods, picture, gateway):
    before = pods[0].sum_of(RECEIVED)
    with slowed(pods[0].process, SHARE):
        call(gateway, picture, HTTP_CALLS)
    # In turn it would be a third.
    assert pods[0].sum_of(RECEIVED) - before < HTTP_CALLS / 6
