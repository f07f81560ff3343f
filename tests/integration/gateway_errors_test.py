"""What the gateway refuses has the promised status and an AIP-193 body."""

import json
import socket
import time

import pytest

import batch_times
from environment import PATIENCE
from gateway_process import GatewayProcess
from http_calls import (BOUNDARY, LINES, accepting, ask, base64_of, begin,
                        error_info, expect_error, expect_error_object, form,
                        json_body, read_answer)

KIB = 2**10
MIB = 2**20
OWN = "wanwu.gateway"
INVALID = "INVALID_ARGUMENT"


@pytest.fixture
def raw(gateway):
    """raw(bytes): all that the gateway answers to them."""

    def exchange(sent):
        with socket.create_connection(("127.0.0.1", gateway.port),
                                      timeout=PATIENCE) as connection:
            # Not closed for sending, which would look like hanging up.
            connection.sendall(sent)
            with connection.makefile("rb") as answer:
                return answer.read()

    return exchange


def test_text_file_is_not_a_picture(gateway):
    answer = gateway.classify(b"To be or not to be\n")
    expect_error(answer, 415, INVALID, "IMAGE_UNSUPPORTED")


@pytest.mark.parametrize("content_type", ("text/plain", "application/xml",
                                          "multipart/mixed; boundary=x"))
def test_other_content_type_is_refused(gateway, picture, content_type):
    answer = gateway.classify(picture, {"Content-Type": content_type})
    expect_error(answer, 415, INVALID, "CONTENT_TYPE_UNSUPPORTED", domain=OWN)


def test_encoded_body_is_refused(gateway, picture):
    answer = gateway.classify(picture, {"Content-Encoding": "gzip"})
    expect_error(answer, 415, INVALID, "CONTENT_TYPE_UNSUPPORTED", domain=OWN)


@pytest.mark.parametrize("query, code, status, reason, field", (
    ("?model=nonesuch", 404, "NOT_FOUND", "MODEL_NOT_FOUND", "model"),
    ("?model_version=999", 404, "NOT_FOUND", "MODEL_NOT_FOUND", "model"),
    ("?model_version=newest", 400, INVALID, "FIELD_INVALID", "model_version"),
    ("?top_k=-1", 400, INVALID, "FIELD_INVALID", "top_k"),
    ("?top_k=1001", 400, INVALID, "FIELD_INVALID", "top_k"),
))
def test_option_is_refused_by_the_server(gateway, picture, query, code, status,
                                         reason, field):
    answer = gateway.classify(picture, query=query)
    expect_error(answer, code, status, reason)
    assert error_info(answer.json["error"])["metadata"]["field"] == field


@pytest.mark.parametrize("query, field", (
    ("?top_k=many", "top_k"), ("?top_k=99999999999", "top_k"),
    ("?topk=3", "topk"), ("?model=%ff", "model")))
def test_option_is_refused_by_the_gateway(gateway, picture, query, field):
    answer = gateway.classify(picture, query=query)
    expect_error(answer, 400, INVALID, "FIELD_INVALID", domain=OWN)
    assert error_info(answer.json["error"])["metadata"]["field"] == field


def test_unknown_field_of_a_form_is_refused(gateway, picture):
    answer = gateway.classify(**form([("a", picture)], size=3))
    expect_error(answer, 400, INVALID, "FIELD_INVALID", domain=OWN)


@pytest.mark.parametrize("body", (
    {"image": "****"}, {"image": 7}, {"image": "", "top": 3}, {"topK": 1.5},
    {"topK": 1e300}, {"topK": 2**63}, {"topK": True},
    {"requests": {}}, {"requests": [3]}, {"requests": [], "topK": 3},
    {"requests": [{"id": 3}]}, {"requests": [{"picture": ""}]}))
def test_field_of_json_is_refused(gateway, body):
    answer = gateway.classify(**json_body(body))
    expect_error(answer, 400, INVALID, "FIELD_INVALID", domain=OWN)


@pytest.mark.parametrize("text", (
    b"", b"{", b"[]", b"null", b"{'a': 1}", b'{"image": "\xff"}',
    b"[" * 100_000, b'{"image": "' + b"A" * 100))
def test_malformed_json_is_refused(gateway, text):
    answer = gateway.classify(text, {"Content-Type": "application/json"})
    expect_error(answer, 400, INVALID, "JSON_MALFORMED", domain=OWN)


MALFORMED_FORMS = {
    "empty": b"",
    "no boundary": b"x" * 100,
    "ends in headers": f"--{BOUNDARY}\r\nContent-Disp".encode(),
    "ends in a file": form([("a", b"x" * 100)])["body"][:-10],
    "no name": f"--{BOUNDARY}\r\n\r\nx\r\n--{BOUNDARY}--\r\n".encode(),
}


@pytest.mark.parametrize("body", MALFORMED_FORMS.values(), ids=MALFORMED_FORMS)
def test_malformed_form_is_refused(gateway, body):
    answer = gateway.classify(body, form([])["headers"])
    expect_error(answer, 400, INVALID, "FORM_MALFORMED", domain=OWN)


def test_form_without_boundary_is_refused(gateway):
    answer = gateway.classify(b"", {"Content-Type": "multipart/form-data"})
    expect_error(answer, 400, INVALID, "FORM_MALFORMED", domain=OWN)


def test_form_that_breaks_off_spoils_what_was_streamed_with_its_last_line(
        gateway, picture):
    whole = form([("a", picture), ("b", picture)])
    cut = {**whole, "body": whole["body"][:-1000]}
    answer = gateway.classify(**accepting(cut, LINES))
    if answer.status == 200:
        *_, last = answer.lines
        error = last["error"]
    else:
        error = answer.json["error"]
    expect_error_object(error, 400, INVALID, "FORM_MALFORMED", domain=OWN)


@pytest.fixture
def small(server, start_gateway):
    """A gateway that takes little."""
    return start_gateway(server.address, "--max_image_bytes=20KiB",
                         "--max_json_bytes=40KiB", "--max_body_bytes=100KiB",
                         "--max_request_pictures=3", "--max_json_depth=5",
                         "--max_header_bytes=2KiB")


def test_too_large_picture_is_refused(small, picture):
    padded = picture + bytes(20 * KIB)
    for body in (padded, iter([padded])):
        answer = small.ask("POST", "/v1/classify", body=body)
        expect_error(answer, 413, INVALID, "IMAGE_TOO_LARGE", domain=OWN)
    small.stop()


def test_too_large_file_of_a_form_fails_alone(small, picture):
    results = small.classify(**form([
        ("a", picture), ("b", picture + bytes(20 * KIB)),
        ("c", picture)])).results
    assert [set(result) - {"id"} for result in results] == [
        {"response"}, {"error"}, {"response"}]
    expect_error_object(results[1]["error"], 413, INVALID, "IMAGE_TOO_LARGE",
                        domain=OWN)
    small.stop()


# Every way in which a picture comes: a request, and where its error stands.
def one_error(answer):
    return answer.json["error"] if answer.status != 200 else None


def error_in_list(answer):
    return answer.results[0].get("error")


def json_list(encoded):
    return json_body({"requests": [{"request": {"image":
                                                base64_of(encoded)}}]})


WAYS_IN = {
    "raw body": (lambda encoded: {"body": encoded}, one_error),
    "chunked body": (lambda encoded: {"body": iter([encoded])}, one_error),
    "form": (lambda encoded: form([("a", encoded)]), error_in_list),
    "JSON": (lambda encoded: json_body({"image": base64_of(encoded)}),
             one_error),
    "JSON list": (json_list, error_in_list),
}
LIMIT = 100 * KIB
PICTURES = {
    "empty": (lambda picture: b"", 400, "IMAGE_EMPTY"),
    "unsupported": (lambda picture: b"To be or not to be\n", 415,
                    "IMAGE_UNSUPPORTED"),
    "corrupt": (lambda picture: picture[:len(picture) // 2], 400,
                "IMAGE_DECODE_FAILED"),
    "exactly the limit": (lambda picture: picture.ljust(LIMIT, b"\0"), 200,
                          None),
    "a byte more": (lambda picture: picture.ljust(LIMIT + 1, b"\0"), 413,
                    "IMAGE_TOO_LARGE"),
    # More than gRPC carries, were it sent on.
    "far more": (lambda picture: picture.ljust(21 * MIB, b"\0"), 413,
                 "IMAGE_TOO_LARGE"),
}


@pytest.fixture(scope="module")
def limited(server):
    """Takes pictures of up to LIMIT bytes."""
    gateway = GatewayProcess(server.address, f"--max_image_bytes={LIMIT}")
    try:
        yield gateway.wait_until_ready()
        gateway.stop()
    finally:
        gateway.close()


@pytest.mark.parametrize("kind", PICTURES)
@pytest.mark.parametrize("way", WAYS_IN)
def test_every_way_in_has_the_same_limits_and_reasons(limited, picture, way,
                                                      kind):
    make_request, error_of = WAYS_IN[way]
    make_picture, code, reason = PICTURES[kind]
    error = error_of(limited.ask("POST", "/v1/classify",
                                 **make_request(make_picture(picture))))
    if reason is None:
        assert error is None
        return
    own = reason == "IMAGE_TOO_LARGE"
    expect_error_object(error, code, INVALID, reason,
                        domain=OWN if own else "wanwu")
    if own:
        assert error_info(error)["metadata"]["limit"] == str(LIMIT)


def test_too_large_form_and_json_are_refused(small, picture):
    for request in (form([("a", picture), ("b", bytes(100 * KIB))]),
                    json_body({"image": base64_of(bytes(40 * KIB))})):
        expect_error(small.classify(**request), 413, INVALID, "BODY_TOO_LARGE",
                     domain=OWN)
    small.stop()


def test_too_many_pictures_are_refused(small, picture):
    one = {"request": {"image": base64_of(picture[:100])}}
    for request in (form([("a", picture)] * 4),
                    json_body({"requests": [one] * 4})):
        expect_error(small.classify(**request), 400, INVALID, "FIELD_INVALID",
                     domain=OWN)
    small.stop()


def test_too_deep_json_is_refused(small):
    document = []
    for _ in range(6):
        document = [document]
    expect_error(small.classify(**json_body(document)), 400, INVALID,
                 "JSON_MALFORMED", domain=OWN)
    small.stop()


def test_too_large_headers_are_refused(small):
    answer = small.get("/healthz", X_Padding="x" * 2 * KIB)
    assert answer.status == 431
    expect_error(answer, 431, INVALID, "HEADERS_TOO_LARGE", domain=OWN)
    small.stop()


def test_large_body_is_refused_before_it_is_sent(gateway):
    connection = gateway.connect()
    begin(connection, 17 * MIB, headers={"Expect": "100-continue"})
    expect_error(read_answer(connection), 413, INVALID, "IMAGE_TOO_LARGE",
                 domain=OWN)
    connection.close()


def test_other_expectation_is_not_met(gateway):
    answer = gateway.get("/healthz", Expect="the unexpected")
    expect_error(answer, 417, INVALID, "EXPECTATION_FAILED", domain=OWN)


def test_unknown_model_is_not_found(gateway):
    expect_error(gateway.get("/v1/models/nonesuch"), 404, "NOT_FOUND",
                 "MODEL_NOT_FOUND")


def test_form_without_pictures_is_refused(gateway):
    expect_error(gateway.classify(**accepting(form([]), LINES)), 400, INVALID,
                 "FIELD_INVALID", domain=OWN)


def test_bad_version_of_a_model_names_its_field(gateway, package):
    answer = gateway.get(f"/v1/models/{package.name}?version=newest")
    expect_error(answer, 400, INVALID, "FIELD_INVALID")


@pytest.mark.parametrize("path", (
    "/nowhere", "/v1", "/v1/", "/v1/classify/all", "/v1/models/a/b", "/assets/",
    "/../gateway.cc", "/%2e%2e/gateway.cc", "//healthz"))
def test_unknown_path_is_not_found(gateway, path):
    expect_error(gateway.get(path), 404, "NOT_FOUND", "PATH_NOT_FOUND",
                 domain=OWN)


@pytest.mark.parametrize("method, path, allowed", (
    ("GET", "/v1/classify", {"OPTIONS", "POST"}),
    ("POST", "/v1/models", {"OPTIONS", "GET", "HEAD"}),
    ("DELETE", "/v1/models/resnet18", {"OPTIONS", "GET", "HEAD"}),
    ("PUT", "/metrics", {"OPTIONS", "GET", "HEAD"}),
    ("BREW", "/healthz", {"OPTIONS", "GET", "HEAD"}),
    ("POST", "/", {"OPTIONS", "GET", "HEAD"})))
def test_other_method_is_refused_with_those_that_work(gateway, method, path,
                                                      allowed):
    answer = gateway.ask(method, path)
    expect_error(answer, 405, "UNIMPLEMENTED", "METHOD_NOT_ALLOWED",
                 domain=OWN)
    assert set(answer.headers["Allow"].split(", ")) == allowed
    options = gateway.ask("OPTIONS", path)
    assert (options.status, options.body) == (204, b"")
    assert set(options.headers["Allow"].split(", ")) == allowed


@pytest.mark.parametrize("value", ("", "0", "3600001", "-5", "1.5", "soon"))
def test_timeout_that_is_none_is_refused(gateway, picture, value):
    answer = gateway.classify(picture, {"X-Request-Timeout-Ms": value})
    expect_error(answer, 400, INVALID, "FIELD_INVALID", domain=OWN)


@pytest.mark.parametrize("priority", ("", "urgent", "Bulk"))
def test_unknown_priority_is_refused(gateway, picture, priority):
    answer = gateway.classify(picture, {"X-Wanwu-Priority": priority})
    expect_error(answer, 400, INVALID, "FIELD_INVALID", domain=OWN)


@pytest.mark.parametrize("priority", ("interactive", "bulk"))
def test_known_priority_is_served(gateway, picture, priority):
    answer = gateway.classify(picture, {"X-Wanwu-Priority": priority})
    assert answer.status == 200


def test_passed_deadline_is_a_gateway_timeout(gateway, picture):
    answer = gateway.classify(picture, {"X-Request-Timeout-Ms": "1"})
    assert answer.status == 504
    assert answer.json["error"]["status"] == "DEADLINE_EXCEEDED"


def test_deadline_out_of_reach_is_refused_at_once(start, start_gateway,
                                                  state_with, picture):
    state = state_with(batch_times.VERY_SLOW)
    server = start(f"--state_dir={state}").wait_until_serving()
    gateway = start_gateway(server.address)
    begin = time.monotonic()
    answer = gateway.classify(picture, {"X-Request-Timeout-Ms": "5000"})
    assert time.monotonic() - begin < 5
    expect_error(answer, 504, "DEADLINE_EXCEEDED", "DEADLINE_UNREACHABLE")
    metadata = error_info(answer.json["error"])["metadata"]
    assert 0 < int(metadata["remaining_ms"]) < 6000
    gateway.stop()
    server.stop()


MALFORMED_HTTP = {
    "no HTTP": b"hello\r\n\r\n",
    "bad version": b"GET / HTTP/3.7\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "bad target": b"GET healthz HTTP/1.1\r\nHost: a\r\n\r\n",
    "bad escape": b"GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n",
    "bad header": b"GET / HTTP/1.1\r\nHost: a\r\nA header\r\n\r\n",
    "bad length": b"POST /v1/classify HTTP/1.1\r\nHost: a\r\n"
                  b"Content-Length: x\r\n\r\n",
    "two lengths": b"POST /v1/classify HTTP/1.1\r\nHost: a\r\n"
                   b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
    "length and chunks": b"POST /v1/classify HTTP/1.1\r\nHost: a\r\n"
                         b"Content-Length: 3\r\nTransfer-Encoding: chunked"
                         b"\r\n\r\n0\r\n\r\n",
    "old chunks": b"POST /v1/classify HTTP/1.0\r\n"
                  b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "bad chunk": b"POST /v1/classify HTTP/1.1\r\nHost: [::1]\r\n"
                 b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
}


@pytest.mark.parametrize("sent", MALFORMED_HTTP.values(), ids=MALFORMED_HTTP)
def test_malformed_http_is_refused_and_the_connection_closed(raw, sent):
    head, _, body = raw(sent).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n") or \
        head.startswith(b"HTTP/1.0 400 Bad Request\r\n")
    assert b"\r\nConnection: close" in head
    expect_error_object(json.loads(body)["error"], 400, INVALID,
                        "HTTP_MALFORMED", domain=OWN)


def test_pipelined_requests_are_answered_in_their_order(raw, picture):
    post = (b"POST /v1/classify HTTP/1.1\r\nHost: [::1]\r\nX-Request-Id: %d\r\n"
            b"Content-Length: " + str(len(picture)).encode() + b"\r\n\r\n" +
            picture)
    get = (b"GET /v1/models HTTP/1.1\r\nHost: [::1]\r\nX-Request-Id: %d\r\n%s\r\n")
    answer = raw(post.replace(b"%d", b"1") + get % (2, b"") +
                 post.replace(b"%d", b"3") +
                 get % (4, b"Connection: close\r\n"))
    heads = [part.split(b"\r\n\r\n")[0]
             for part in answer.split(b"HTTP/1.1 ")[1:]]
    assert [head.split(b" ")[0] for head in heads] == [b"200"] * 4
    for i, head in enumerate(heads):
        assert b"X-Request-Id: %d\r\n" % (i + 1) in head


def test_old_http_is_answered_and_the_connection_closed(raw):
    answer = raw(b"GET /healthz HTTP/1.0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.0 200 OK\r\n")
    assert answer.endswith(b'{"status":"alive"}\n')


def test_head_is_get_without_the_content(gateway):
    for path in ("/healthz", "/v1/models", "/", "/openapi.json"):
        got, headed = gateway.get(path), gateway.ask("HEAD", path)
        assert (headed.status, headed.body) == (200, b"")
        assert headed.headers["Content-Length"] == str(len(got.body))


def test_connection_goes_on_after_an_error(gateway, picture):
    connection = gateway.connect()
    statuses = [ask(connection, "POST", "/v1/classify", body).status
                for body in (b"none", picture, b"", picture)]
    connection.close()
    assert statuses == [415, 200, 400, 200]
