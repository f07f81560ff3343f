"""The gateway before a server that does what a real one seldom does."""

import json
import threading
import time

import grpc
import pytest
from google.protobuf import wrappers_pb2

import fake_server
from certificates import make_certificate
from environment import PATIENCE
from http_calls import (EVENTS, LINES, accepting, base64_of, begin,
                        error_info, expect_error, expect_error_object, form,
                        json_body, read_answer)
from stubs import error_details_pb2, pb

OWN = "wanwu.gateway"
PICTURE = b"\xff\xd8 the fake looks at no picture"
LONG = 10**6  # seconds

# Every canonical code with its HTTP status, as google/rpc/code.proto has them.
HTTP_STATUS = {
    "CANCELLED": 499, "UNKNOWN": 500, "INVALID_ARGUMENT": 400,
    "DEADLINE_EXCEEDED": 504, "NOT_FOUND": 404, "ALREADY_EXISTS": 409,
    "PERMISSION_DENIED": 403, "UNAUTHENTICATED": 401,
    "RESOURCE_EXHAUSTED": 429, "FAILED_PRECONDITION": 400, "ABORTED": 409,
    "OUT_OF_RANGE": 400, "UNIMPLEMENTED": 501, "INTERNAL": 500,
    "UNAVAILABLE": 503, "DATA_LOSS": 500,
}


@pytest.fixture
def fake():
    server = fake_server.FakeServer()
    yield server
    server.close()


@pytest.fixture
def gateway(fake, start_gateway):
    """Before the fake; must exit 0 at the end."""
    gateway = start_gateway(fake.address).wait_until_ready()
    yield gateway
    gateway.stop()


def failing(*status):
    made = fake_server.error_status(*status)
    return lambda request, context: fake_server.fail(context, made)


@pytest.mark.parametrize("code", HTTP_STATUS)
def test_error_is_told_with_its_status_and_details(fake, gateway, code):
    if code == "CANCELLED":
        pytest.skip("to HTTP it means that the client has gone")
    fake.classify = failing(
        grpc.StatusCode[code], "SCRIPTED",
        error_details_pb2.ResourceInfo(resource_type="model"))
    answer = gateway.classify(PICTURE)
    expect_error(answer, HTTP_STATUS[code], code, "SCRIPTED")
    error = answer.json["error"]
    told = HTTP_STATUS[code] != 500
    assert (error["message"] == "as scripted") == told
    assert error_info(error)["metadata"] == {"field": "image"}
    assert error["details"][1] == {
        "@type": "type.googleapis.com/google.rpc.ResourceInfo",
        "resourceType": "model", "resourceName": "", "owner": "",
        "description": ""}
    assert ("Retry-After" in answer.headers) == (
        HTTP_STATUS[code] in (429, 503))


@pytest.mark.parametrize("code", HTTP_STATUS)
def test_error_of_a_picture_among_others_is_told_alike(fake, gateway, code):
    status = fake_server.error_status(grpc.StatusCode[code], "SCRIPTED")

    def script(requests, context):
        for request in requests:
            yield pb.ClassifyBatchResponse(id=request.id, error=status)

    fake.classify_batch = script
    result, = gateway.classify(**form([("a", PICTURE)])).results
    expect_error_object(result["error"], HTTP_STATUS[code], code, "SCRIPTED")


@pytest.mark.parametrize("reason, status", (
    ("IMAGE_TOO_LARGE", 413), ("IMAGE_UNSUPPORTED", 415),
    ("IMAGE_DECODE_FAILED", 400), ("IMAGE_EMPTY", 400)))
def test_reason_may_have_a_status_of_its_own(fake, gateway, reason, status):
    fake.classify = failing(grpc.StatusCode.INVALID_ARGUMENT, reason)
    expect_error(gateway.classify(PICTURE), status, "INVALID_ARGUMENT", reason)


@pytest.mark.parametrize("delay, seconds", (
    (0, 1), (0.05, 1), (1, 1), (1.001, 2), (59.5, 60)))
@pytest.mark.parametrize("code", ("RESOURCE_EXHAUSTED", "UNAVAILABLE"))
def test_retry_after_is_the_delay_rounded_up(fake, gateway, code, delay,
                                             seconds):
    fake.classify = failing(grpc.StatusCode[code], "SCRIPTED",
                            fake_server.retry_after(delay))
    answer = gateway.classify(PICTURE)
    assert answer.status == HTTP_STATUS[code]
    assert answer.headers["Retry-After"] == str(seconds)


def test_error_without_details_is_told_all_the_same(fake, gateway):
    fake.classify = lambda request, context: context.abort(
        grpc.StatusCode.INTERNAL, "bare")
    error = gateway.classify(PICTURE).json["error"]
    assert (error["code"], error["status"]) == (500, "INTERNAL")
    assert error["details"][0]["reason"] == "INTERNAL"


def test_details_of_unknown_type_are_left_out(fake, gateway):
    status = fake_server.error_status(grpc.StatusCode.INTERNAL, "SCRIPTED",
                                      wrappers_pb2.Int32Value(value=3))
    strange = status.details.add()
    strange.type_url = "type.googleapis.com/no.such.Type"
    strange.value = b"\xff\xff"
    fake.classify = lambda request, context: fake_server.fail(context, status)
    details = gateway.classify(PICTURE).json["error"]["details"]
    assert all(detail.get("@type") for detail in details)
    assert "no.such.Type" not in str(details)


def test_exception_of_the_server_is_an_internal_error(fake, gateway):
    def script(request, context):
        raise ValueError("a fault of /etc/secret")

    fake.classify = script
    answer = gateway.classify(PICTURE, {"X-Request-Id": "mine"})
    assert answer.status == 500
    assert b"secret" not in answer.body
    told = gateway.log.wait_for("request_failed")
    assert "secret" in told["error"] and told["request_id"] == "mine"


@pytest.mark.parametrize("request_", (
    {"body": PICTURE}, form([("a", PICTURE)]),
    accepting(form([("a", PICTURE)]), LINES)))
def test_address_of_the_server_is_for_the_log_only(start_gateway, request_):
    gateway = start_gateway("127.0.0.1:1")
    answer = gateway.classify(**request_)
    assert b"SERVER_UNREACHABLE" in answer.body
    assert b"127.0.0.1" not in answer.body
    assert "127.0.0.1:1" in gateway.log.wait_for("request_failed")["error"]
    gateway.stop()


def test_picture_and_options_reach_the_server(fake, gateway):
    seen = []

    def script(request, context):
        seen.append(request)
        return fake_server.answer()

    fake.classify = script
    query = "?top_k=3&model=m%20n+o&model_version=7&language_code=zh-CN"
    gateway.classify(PICTURE, query=query)
    gateway.classify(**json_body({
        "image": base64_of(PICTURE), "topK": "3", "model": "m n o",
        "modelVersion": "7", "languageCode": "zh-CN"}))
    expected = pb.ClassifyRequest(image=PICTURE, top_k=3, model="m n o",
                                  model_version="7", language_code="zh-CN")
    assert seen == [expected] * 2


def test_answer_is_written_as_the_json_mapping_has_it(fake, gateway):
    fake.classify = lambda request, context: fake_server.answer("虎斑 \"猫\"")
    document = gateway.classify(PICTURE).json
    assert document == {
        "classifications": [{"index": 0, "label": "虎斑 \"猫\"",
                             "wordnetId": "n1", "probability": 0.5}],
        "model": "fake", "modelVersion": "1", "precision": "fp32",
        "timings": {"decode": "0.001500s", "queue": "0.001500s",
                    "inference": "0.001500s", "total": "0.001500s",
                    "batchSize": 1},
        "warnings": [], "cached": False}


TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
REQUESTS = {
    "picture": ("POST", "/v1/classify", {"body": PICTURE, "headers": {}}),
    "form": ("POST", "/v1/classify", form([("a", PICTURE)])),
    "models": ("GET", "/v1/models", {"headers": {}}),
    "model": ("GET", "/v1/models/fake", {"headers": {}}),
    "status": ("GET", "/v1/status", {"headers": {}}),
}


def status_once(request, context):
    yield pb.ServerStatus(state=pb.ServerStatus.STATE_SERVING)


@pytest.mark.parametrize("kind", REQUESTS)
def test_headers_travel_as_metadata(fake, gateway, kind):
    fake.watch_status = status_once
    method, path, request = REQUESTS[kind]
    headers = {**request["headers"], "X-Request-Id": "mine",
               "traceparent": TRACE, "X-Wanwu-Priority": "bulk",
               "X-Request-Timeout-Ms": "60000"}
    answer = gateway.ask(method, path, **{**request, "headers": headers})
    assert answer.status == 200, answer
    call = fake.next_call()
    assert call.metadata["x-request-id"] == "mine"
    assert call.metadata["traceparent"] == TRACE
    if path == "/v1/classify":
        assert call.metadata["wanwu-priority"] == "bulk"
    assert call.metadata["wanwu-client"] == "127.0.0.1"
    assert "authorization" not in call.metadata
    assert 30 < call.time_remaining < 61


def test_made_up_request_id_travels_too(fake, gateway):
    answer = gateway.classify(PICTURE)
    metadata = fake.next_call().metadata
    assert metadata["x-request-id"] == answer.headers["X-Request-Id"]
    assert "traceparent" not in metadata


@pytest.mark.parametrize("kind, limited", (
    ("picture", True), ("form", False), ("models", True), ("model", True),
    ("status", True)))
def test_default_timeout_is_the_deadline_of_single_answers(
        fake, start_gateway, kind, limited):
    fake.watch_status = status_once
    gateway = start_gateway(fake.address, "--default_timeout=50s")
    method, path, request = REQUESTS[kind]
    assert gateway.ask(method, path, **request).status == 200
    remaining = fake.next_call().time_remaining
    assert 25 < remaining < 51 if limited else remaining is None or \
        remaining > LONG
    gateway.stop()


def test_late_answer_is_a_gateway_timeout_and_the_call_is_cancelled(
        fake, gateway):
    ended = threading.Event()

    def script(request, context):
        fake_server.wait_for_hang_up(context)
        ended.set()
        return fake_server.answer()

    fake.classify = script
    answer = gateway.classify(PICTURE, {"X-Request-Timeout-Ms": "200"})
    assert answer.status == 504
    assert answer.json["error"]["status"] == "DEADLINE_EXCEEDED"
    assert ended.wait(PATIENCE)


def gone_after(fake, gateway, attribute, method, path, request):
    """Hangs up once the call is there; the server must get to know."""
    ended = threading.Event()

    def script(request, context):
        fake_server.wait_for_hang_up(context)
        ended.set()
        return fake_server.answer() if attribute == "classify" else iter(())

    setattr(fake, attribute, script)
    connection = gateway.connect()
    connection.request(method, path, **request)
    fake.next_call()
    connection.close()
    assert ended.wait(PATIENCE)
    gateway.wait_until(lambda: 'code="499"' in
                       gateway.get("/metrics").body.decode())


@pytest.mark.parametrize("attribute, kind", (
    ("classify", "picture"), ("classify_batch", "form"),
    ("watch_status", "status")))
def test_client_that_hangs_up_cancels_its_call(fake, gateway, attribute, kind):
    gone_after(fake, gateway, attribute, *REQUESTS[kind])


def test_client_that_hangs_up_in_mid_form_cancels_its_call(fake, gateway):
    ended = threading.Event()

    def script(requests, context):
        # Before the answer, since nothing behind it need be reached.
        context.add_callback(ended.set)
        yield pb.ClassifyBatchResponse(id=next(requests).id,
                                       response=fake_server.answer())
        fake_server.wait_for_hang_up(context)

    fake.classify_batch = script
    request = accepting(form([("a", PICTURE), ("b", PICTURE)]), LINES)
    connection = gateway.connect()
    body = request["body"]
    begin(connection, len(body), body[:-100], request["headers"])
    response = connection.getresponse()
    assert json.loads(response.readline())["id"] == "a"
    response.close()
    connection.close()
    assert ended.wait(PATIENCE)


def test_lines_are_written_as_their_pictures_complete(fake, gateway):
    go_on = threading.Event()

    def script(requests, context):
        held = [next(requests), next(requests)]
        yield pb.ClassifyBatchResponse(id=held[1].id,
                                       response=fake_server.answer("second"))
        assert go_on.wait(PATIENCE)
        yield pb.ClassifyBatchResponse(id=held[0].id,
                                       response=fake_server.answer("first"))

    fake.classify_batch = script
    connection = gateway.connect()
    connection.request("POST", "/v1/classify", **accepting(
        form([("a", PICTURE), ("b", PICTURE)]), LINES))
    response = connection.getresponse()
    assert json.loads(response.readline())["id"] == "b"
    go_on.set()
    assert json.loads(response.readline())["id"] == "a"
    assert response.read() == b""
    connection.close()


def test_answers_come_while_the_form_is_still_being_sent(fake, gateway):
    request = accepting(form([("a", PICTURE), ("b", PICTURE)]), LINES)
    body = request["body"]
    second = body.index(b'filename="b"')
    connection = gateway.connect()
    begin(connection, len(body), body[:second], request["headers"])
    response = connection.getresponse()
    assert json.loads(response.readline())["id"] == "a"
    connection.sock.sendall(body[second:])
    assert json.loads(response.readline())["id"] == "b"
    assert response.read() == b""
    connection.close()


def test_json_list_keeps_its_order_whatever_completes_first(fake, gateway):
    def script(requests, context):
        for request in reversed(list(requests)):
            yield pb.ClassifyBatchResponse(
                id=request.id, response=fake_server.answer(request.id))

    fake.classify_batch = script
    names = [str(i) for i in range(10, 0, -1)]
    results = gateway.classify(**form(
        [(name, PICTURE) for name in names])).results
    assert [result["id"] for result in results] == names


def test_pictures_at_the_server_are_bounded(fake, start_gateway):
    gateway = start_gateway(fake.address, "--max_stream_in_flight=4")
    most = []

    def script(requests, context):
        taken, held = iter(requests), []
        for _ in range(4):
            held.append(next(taken))
        more = threading.Thread(target=lambda: held.extend(taken))
        more.start()
        more.join(0.3)  # Long enough for a fifth, were it on its way.
        most.append(len(held))
        answered = 0
        while answered < 12:
            if len(held) > answered:
                yield pb.ClassifyBatchResponse(
                    id=held[answered].id, response=fake_server.answer())
                answered += 1
            else:
                time.sleep(0.001)
        more.join()

    fake.classify_batch = script
    results = gateway.classify(**form([("a", PICTURE)] * 12)).results
    assert all("response" in result for result in results)
    assert most == [4]
    gateway.stop()


def ending(requests, context):
    """Answers two of four, then ends as if all were well."""
    for _ in range(2):
        yield pb.ClassifyBatchResponse(id=next(requests).id,
                                       response=fake_server.answer())
    for _ in range(2):
        next(requests)


def failing_at_the_end(requests, context):
    yield from ending(requests, context)
    fake_server.fail(context, fake_server.error_status(
        grpc.StatusCode.UNAVAILABLE, "DRAINING"))


@pytest.mark.parametrize("script, reason, domain", (
    (failing_at_the_end, "DRAINING", "wanwu"),
    (ending, "SERVER_UNREACHABLE", OWN)))
@pytest.mark.parametrize("kind", ("application/json", LINES, EVENTS))
def test_stream_that_breaks_off_gives_the_rest_its_error(
        fake, gateway, script, reason, domain, kind):
    fake.classify_batch = script
    names = [str(i) for i in range(4)]
    answer = gateway.classify(**accepting(
        form([(name, PICTURE) for name in names]), kind))
    if kind == EVENTS:
        *events, last = answer.events
        assert last == ("done", {})
        results = [data for _, data in events]
    else:
        results = answer.lines if kind == LINES else answer.results
    assert [result["id"] for result in results] == names
    assert ["response" in result for result in results] == [
        True, True, False, False]
    for result in results[2:]:
        expect_error_object(result["error"], 503, "UNAVAILABLE", reason,
                            domain=domain)


def test_server_that_owes_an_answer_too_long_is_given_up(fake, start_gateway):
    gateway = start_gateway(fake.address, "--default_timeout=3s")

    def script(requests, context):
        yield pb.ClassifyBatchResponse(id=next(requests).id,
                                       response=fake_server.answer())
        fake_server.wait_for_hang_up(context)

    fake.classify_batch = script
    results = gateway.classify(**form([("a", PICTURE)] * 3)).results
    assert "response" in results[0]
    for result in results[1:]:
        expect_error_object(result["error"], 504, "DEADLINE_EXCEEDED",
                            "ANSWER_TIMEOUT", domain=OWN)
    gateway.stop()


def test_slow_stream_that_goes_on_is_not_given_up(fake, start_gateway):
    gateway = start_gateway(fake.address, "--default_timeout=3s")

    def script(requests, context):
        for request in requests:
            context.is_active()
            time.sleep(0.4)  # The slowness that is tested.
            yield pb.ClassifyBatchResponse(id=request.id,
                                           response=fake_server.answer())

    fake.classify_batch = script
    results = gateway.classify(**form([("a", PICTURE)] * 9)).results
    assert all("response" in result for result in results)
    gateway.stop()


def test_answers_to_what_was_never_asked_are_passed_over(fake, gateway):
    def script(requests, context):
        for request in requests:
            for identifier in ("77", "x", request.id, request.id):
                yield pb.ClassifyBatchResponse(
                    id=identifier, response=fake_server.answer(identifier))

    fake.classify_batch = script
    results = gateway.classify(**form([("a", PICTURE),
                                       ("b", PICTURE)])).results
    assert [result["id"] for result in results] == ["a", "b"]


def test_status_stream_ends_with_the_servers(fake, gateway):
    def script(request, context):
        yield pb.ServerStatus(state=pb.ServerStatus.STATE_SERVING)
        yield pb.ServerStatus(state=pb.ServerStatus.STATE_DRAINING)

    fake.watch_status = script
    answer = gateway.get("/v1/status", Accept=EVENTS)
    assert [data["state"] for _, data in answer.events] == [
        "STATE_SERVING", "STATE_DRAINING"]


def test_status_that_never_comes_is_unavailable(fake, gateway):
    expect_error(gateway.get("/v1/status"), 503, "UNAVAILABLE",
                 "SERVER_UNREACHABLE", domain=OWN)


def test_readiness_follows_the_servers_health(fake, gateway):
    fake.health.put(fake_server.NOT_SERVING)
    gateway.wait_until(lambda: gateway.get("/readyz").status == 503)
    expect_error(gateway.get("/readyz"), 503, "UNAVAILABLE",
                 "SERVER_NOT_SERVING", domain=OWN)
    fake.health.put(fake_server.SERVING)
    gateway.wait_until_ready()


def test_old_server_without_status_is_told(fake, gateway):
    def script(request, context):
        context.abort(grpc.StatusCode.UNIMPLEMENTED, "no such method")
        yield

    fake.watch_status = script
    assert gateway.get("/v1/status").status == 501


def test_bytes_in_memory_are_bounded(fake, start_gateway):
    gateway = start_gateway(fake.address, "--max_image_bytes=1MiB",
                            "--buffer_bytes=1MiB")
    go_on = threading.Event()

    def script(request, context):
        assert go_on.wait(PATIENCE)
        return fake_server.answer()

    fake.classify = script
    # Held twice until it is answered: by us and by gRPC.
    large = bytes(400 * 1024)
    first = gateway.connect()
    first.request("POST", "/v1/classify", large)
    fake.next_call()
    refused = gateway.classify(large)
    expect_error(refused, 503, "UNAVAILABLE", "BUFFER_FULL", domain=OWN)
    assert refused.headers["Retry-After"] == "1"
    go_on.set()
    assert read_answer(first).status == 200
    assert gateway.classify(large).status == 200
    first.close()
    gateway.stop()


@pytest.fixture
def tls_fake(tmp_path):
    """A fake server behind TLS, and its certificate."""
    own = make_certificate(tmp_path)
    server = fake_server.FakeServer(grpc.ssl_server_credentials(
        [(own.key.read_bytes(), own.certificate.read_bytes())]))
    yield server, own
    server.close()


def test_server_is_reached_over_tls_with_a_token(tls_fake, start_gateway,
                                                 tmp_path):
    server, own = tls_fake
    (tmp_path / "token").write_text("secret-1\n")
    gateway = start_gateway(server.address, "--server_tls=true",
                            f"--server_ca_file={own.certificate}",
                            f"--server_token_file={tmp_path}/token")
    gateway.wait_until_ready()
    for method, path, request in (REQUESTS["picture"], REQUESTS["form"],
                                  REQUESTS["models"]):
        assert gateway.ask(method, path, **request).status == 200
        metadata = server.next_call().metadata
        assert metadata["authorization"] == "Bearer secret-1"
    gateway.stop()
    assert "secret-1" not in gateway.log.text()


def test_token_that_cannot_travel_is_refused_at_start(tls_fake, start_gateway,
                                                      tmp_path):
    server, own = tls_fake
    (tmp_path / "token").write_text("two wörds")
    gateway = start_gateway(server.address, "--server_tls=true",
                            f"--server_ca_file={own.certificate}",
                            f"--server_token_file={tmp_path}/token")
    assert gateway.wait() == 1
    assert "one word of visible ASCII" in gateway.log.text()


def test_server_with_another_certificate_is_not_trusted(
        tls_fake, start_gateway, tmp_path):
    server, _ = tls_fake
    other = make_certificate(tmp_path, "other")
    gateway = start_gateway(server.address, "--server_tls=true",
                            f"--server_ca_file={other.certificate}")
    assert gateway.classify(PICTURE).status == 503
    assert gateway.get("/readyz").status == 503
    gateway.stop()
