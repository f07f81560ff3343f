"""One trace through caller, gateway and server, and its batches."""

import pytest

from http_calls import form
from traces_test import CLASSIFY, CLASSIFY_BATCH, Caller, the_one

SERVER_KIND, CLIENT_KIND = 2, 3


@pytest.fixture
def traced(start, start_gateway, receiver):
    """traced(gateway_flags…): a gateway before a server, both traced."""

    def start_both(*flags):
        endpoint = f"--trace_endpoint={receiver.endpoint}"
        server = start(endpoint).wait_until_serving()
        gateway = start_gateway(server.address, endpoint, *flags)
        return gateway.wait_until_ready(), server

    return start_both


def stop(gateway, server, receiver, requests=2):
    """Once the receiver has so many spans of requests; which others it has got
    then, too."""
    receiver.wait_for(lambda spans: sum(
        span.kind == SERVER_KIND for span in spans) >= requests)
    gateway.stop()
    server.stop()


def test_caller_gateway_and_server_are_one_trace(traced, receiver, picture):
    gateway, server = traced()
    caller = Caller()
    answer = gateway.classify(picture, {
        "traceparent": caller.traceparent, "tracestate": "other=1",
        "X-Request-Id": "mine"})
    assert answer.status == 200
    assert answer.headers["traceparent"] == caller.traceparent
    stop(gateway, server, receiver)
    spans = receiver.spans()
    request = the_one(spans, "POST /v1/classify")
    assert (request.service, request.kind) == ("wanwu-gateway", SERVER_KIND)
    assert (request.trace, request.parent) == (caller.trace, caller.span)
    assert request.attributes["http.response.status_code"] == 200
    assert request.attributes["wanwu.request_id"] == "mine"
    call, = (span for span in spans
             if span.name == CLASSIFY and span.kind == CLIENT_KIND)
    assert (call.service, call.parent) == ("wanwu-gateway", request.id)
    served, = (span for span in spans
               if span.name == CLASSIFY and span.kind == SERVER_KIND)
    assert (served.service, served.parent) == ("wanwu-server", call.id)
    assert {span.state for span in (request, call, served)} == {"other=1"}
    # All on one machine, but three readings of the clock.
    slack = 5e6
    for outer, inner in ((request, call), (call, served)):
        assert outer.start <= inner.start + slack
        assert inner.end <= outer.end + slack
    inference = the_one(spans, "inference")
    assert inference.parent == served.id
    batch = the_one(spans, "batch")
    assert batch.links == [(caller.trace, inference.id)]
    assert inference.links == [(batch.trace, batch.id)]


def test_pictures_of_a_form_are_spans_below_one_call(traced, receiver,
                                                     picture):
    gateway, server = traced()
    caller = Caller()
    several = form([(f"{i}.png", picture) for i in range(5)])
    answer = gateway.classify(several["body"], {
        "traceparent": caller.traceparent, **several["headers"]})
    assert answer.status == 200
    stop(gateway, server, receiver, requests=6)
    spans = receiver.spans()
    call, = (span for span in spans
             if span.name == CLASSIFY_BATCH and span.kind == CLIENT_KIND)
    served = [span for span in spans
              if span.name == CLASSIFY_BATCH and span.kind == SERVER_KIND]
    assert [span.parent for span in served] == [call.id] * 5


def test_a_call_without_pictures_is_a_span_at_both(traced, receiver):
    gateway, server = traced()
    caller = Caller()
    assert gateway.get("/v1/models",
                       traceparent=caller.traceparent).status == 200
    stop(gateway, server, receiver)
    spans = receiver.spans()
    request = the_one(spans, "GET /v1/models")
    assert (request.trace, request.parent) == (caller.trace, caller.span)
    call, served = sorted((span for span in spans if span is not request),
                          key=lambda span: span.kind, reverse=True)
    assert {call.name, served.name} == {"wanwu.v1.ImageClassifier/ListModels"}
    assert (call.kind, served.kind) == (CLIENT_KIND, SERVER_KIND)
    assert (call.parent, served.parent) == (request.id, call.id)


def test_an_error_is_told_by_both(traced, receiver):
    gateway, server = traced()
    answer = gateway.classify(b"no picture",
                              {"traceparent": Caller().traceparent})
    assert answer.status == 415
    stop(gateway, server, receiver)
    spans = receiver.spans()
    request = the_one(spans, "POST /v1/classify")
    assert request.attributes["http.response.status_code"] == 415
    assert request.attributes["error.type"].startswith("IMAGE_")
    served, = (span for span in spans
               if span.name == CLASSIFY and span.kind == SERVER_KIND)
    assert served.attributes["wanwu.reason"] == \
        request.attributes["error.type"]


def test_paths_of_any_bytes_and_length_are_told(traced, receiver):
    gateway, server = traced()
    for path in ("/v1/%FF", "/v1/" + "x" * 5000):
        assert gateway.get(path, traceparent=Caller().traceparent).status == 404
    stop(gateway, server, receiver)
    spans = receiver.spans()
    assert [(span.name, span.attributes.get("http.route"))
            for span in spans] == [("GET", None)] * 2
    assert [len(span.attributes["url.path"]) for span in spans] == [5, 1024]


def test_the_gateway_begins_traces_of_its_share(traced, receiver, picture):
    gateway, server = traced("--trace_sample_ratio=1", "--access_log_ratio=1")
    answer = gateway.classify(picture)
    told = answer.headers["traceparent"].split("-")[1]
    unsampled = gateway.classify(
        picture, {"traceparent": Caller(sampled=False).traceparent})
    assert unsampled.status == 200
    stop(gateway, server, receiver)
    request = the_one(receiver.spans(), "POST /v1/classify")
    assert (request.trace, request.parent) == (told, "")
    assert told in {event.get("trace_id")
                    for event in gateway.log.events("request")}
    # Neither the probes of this test nor what was not sampled.
    assert {span.trace for span in receiver.spans()
            if span.name != "batch"} == {told}


def test_without_tracing_the_gateway_passes_the_trace_on(start, start_gateway,
                                                         receiver, picture):
    server = start(f"--trace_endpoint={receiver.endpoint}")
    gateway = start_gateway(server.wait_until_serving().address)
    caller = Caller()
    gateway.wait_until_ready().classify(
        picture, {"traceparent": caller.traceparent, "tracestate": "a=1"})
    stop(gateway, server, receiver, requests=1)
    served = the_one(receiver.spans(), CLASSIFY)
    assert (served.trace, served.parent) == (caller.trace, caller.span)
    assert served.state == "a=1"
