"""One of three pods is slow, or does nothing at all: callers with deadlines
get their answers from the others."""

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
# Of a CPU: it does a call a second, and gets ten.
SHARE = 0.01
DEADLINE = 0.5
ANSWERS = 200
(OUTLIERS,) = map(json.loads, re.findall(
    r"```json\n(\{[^`]*outlier_detection[^`]*)```",
    (REPO / "docs/operations.md").read_text()))


@pytest.fixture(name="pods")
def fixture_pods(start):
    return [pod.wait_until_serving() for pod in [start() for _ in range(3)]]


def play(pods, picture, config, disturbed):
    """What became of calls once it had lasted for a while: they, and the share
    of them that was answered."""
    load = PoissonLoad(target_of(pods), config, picture, timeout=DEADLINE)
    # By then there is a connection to each.
    load.wait_for_answers(40)
    with disturbed:
        begun = len(load.calls)
        load.wait_for_answers(ANSWERS)
        ended = len(load.calls)
        print(load.stop())
    calls = load.calls[(begun + ended) // 2:]
    return calls, sum(call.code == OK for call in calls) / len(calls)


def test_outlier_detection_leaves_a_pod_alone_that_is_always_late(pods,
                                                                  picture):
    _, without = play(pods, picture, CALLERS["round_robin"], pods[0].paused())
    # A third goes to it, again and again.
    assert without < 0.8
    _, answered = play(pods, picture, OUTLIERS, pods[0].paused())
    # On a busy machine others are late now and then.
    assert 1 - answered < (1 - without) / 2


def test_slow_pod_drags_nobody_along(pods, picture):
    _, without = play(pods, picture, CALLERS["round_robin"],
                      slowed(pods[0].process, SHARE))
    calls, answered = play(
        pods, picture, OUTLIERS | {"methodConfig": DOCUMENTED["methodConfig"]},
        slowed(pods[0].process, SHARE))
    assert without < 0.9
    assert 1 - answered < (1 - without) / 2
    took = sorted(call.took for call in calls)
    assert took[len(took) // 2] < DEADLINE / 2
