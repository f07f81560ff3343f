"""What a server says of itself while something is done to it."""

import dataclasses
import os
import sys
import threading

from . import places
from .unavailable import Unavailable

INTERVAL_MS = 500
PATIENCE_S = 60


@dataclasses.dataclass(frozen=True)
class Report:
    """Of WatchStatus: pictures run through a model, and answered, since the
    start, and those that wait."""

    run: int
    answered: int
    waiting: int


class ServerWatch:
    """Between construction and stop(), which ends once the server is idle."""

    def __init__(self, address):
        grpc, stubs = modules()
        self._channel = grpc.insecure_channel(address)
        request = stubs.pb.WatchStatusRequest()
        request.interval.FromMilliseconds(INTERVAL_MS)
        self._call = stubs.pb_grpc.ImageClassifierStub(
            self._channel).WatchStatus(request)
        self._reports = [_report(next(self._call))]
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._read,
                                        args=[grpc.RpcError], daemon=True)
        self._thread.start()

    def stop(self):
        """How many pictures were run through the model."""
        with self._changed:
            seen = len(self._reports)
            calm = self._changed.wait_for(
                lambda: _is_idle(self._reports[seen:]), PATIENCE_S)
        self._call.cancel()
        self._thread.join()
        self._channel.close()
        if not calm:
            raise Unavailable(f"not idle after {PATIENCE_S} s")
        return self._reports[-1].run - self._reports[0].run

    def _read(self, end):
        try:
            for status in self._call:
                with self._changed:
                    self._reports.append(_report(status))
                    self._changed.notify_all()
        except end:
            pass


def _is_idle(reports):
    """Nothing waits, and nothing was answered between the last two."""
    return (len(reports) > 1 and reports[-1].waiting == 0
            and reports[-1].answered == reports[-2].answered)


def _report(status):
    return Report(run=status.pictures_run_total,
                  answered=status.pictures_total, waiting=status.queue_depth)


def modules():
    """gRPC and the generated modules; slow, so not before they are needed."""
    # pylint: disable=import-outside-toplevel
    os.environ.setdefault("WANWU_PROTO_PY", str(places.BIN.parent / "python"))
    helpers = str(places.REPO / "tests/integration")
    if helpers not in sys.path:
        sys.path.append(helpers)
    try:
        import grpc
        import stubs
    except ImportError as error:
        raise Unavailable(f"{error}; build wanwu_python_modules") from error
    return grpc, stubs
