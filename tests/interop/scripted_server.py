"""The fake server with what clients of other people need it to do."""

import queue
import threading

import grpc

import fake_server
from environment import PATIENCE
from stubs import health_pb2, pb

# How long a client that keeps to its bound is given to break it, in seconds.
_TIME_TO_OVERSTEP = 0.3


class ScriptedServer(fake_server.FakeServer):
    """Its health stays as it is."""

    def __init__(self, serving=True, **options):
        self._state = (fake_server.SERVING if serving
                       else fake_server.NOT_SERVING)
        super().__init__(**options)

    def Check(self, request, context):
        return health_pb2.HealthCheckResponse(status=self._state)

    def Watch(self, request, context):
        yield health_pb2.HealthCheckResponse(status=self._state)
        fake_server.wait_for_hang_up(context)

    def count_calls(self):
        """How many came since it was last asked."""
        count = 0
        while not self.calls.empty():
            self.calls.get()
            count += 1
        return count


def fails_first(times, code, reason, *details):
    """A script for Classify: that often an error, then answers."""
    left = [times]

    def script(request, context):
        if left[0] > 0:
            left[0] -= 1
            fake_server.fail(context, fake_server.error_status(
                code, reason, *details))
        return fake_server.answer()

    return script


def busy(times, seconds=0.05):
    """So often too busy, then answers."""
    return fails_first(times, grpc.StatusCode.RESOURCE_EXHAUSTED,
                       "QUEUE_FULL", fake_server.retry_after(seconds))


class HoldsBack:
    """A script for ClassifyBatch: leaves the first `limit` pictures without an
    answer and looks whether more come; `most` is how many it had then."""

    def __init__(self, limit):
        self._limit = limit
        self.most = 0

    def __call__(self, requests, context):
        arrived = queue.SimpleQueue()

        def read():
            try:
                for request in requests:
                    arrived.put(request.id)
            except grpc.RpcError:
                pass
            arrived.put(None)

        threading.Thread(target=read).start()
        held = []
        for taken in iter(lambda: arrived.get(timeout=PATIENCE), None):
            held.append(taken)
            if not self.most:
                if len(held) < self._limit:
                    continue
                held.extend(self._what_comes(arrived))
                self.most = len(held)
            while held:
                yield pb.ClassifyBatchResponse(id=held.pop(0),
                                               response=fake_server.answer())

    @staticmethod
    def _what_comes(arrived):
        try:
            more = arrived.get(timeout=_TIME_TO_OVERSTEP)
        except queue.Empty:
            return []
        if more is None:
            arrived.put(None)  # The end, for who reads on.
            return []
        return [more]
