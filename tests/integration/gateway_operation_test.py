"""The gateway while servers, clients and itself come and go."""

import collections
import http.client
import re
import signal
import socket
import ssl
import subprocess

import pytest

import batch_times
from callers_who_go_on import CallersWhoGoOn
from certificates import make_certificate
from environment import BIN_DIR, PATIENCE, SANITIZED, own_environment
from http_calls import (EVENTS, LINES, accepting, ask, begin, expect_error,
                        form, read_answer)
from program_process import free_port
from stubs import pb

OWN = "wanwu.gateway"
CALLERS = 16
WELL_UNDER_WAY = 2 * CALLERS
FORM_PICTURES = 10 if SANITIZED else 60


def test_every_line_of_the_log_is_an_event(server, start_gateway, picture):
    gateway = start_gateway(server.address)
    assert gateway.classify(picture).status == 200
    gateway.stop()
    events = gateway.log.events()
    assert len(events) == len(gateway.log.lines)
    assert [event["event"] for event in events] == [
        "gateway_listening", "signal_received", "drain_started",
        "gateway_stopped"]
    assert events[-1]["complete"] is True


def test_sigint_stops_like_sigterm(server, start_gateway):
    gateway = start_gateway(server.address)
    gateway.log.wait_for("gateway_listening")
    gateway.process.send_signal(signal.SIGINT)
    assert gateway.wait() == 0


def test_requests_are_logged_with_their_id_if_asked(server, start_gateway,
                                                    picture):
    gateway = start_gateway(server.address, "--log_level=debug")
    gateway.classify(picture, {"X-Request-Id": "mine"})
    gateway.stop()
    request, = (event for event in gateway.log.events("request")
                if event["request_id"] == "mine")
    assert (request["method"], request["path"], request["status"]) == (
        "POST", "/v1/classify", 200)


def test_the_access_log_tells_of_each_request_once(server, start_gateway,
                                                   picture):
    gateway = start_gateway(server.address, "--access_log_ratio=1",
                            "--log_level=debug", "--slow_request=1us")
    answer = gateway.classify(picture, {"X-Request-Id": "mine",
                                        "Authorization": "Bearer hush"})
    gateway.stop()
    for name in ("request", "slow_request"):
        line, = (event for event in gateway.log.events(name)
                 if event["request_id"] == "mine")
        assert (line["method"], line["path"], line["status"],
                line["bytes"]) == ("POST", "/v1/classify", 200, len(picture))
        assert line["bytes_sent"] > len(answer.body)
        assert line["caller"] == "127.0.0.1"
        assert line["total_ms"] > 0
    assert "hush" not in gateway.log.text()


def test_every_mistake_in_the_configuration_gets_its_line(tmp_path):
    done = subprocess.run(
        [BIN_DIR / "wanwu-gateway", "--listen_address=unix:/a",
         "--threads=0", f"--tls_key_file={tmp_path}/key", "--therads=2",
         f"--server_token_file={tmp_path}/token",
         "--server_address=192.0.2.1:1"],
        check=False, env=own_environment(), capture_output=True, text=True,
        timeout=PATIENCE)
    assert (done.returncode, done.stdout) == (2, "")
    for text in ("expected HOST:PORT\n", "--threads=0",
                 "did you mean --threads",
                 "a certificate and its key go together",
                 "a token must not travel in the clear"):
        assert text in done.stderr
    assert "5 mistake(s)" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize("flags", (
    "--tls_certificate_file={0}/no.pem --tls_key_file={0}/no.key",
    "--server_tls=true --server_ca_file={0}/no.pem",
    "--server_tls=true --server_token_file={0}/no"))
def test_missing_file_is_named(start_gateway, tmp_path, flags):
    gateway = start_gateway("127.0.0.1:1", *flags.format(tmp_path).split())
    assert gateway.wait() == 1
    failed = gateway.log.events("gateway_failed")[-1]
    assert f"{tmp_path}/no" in failed["error"]


def test_taken_address_is_named(start_gateway, gateway):
    address = f"127.0.0.1:{gateway.port}"
    other = start_gateway("127.0.0.1:1", f"--listen_address={address}")
    assert other.wait() == 1
    assert address in other.log.events("gateway_failed")[-1]["error"]


def expect_unreachable(answer):
    assert answer.status == 503, answer
    assert answer.json["error"]["status"] == "UNAVAILABLE"
    assert int(answer.headers["Retry-After"]) >= 1


def test_server_may_go_and_come_back(start, start_gateway, picture):
    address = f"127.0.0.1:{free_port()}"
    gateway = start_gateway(address)
    expect_unreachable(gateway.classify(picture))
    expect_error(gateway.get("/readyz"), 503, "UNAVAILABLE",
                 "SERVER_UNREACHABLE", domain=OWN)
    assert gateway.get("/healthz").status == 200
    # Being asked and not being ready is no failure.
    assert "/readyz" not in gateway.log.text()

    for _ in range(2):
        server = start(address=address).wait_until_serving()
        gateway.wait_until_ready()
        assert gateway.classify(picture).status == 200
        server.stop()
        expect_unreachable(gateway.classify(picture))
        gateway.wait_until(lambda: gateway.get("/readyz").status == 503)
        for path in ("/v1/models", "/v1/status"):
            expect_unreachable(gateway.get(path))
        results = gateway.classify(**form([("a", picture)] * 2)).results
        assert [result["error"]["code"] for result in results] == [503] * 2
    assert "wanwu_gateway_server_serving 0" in \
        gateway.get("/metrics").body.decode()
    gateway.stop()


def test_gateway_reaches_the_server_over_a_unix_socket(start, start_gateway,
                                                      picture, tmp_path):
    server = start(address=f"unix:{tmp_path}/socket").wait_until_serving()
    gateway = start_gateway(server.address).wait_until_ready()
    assert gateway.classify(picture).status == 200
    assert len(gateway.classify(**form([("a", picture)] * 5)).results) == 5
    gateway.stop()
    server.stop()


def test_https_is_served_with_a_certificate(server, start_gateway, picture,
                                            tmp_path):
    own = make_certificate(tmp_path)
    gateway = start_gateway(server.address,
                            f"--tls_certificate_file={own.certificate}",
                            f"--tls_key_file={own.key}",
                            tls=own.client_context())
    gateway.wait_until_ready()
    connection = gateway.connect()
    for _ in range(2):
        assert ask(connection, "POST", "/v1/classify",
                   picture).status == 200
    connection.close()
    many = [("a", picture)] * FORM_PICTURES
    assert len(gateway.classify(**accepting(form(many), LINES)).lines) == \
        FORM_PICTURES
    expect_error(gateway.classify(b"none"), 415, "INVALID_ARGUMENT",
                 "IMAGE_UNSUPPORTED")
    with pytest.raises(ssl.SSLCertVerificationError):
        http.client.HTTPSConnection("127.0.0.1", gateway.port,
                                    timeout=PATIENCE).connect()
    with socket.create_connection(("127.0.0.1", gateway.port)) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"200 OK" not in plain.recv(1000)
    gateway.stop()


class Load(CallersWhoGoOn):
    """Callers that go on until nobody listens any more."""

    def __init__(self, gateway, picture):
        self._gateway = gateway
        self._picture = picture
        self.lost = []
        super().__init__(CALLERS, WELL_UNDER_WAY)

    def _run(self):
        connection = self._gateway.connect()
        try:
            while True:
                answer = ask(connection, "POST", "/v1/classify", self._picture)
                self._count(answer.status, answered=answer.status == 200)
        except ConnectionRefusedError:
            pass  # Nobody listens any more.
        except (http.client.HTTPException, OSError) as error:
            self.lost.append(error)
        finally:
            connection.close()


def test_sigterm_under_load_loses_nothing(start_gateway, server, picture):
    gateway = start_gateway(server.address, "--log_level=debug")
    load = Load(gateway, picture)
    load.wait_until_under_way()
    streaming = gateway.connect()
    streaming.request("POST", "/v1/classify", **accepting(
        form([("a", picture)] * FORM_PICTURES), LINES))
    response = streaming.getresponse()
    response.readline()
    gateway.terminate()
    assert len(response.readlines()) == FORM_PICTURES - 1
    streaming.close()
    assert gateway.wait() == 0, gateway.log.text()
    load.join()

    assert load.lost == []
    assert gateway.log.wait_for("gateway_stopped")["complete"] is True
    # What the gateway has answered has come back: not one answer was lost.
    answered = collections.Counter(
        event["status"] for event in gateway.log.events("request"))
    answered[200] -= 1
    assert load.ends == answered
    assert answered.keys() == {200}


def test_nobody_listens_after_the_end(server, start_gateway):
    gateway = start_gateway(server.address)
    idle = gateway.connect()
    assert ask(idle, "GET", "/healthz").status == 200
    port = gateway.port
    gateway.stop()
    assert idle.sock.recv(1) == b""
    idle.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)


def test_drain_delay_lets_load_balancers_notice(server, start_gateway,
                                                picture):
    gateway = start_gateway(server.address, "--drain_delay=1s")
    gateway.wait_until_ready()
    gateway.terminate()
    gateway.log.wait_for("drain_started")
    gateway.wait_until(lambda: gateway.get("/readyz").status == 503)
    expect_error(gateway.get("/readyz"), 503, "UNAVAILABLE", "DRAINING",
                 domain=OWN)
    assert gateway.classify(picture).status == 200
    assert gateway.wait() == 0


def test_status_stream_does_not_hold_up_the_end(server, start_gateway):
    gateway = start_gateway(server.address)
    connection = gateway.connect()
    connection.request("GET", "/v1/status", headers={"Accept": EVENTS})
    response = connection.getresponse()
    assert response.readline().startswith(b"data: ")
    gateway.terminate()
    assert response.readlines()  # To its proper end.
    assert gateway.wait() == 0
    assert gateway.log.wait_for("gateway_stopped")["complete"] is True
    connection.close()


def test_stuck_client_is_broken_off_after_drain_timeout(server, start_gateway):
    gateway = start_gateway(server.address, "--drain_timeout=200ms")
    connection = gateway.connect()
    begin(connection, 1000, headers={"Expect": "100-continue"})
    assert connection.sock.recv(100).startswith(b"HTTP/1.1 100 Continue")
    gateway.terminate()
    assert gateway.wait() == 0
    assert gateway.log.wait_for("gateway_stopped")["complete"] is False
    connection.close()


def watch_status(server):
    request = pb.WatchStatusRequest()
    request.interval.FromMilliseconds(100)
    return server.classifier.WatchStatus(request, timeout=PATIENCE)


@pytest.mark.parametrize("names", ("a", "ab"))
def test_client_that_hangs_up_frees_its_place(start, start_gateway, state_with,
                                              picture, names):
    # The server waits a second for company before it runs the picture.
    state = state_with(batch_times.LARGE_BATCHES_PAY)
    server = start(f"--state_dir={state}",
                   "--max_queue_delay=1s").wait_until_serving()
    gateway = start_gateway(server.address).wait_until_ready()
    body = (form([(name, picture) for name in names]) if len(names) > 1
            else {"body": picture})
    watch = watch_status(server)
    # On a busy machine the second may be over before the client hangs up.
    for _ in range(10):
        before = next(status for status in watch if status.queue_depth == 0)
        connection = gateway.connect()
        connection.request("POST", "/v1/classify", **body)
        next(status for status in watch if status.queue_depth == len(names) or
             status.pictures_total > before.pictures_total)
        connection.close()
        freed = next(status for status in watch if status.queue_depth == 0)
        if freed.errors_total > before.errors_total:
            break
    # They count as errors, and no batch was run for them.
    assert freed.errors_total - before.errors_total == len(names)
    assert freed.pictures_total - before.pictures_total == len(names)
    assert freed.batch_sizes == before.batch_sizes
    watch.cancel()
    gateway.wait_until(lambda: 'code="499"' in
                       gateway.get("/metrics").body.decode())
    gateway.stop()
    server.stop()


def held_bytes(gateway):
    return float(re.search(r"^wanwu_gateway_buffer_bytes (\S+)$",
                           gateway.get("/metrics").body.decode(), re.M)[1])


def test_full_queue_tells_when_to_retry(start, start_gateway, state_with,
                                        picture):
    state = state_with(batch_times.LARGE_BATCHES_PAY)
    server = start(f"--state_dir={state}", "--queue_capacity=1",
                   "--max_queue_delay=1s").wait_until_serving()
    gateway = start_gateway(server.address).wait_until_ready()
    connections = [gateway.connect() for _ in range(3)]
    # So that it gets all three within the second.
    with server.paused():
        for connection in connections:
            connection.request("POST", "/v1/classify", picture)
        gateway.wait_until(lambda: held_bytes(gateway) >= 3 * len(picture))
    answers = [read_answer(connection) for connection in connections]
    refused = [answer for answer in answers if answer.status != 200]
    assert len(refused) == 2
    for answer in refused:
        expect_error(answer, 429, "RESOURCE_EXHAUSTED", "QUEUE_FULL")
        assert int(answer.headers["Retry-After"]) >= 1
    for connection in connections:
        connection.close()
    gateway.stop()
    server.stop()
