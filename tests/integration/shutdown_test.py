"""A stopping server answers what it admitted, refuses the rest and exits."""

import signal
import socket
import threading

import grpc
import pytest

import service_error
from callers_who_go_on import CallersWhoGoOn
from calls import CONCURRENCY, request_of, result_of
from environment import PATIENCE
from server_process import NOT_SERVING, SERVING
from stubs import pb, pb_grpc

STREAMS = 4
# Answers that show that the load is well under way.
WELL_UNDER_WAY = 2 * CONCURRENCY
OK = grpc.StatusCode.OK
UNAVAILABLE = grpc.StatusCode.UNAVAILABLE

# How gRPC's client words it when a call never reached the server or the
# server said that it has not looked at it. Anything else would be an answer
# that was lost on its way, such as "Socket closed".
NOT_SENT = ("failed to connect to all addresses", "GOAWAY received",
            "Connection refused")


class Load:
    """Callers that go on until they are refused."""

    def __init__(self, server, picture):
        self._classifier = server.classifier
        self._request = request_of(picture, top_k=1)
        self._changed = threading.Condition()
        self._stopping = False
        self._answered = 0
        self.answered_after_stop = 0
        self.ends = []
        self.refused_in_streams = []
        self.stream_ids = []
        callers = [self._call] * CONCURRENCY + [self._stream] * STREAMS
        self._threads = [threading.Thread(target=caller, daemon=True)
                         for caller in callers]
        for thread in self._threads:
            thread.start()

    def wait_until_under_way(self):
        with self._changed:
            assert self._changed.wait_for(
                lambda: self._answered >= WELL_UNDER_WAY, PATIENCE)

    def begin_stop(self):
        """From here on, answers count as answered_after_stop."""
        with self._changed:
            self._stopping = True

    def join(self):
        for thread in self._threads:
            thread.join(PATIENCE)
            assert not thread.is_alive(), "a call never ended"

    def _count(self):
        with self._changed:
            self._answered += 1
            self.answered_after_stop += self._stopping
            self._changed.notify_all()

    def _end(self, error):
        with self._changed:
            self.ends.append(service_error.from_call(error))

    def _call(self):
        try:
            while True:
                self._classifier.Classify(self._request, timeout=PATIENCE)
                self._count()
        except grpc.RpcError as error:
            self._end(error)

    def _stream(self):
        ended = threading.Event()
        requests = self._endless(ended)
        ids = []
        try:
            for answer in self._classifier.ClassifyBatch(requests,
                                                         timeout=PATIENCE):
                ids.append(answer.id)
                result = result_of(answer)
                if isinstance(result, service_error.ServiceError):
                    self.refused_in_streams.append(result)
                else:
                    self._count()
        except grpc.RpcError as error:
            self._end(error)
        ended.set()
        with self._changed:
            self.stream_ids.append(ids)

    def _endless(self, ended):
        number = 0
        while not ended.is_set():
            yield pb.ClassifyBatchRequest(id=str(number),
                                          request=self._request)
            number += 1


class Watch:
    """Collects what the health service says until it ends."""

    def __init__(self, server):
        self._call = server.watch_health()
        self.states = []
        self.end = None
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self):
        try:
            for answer in self._call:
                self.states.append(answer.status)
        except grpc.RpcError as error:
            self.end = error.code()

    def join(self):
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive(), "the watch never ended"


def expect_draining(error):
    assert (error.code, error.reason) == (UNAVAILABLE, "DRAINING"), error
    assert error.retry_seconds > 0


def expect_never_admitted(error):
    if error.reason:
        expect_draining(error)
    else:
        assert error.code == UNAVAILABLE, error
        assert any(text in error.message for text in NOT_SENT), error


def test_sigterm_under_load_loses_nothing(start, picture):
    server = start().wait_until_serving()
    watch = Watch(server)
    load = Load(server, picture)
    load.wait_until_under_way()
    load.begin_stop()
    server.terminate()
    assert server.wait() == 0, server.log.text()
    load.join()
    watch.join()

    for error in load.ends:
        expect_never_admitted(error)
    for error in load.refused_in_streams:
        expect_draining(error)
    drain = server.log.wait_for("drain_started")
    assert load.answered_after_stop >= drain["requests"] > 0
    assert server.log.wait_for("server_stopped")["complete"] is True
    assert len(load.ends) == CONCURRENCY + STREAMS
    for ids in load.stream_ids:
        assert len(set(ids)) == len(ids), "a picture was answered twice"
    assert watch.states == [SERVING, NOT_SERVING]
    assert watch.end == UNAVAILABLE


class GrpcCallers(CallersWhoGoOn):
    """Each on its own connection; whatever happens, they call again."""

    def __init__(self, address, picture):
        self._address = address
        self._request = request_of(picture, top_k=1)
        self._stopped = threading.Event()
        super().__init__(16, WELL_UNDER_WAY)

    def _run(self):
        options = [("grpc.use_local_subchannel_pool", 1)]
        with grpc.insecure_channel(self._address, options) as channel:
            classifier = pb_grpc.ImageClassifierStub(channel)
            while not self._stopped.is_set():
                try:
                    classifier.Classify(self._request, timeout=PATIENCE)
                    self._count(OK, answered=True)
                except grpc.RpcError as error:
                    self._count(error.code())

    def stop(self):
        self._stopped.set()
        self.join()


@pytest.mark.parametrize("transport", ["tcp", "unix"])
def test_callers_who_go_on_find_it_unavailable(start, picture, tmp_path,
                                               transport):
    address = ("127.0.0.1:0" if transport == "tcp"
               else f"unix:{tmp_path}/socket")
    server = start(address=address).wait_until_serving()
    callers = GrpcCallers(server.address, picture)
    callers.wait_until_under_way()
    server.terminate()
    assert server.wait() == 0, server.log.text()
    callers.stop()

    # Never CANCELLED, which nobody retries.
    assert set(callers.ends) == {OK, UNAVAILABLE}
    assert server.log.wait_for("server_stopped")["abandoned"] == 0


def test_nobody_listens_after_the_end(start):
    server = start().wait_until_serving()
    host, port = server.address.rsplit(":", 1)
    server.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, int(port)), timeout=PATIENCE).close()


def test_new_calls_are_served_during_drain_delay(start, picture):
    server = start("--drain_delay=3s").wait_until_serving()
    watch = server.watch_health()
    assert next(watch).status == SERVING
    server.terminate()
    assert next(watch).status == NOT_SERVING
    response = server.classifier.Classify(request_of(picture), timeout=PATIENCE)
    assert response.classifications
    assert server.wait() == 0


def test_stream_is_answered_as_far_as_it_was_read(start, picture):
    server = start("--max_stream_in_flight=64").wait_until_serving()
    sent = 64
    requests = (pb.ClassifyBatchRequest(id=str(i),
                                        request=request_of(picture, top_k=1))
                for i in range(sent))
    answers = server.classifier.ClassifyBatch(requests, timeout=PATIENCE)
    ids = {next(answers).id}
    server.terminate()
    try:
        ids.update(answer.id for answer in answers)
        assert len(ids) == sent
    except grpc.RpcError as error:
        # The end of the stream had not come when reading stopped.
        expect_never_admitted(service_error.from_call(error))
    assert server.wait() == 0
    assert server.log.wait_for("server_stopped")["complete"] is True
    assert len(ids) >= server.log.wait_for("drain_started")["requests"]


@pytest.mark.parametrize("number", (signal.SIGTERM, signal.SIGINT))
def test_second_signal_ends_server_at_once(start, number):
    server = start("--drain_delay=10m").wait_until_serving()
    server.terminate()
    server.log.wait_for("drain_started")
    server.process.send_signal(number)
    assert server.wait() == 128 + number
    assert not server.log.events("server_stopped")


def test_sigterm_while_models_load_ends_server(start, tmp_path):
    # Nothing is kept there, so that loading takes its time.
    server = start(f"--state_dir={tmp_path / 'fresh'}")
    server.log.wait_for("operators_listening")
    server.terminate()
    assert server.wait() == 0, server.log.text()
    assert not server.log.events("server_serving")
    assert server.log.events("server_stopped")


def test_sigint_stops_like_sigterm(start):
    server = start().wait_until_serving()
    server.process.send_signal(signal.SIGINT)
    assert server.wait() == 0
    assert server.log.wait_for("signal_received")["signal"] == signal.SIGINT
