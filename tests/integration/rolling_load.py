"""Load that goes on while servers come and go, and how its calls end."""

import collections
import functools
import json
import random
import statistics
import threading
import time

import grpc

import client_channelz
from calls import request_of
from environment import PATIENCE
from http_load import HttpLoad
from stubs import pb_grpc

RATE = 30  # calls per second, over all servers, at most
# By their service config; none retries.
CALLERS = {
    "round_robin_health": {"loadBalancingConfig": [{"round_robin": {}}],
                           "healthCheckConfig": {"serviceName": ""}},
    "round_robin": {"loadBalancingConfig": [{"round_robin": {}}]},
    "pick_first": {"loadBalancingConfig": [{"pick_first": {}}]},
}


def steady_rate(server, picture):
    """RATE, or less where that would be more than this machine can do beside a
    server that starts: 0.3 of what one caller gets done."""
    took = []
    for _ in range(5):
        begun = time.monotonic()
        server.classifier.Classify(request_of(picture), timeout=PATIENCE)
        took.append(time.monotonic() - begun)
    return min(RATE, 0.3 / statistics.median(took))


class Call:
    """One call of a load."""

    def __init__(self, start):
        self.begun = time.monotonic()
        self.took = None  # s; None while it goes on
        self.call = start()

    @property
    def done(self):
        return self.took is not None

    @property
    def code(self):
        """Of a call that has ended."""
        return self.call.code()


class PoissonLoad:
    """Calls at random times, whatever becomes of those before."""

    def __init__(self, target, service_config, picture, rate=RATE,
                 timeout=PATIENCE, options=()):
        """`target` as gRPC writes it; `options`: more of the channel's."""
        self._rate = rate
        self._timeout = timeout
        self._channel = grpc.insecure_channel(
            target,
            options=[("grpc.service_config", json.dumps(service_config)),
                     ("grpc.use_local_subchannel_pool", 1), *options])
        self._number = client_channelz.newest_channel()
        grpc.channel_ready_future(self._channel).result(PATIENCE)
        self._classifier = pb_grpc.ImageClassifierStub(self._channel)
        self._request = request_of(picture, top_k=1)
        self.calls = []
        self._ends = collections.Counter()
        self._changed = threading.Condition()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self):
        arrivals = random.Random(1)
        due = time.monotonic()
        while True:
            # Not from now on: who starts calls late would start fewer.
            due += arrivals.expovariate(self._rate)
            if self._stopped.wait(max(0, due - time.monotonic())):
                return
            call = Call(self._start)
            with self._changed:
                self.calls.append(call)
                self._changed.notify_all()
            call.call.add_done_callback(functools.partial(self._note, call))

    def _start(self):
        return self._classifier.Classify.future(self._request,
                                                timeout=self._timeout)

    def _note(self, call, _):
        with self._changed:
            call.took = time.monotonic() - call.begun
            self._ends[call.code] += 1
            self._changed.notify_all()

    def wait_for(self, code, count=1):
        """Until so many more calls have ended so."""
        with self._changed:
            wanted = self._ends[code] + count
            assert self._changed.wait_for(lambda: self._ends[code] >= wanted,
                                          PATIENCE), self._ends

    def wait_for_answers(self, count):
        self.wait_for(grpc.StatusCode.OK, count)

    def wait_for_calls(self, count):
        """Until so many have begun, over all."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.calls) >= count,
                                          PATIENCE)

    def wait_until_waiting(self, count):
        """Until so many calls go on at a time."""
        with self._changed:
            assert self._changed.wait_for(
                lambda: sum(not call.done for call in self.calls) >= count,
                PATIENCE)

    def wait_until_done(self, calls):
        with self._changed:
            assert self._changed.wait_for(
                lambda: all(call.done for call in calls), PATIENCE)

    def sent_to(self, address):
        """The Attempts there, also those that were made again elsewhere; one
        more for each watch of health. Until the load is stopped."""
        return client_channelz.attempts(self._number)[f"ipv4:{address}"]

    def finish(self):
        """How the calls ended, and how many each way. No more begin."""
        self._stopped.set()
        self._thread.join(PATIENCE)
        ends = collections.Counter()
        for call in self.calls:
            error = call.call.exception(PATIENCE)
            ends["OK" if error is None
                 else f"{error.code().name}: {error.details()}"] += 1
        return ends

    def stop(self):
        """finish(), and hangs up."""
        ends = self.finish()
        self._channel.close()
        return ends


class GatewayLoad:
    """The same through a gateway that has all of the servers' addresses."""

    def __init__(self, gateway, picture, rate=RATE):
        self._load = HttpLoad([gateway.port], rate, picture, keep_alive=True)
        self.times_not_ready = self._load.times_not_ready

    def stop(self):
        """How the calls ended, and how many each way."""
        ends = self._load.stop()
        return collections.Counter({
            "OK" if status == 200 else status: count
            for status, count in ends.items()})
