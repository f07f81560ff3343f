"""Three servers, restarted one after the other under load, lose no request."""

import collections
import json
import os
import random
import threading

import grpc
import pytest

from calls import request_of
from environment import PATIENCE
from http_load import HttpLoad
from stubs import pb_grpc

SERVERS = 3
RATE = 30  # calls per second, over all servers
ROUNDS = int(os.environ.get("WANWU_RESTART_ROUNDS", "1"))
DRAIN_DELAY = "2s"
# By their service config; none retries.
CALLERS = {
    "round_robin_health": {"loadBalancingConfig": [{"round_robin": {}}],
                           "healthCheckConfig": {"serviceName": ""}},
    "round_robin": {"loadBalancingConfig": [{"round_robin": {}}]},
    "pick_first": {"loadBalancingConfig": [{"pick_first": {}}]},
}


class PoissonLoad:
    """Calls at random times, whatever becomes of those before."""

    def __init__(self, addresses, service_config, picture):
        self._channel = grpc.insecure_channel(
            "ipv4:" + ",".join(addresses),
            options=[("grpc.service_config", json.dumps(service_config)),
                     ("grpc.use_local_subchannel_pool", 1)])
        grpc.channel_ready_future(self._channel).result(PATIENCE)
        self._classifier = pb_grpc.ImageClassifierStub(self._channel)
        self._request = request_of(picture, top_k=1)
        self._calls = []
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self):
        arrivals = random.Random(1)
        while not self._stopped.wait(arrivals.expovariate(RATE)):
            self._calls.append(
                self._classifier.Classify.future(self._request,
                                                 timeout=PATIENCE))

    def stop(self):
        """How the calls ended, and how many each way."""
        self._stopped.set()
        self._thread.join(PATIENCE)
        ends = collections.Counter()
        for call in self._calls:
            error = call.exception(PATIENCE)
            ends["OK" if error is None
                 else f"{error.code().name}: {error.details()}"] += 1
        self._channel.close()
        return ends


class GatewayLoad:
    """The same through a gateway that has all of the servers' addresses."""

    def __init__(self, gateway, picture):
        self._load = HttpLoad([gateway.port], RATE, picture, keep_alive=True)
        self.times_not_ready = self._load.times_not_ready

    def stop(self):
        """How the calls ended, and how many each way."""
        ends = self._load.stop()
        return collections.Counter({
            "OK" if status == 200 else status: count
            for status, count in ends.items()})


def restart(start, server):
    """The server's successor, which serves on the same address."""
    address = server.address
    server.stop()
    return start(f"--drain_delay={DRAIN_DELAY}",
                 address=address).wait_until_serving()


@pytest.mark.parametrize("kind", CALLERS)
def test_rolling_restart_loses_no_request(start, picture, kind):
    servers = [start(f"--drain_delay={DRAIN_DELAY}").wait_until_serving()
               for _ in range(SERVERS)]
    load = PoissonLoad([server.address for server in servers], CALLERS[kind],
                       picture)
    expect_no_loss(start, servers, load)


def expect_no_loss(start, servers, load):
    for _ in range(ROUNDS):
        servers = [restart(start, server) for server in servers]
    ends = load.stop()

    assert set(ends) == {"OK"}, ends
    assert ends["OK"] > RATE


@pytest.mark.parametrize("choice", ("one", "each_in_turn"))
def test_gateway_goes_on_while_its_servers_restart(start, start_gateway,
                                                   picture, choice):
    servers = [start(f"--drain_delay={DRAIN_DELAY}").wait_until_serving()
               for _ in range(SERVERS)]
    gateway = start_gateway(",".join(server.address for server in servers),
                            f"--server_choice={choice}").wait_until_ready()
    load = GatewayLoad(gateway, picture)
    expect_no_loss(start, servers, load)
    if choice == "each_in_turn":
        # There were always two others.
        assert load.times_not_ready() == 0
    gateway.stop()
