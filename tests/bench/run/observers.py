"""Callers who want nothing but an answer, while others misbehave."""

import statistics
import threading
import time

from .server_watch import modules

PAUSE_S = 0.02
PATIENCE_S = 10


class Observers:
    """Ask from construction on; stop() says how long it took them.

    A health check comes on a connection of its own, as a prober's does.
    """

    def __init__(self, address, picture):
        grpc, stubs = modules()
        self._stopping = threading.Event()
        channel = grpc.insecure_channel(address)
        classify = stubs.pb_grpc.ImageClassifierStub(channel).Classify
        request = stubs.pb.ClassifyRequest(image=picture)

        def check_health():
            with grpc.insecure_channel(address, [
                    ("grpc.use_local_subchannel_pool", 1)]) as own:
                stubs.health_pb2_grpc.HealthStub(own).Check(
                    stubs.health_pb2.HealthCheckRequest(), timeout=PATIENCE_S)

        self._observers = [
            Observer(ask, self._stopping, grpc.RpcError)
            for ask in (check_health,
                        lambda: classify(request, timeout=PATIENCE_S))]

    def stop(self):
        """For health and Classify in turn: "p50, max", and how many failed."""
        self._stopping.set()
        return [cell for observer in self._observers
                for cell in observer.cells()]


class Observer:
    def __init__(self, ask, stopping, error):
        self._times_ms = []
        self._failed = 0
        self._thread = threading.Thread(
            target=self._run, args=[ask, stopping, error], daemon=True)
        self._thread.start()

    def cells(self):
        self._thread.join()
        return [f"{statistics.median(self._times_ms):.1f}, "
                f"{max(self._times_ms):.0f}", self._failed]

    def _run(self, ask, stopping, error):
        while not (self._times_ms and stopping.wait(PAUSE_S)):
            began = time.monotonic()
            try:
                ask()
            except error:
                self._failed += 1
            # Whoever gets no answer has waited, too.
            self._times_ms.append(1e3 * (time.monotonic() - began))
