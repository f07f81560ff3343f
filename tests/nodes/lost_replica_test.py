"""A pod that is killed, or that nobody reaches any more, costs at most what it
had taken, and nothing with the retries of docs/service-config.json."""

import json

import grpc
import pytest

from environment import BIN_DIR, REPO
from pod import target_of
from rolling_load import CALLERS, PoissonLoad

OK = grpc.StatusCode.OK
UNAVAILABLE = grpc.StatusCode.UNAVAILABLE
DEADLINE_EXCEEDED = grpc.StatusCode.DEADLINE_EXCEEDED

DOCUMENTED = json.loads((REPO / "docs/service-config.json").read_text())
# docs/operations.md says 10 s and 10 s.
KEEPALIVE = (("grpc.keepalive_time_ms", 1000),
             ("grpc.keepalive_timeout_ms", 1000))
MANY = 12  # calls that wait at a time: a pod that does nothing has some
SOME = 4  # before keepalive gives the pod up


@pytest.fixture(name="pods")
def fixture_pods(start):
    return [pod.wait_until_serving() for pod in [start() for _ in range(3)]]


def kill(pod, load):
    """While it has work. The number of calls that had begun by then."""
    with pod.paused():
        load.wait_until_waiting(MANY)
        pod.process.kill()
    pod.process.wait()
    return len(load.calls)


def test_a_killed_pod_costs_at_most_what_it_had_taken(pods, picture):
    load = PoissonLoad(target_of(pods), CALLERS["round_robin_health"], picture)
    load.wait_for_answers(10)
    begun = kill(pods[0], load)
    load.wait_for_answers(30)
    ends = load.stop()

    lost = [i for i, call in enumerate(load.calls) if call.code != OK]
    assert lost, ends
    # A call may be on its way while the news of the death is.
    assert sum(i >= begun for i in lost) <= 2, (begun, lost)
    assert {load.calls[i].code for i in lost} == {UNAVAILABLE}, ends


def test_with_the_documented_retries_a_killed_pod_costs_nothing(pods,
                                                                picture):
    load = PoissonLoad(target_of(pods), DOCUMENTED, picture)
    load.wait_for_answers(10)
    kill(pods[0], load)
    load.wait_for_answers(30)
    ends = load.stop()
    assert set(ends) == {"OK"}, ends


def test_gateway_goes_on_without_a_killed_pod(pods, picture, start_gateway):
    gateway = start_gateway(target_of(pods).removeprefix("ipv4:"),
                            "--server_choice=each_in_turn").wait_until_ready()
    assert gateway.classify(picture).status == 200
    pods[0].process.kill()
    pods[0].process.wait()
    # It repeats nothing by itself: a call that was on its way is answered 503.
    gateway.wait_until(lambda: gateway.classify(picture).status == 200)
    assert {gateway.classify(picture).status for _ in range(12)} == {200}
    assert gateway.get("/readyz").status == 200


def test_calls_end_at_their_deadline_when_packets_vanish(start, picture):
    """And go on when they come again: without keepalive the connection has
    never been given up."""
    pod = start().wait_until_serving()
    load = PoissonLoad(target_of([pod]), CALLERS["round_robin"], picture,
                       timeout=3)
    load.wait_for_answers(5)
    pod.host.pull_plug()
    load.wait_for(DEADLINE_EXCEEDED, 5)
    pod.host.plug_in()
    load.wait_for_answers(5)
    ends = load.stop()

    assert {call.code for call in load.calls} == {OK, DEADLINE_EXCEEDED}, ends
    assert max(call.took for call in load.calls) < 3 + 2


def test_keepalive_and_retries_make_up_for_a_host_that_vanishes(pods,
                                                                picture):
    """Calls that it had are told UNAVAILABLE when it is silent for too long,
    long before their deadline, and are made again elsewhere."""
    load = PoissonLoad(target_of(pods), DOCUMENTED, picture, options=KEEPALIVE)
    load.wait_for_answers(10)
    pods[0].host.pull_plug()
    load.wait_until_waiting(SOME)
    load.wait_for_answers(2 * MANY)
    ends = load.stop()
    assert set(ends) == {"OK"}, ends


def test_server_closes_connections_of_a_host_that_vanished(start, start_host):
    """A half-open connection: the peer is gone and has not said so."""
    pod = start("--keepalive_time=1s",
                "--keepalive_timeout=1s").wait_until_serving()
    pod.hang_up()
    caller = start_host()
    watch = caller.start(BIN_DIR / "wanwu", "top", pod.address)
    pod.wait_until(lambda: pod.metric("wanwu_connections") == 1)
    assert watch.poll() is None
    caller.pull_plug()
    pod.wait_until(lambda: pod.metric("wanwu_connections") == 0)
