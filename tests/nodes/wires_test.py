"""Wires that are slow, stand still, or are cut."""

import grpc
import pytest

from lost_replica_test import DOCUMENTED, KEEPALIVE
from pod import PORT
from proxy import Proxy
from rolling_load import CALLERS, PoissonLoad

OK = grpc.StatusCode.OK
UNAVAILABLE = grpc.StatusCode.UNAVAILABLE
DEADLINE_EXCEEDED = grpc.StatusCode.DEADLINE_EXCEEDED
DELAY = 0.2


@pytest.fixture(name="pod")
def fixture_pod(start):
    return start().wait_until_serving()


@pytest.fixture(name="wire")
def fixture_wire(pod):
    """wire(delay=0): one more to the pod."""
    proxies = []

    def make(**options):
        proxies.append(Proxy(pod.host.address, PORT, **options))
        return proxies[-1]

    yield make
    for proxy in proxies:
        proxy.close()


def over(*proxies):
    return "ipv4:" + ",".join(f"127.0.0.1:{proxy.port}" for proxy in proxies)


def test_delays_only_delay(wire, picture):
    load = PoissonLoad(over(wire(delay=DELAY)), CALLERS["round_robin"],
                       picture)
    load.wait_for_answers(10)
    ends = load.stop()
    assert set(ends) == {"OK"}, ends
    assert min(call.took for call in load.calls) > 2 * DELAY


def test_deadlines_hold_on_a_slow_wire(wire, picture):
    load = PoissonLoad(over(wire(delay=DELAY)), CALLERS["round_robin"],
                       picture, timeout=1.5 * DELAY)
    load.wait_for(DEADLINE_EXCEEDED, 10)
    load.stop()
    assert {call.code for call in load.calls} == {DEADLINE_EXCEEDED}


def test_on_a_wire_that_stands_still_calls_end_at_their_deadline(wire,
                                                                 picture):
    wire_one = wire()
    load = PoissonLoad(over(wire_one), CALLERS["round_robin"], picture,
                       timeout=2)
    load.wait_for_answers(5)
    wire_one.stall()
    load.wait_for(DEADLINE_EXCEEDED, 10)
    ends = load.stop()
    assert {call.code for call in load.calls} == {OK, DEADLINE_EXCEEDED}, ends


def test_keepalive_notices_a_wire_that_stands_still(wire, picture):
    """Its other end acknowledges every packet; only pings tell."""
    stalled, other = wire(), wire()
    load = PoissonLoad(over(stalled, other), DOCUMENTED, picture,
                       options=KEEPALIVE)
    load.wait_for_answers(10)
    stalled.stall()
    load.wait_for_answers(60)
    ends = load.stop()
    assert set(ends) == {"OK"}, ends


@pytest.mark.parametrize("retries", (False, True))
def test_a_cut_wire_costs_what_was_on_it(wire, pod, picture, retries):
    cut = wire()
    load = PoissonLoad(
        over(cut), DOCUMENTED if retries else CALLERS["round_robin"], picture)
    load.wait_for_answers(10)
    with pod.paused():
        load.wait_until_waiting(4)
        cut.cut()
    load.wait_for_answers(10)
    ends = load.stop()
    codes = {call.code for call in load.calls}
    assert codes == ({OK} if retries else {OK, UNAVAILABLE}), ends
