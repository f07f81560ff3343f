"""Spans through a real OpenTelemetry Collector, which is built for it."""

import grpc
import pytest

import batch_times
from calls import request_of
from gateway_traces_test import SERVER_KIND
from otel_collector import Collector, build
from traces_test import CLASSIFY, Caller, check_one_request, the_one

ERROR = 2


@pytest.fixture(scope="session")
def program(tmp_path_factory):
    return build(tmp_path_factory.mktemp("collector"))


@pytest.fixture
def collector(program, tmp_path):
    running = Collector(program, tmp_path)
    yield running
    running.close()


def stop(*programs):
    """In this order. Nothing that they sent was refused."""
    for each in programs:
        each.stop()
    for each in programs[:-1]:
        assert not each.log.events("spans_not_exported")


@pytest.mark.parametrize("protocol", ("grpc", "http"))
def test_the_collector_takes_spans_of_the_server(start, collector, protocol,
                                                 picture):
    server = start(f"--trace_endpoint={collector.endpoints[protocol]}")
    server.wait_until_serving()
    caller = Caller()
    caller.classify(server, picture)
    stop(server, collector)
    spans = collector.spans()
    check_one_request(spans, caller)
    call = the_one(spans, CLASSIFY)
    assert call.status != ERROR
    assert call.attributes["rpc.grpc.status_code"] == 0
    assert the_one(spans, "decode").attributes["wanwu.image.bytes"] == \
        len(picture)
    for resource in collector.resources():
        assert resource["service.name"] == "wanwu-server"
        assert resource["service.instance.id"]


@pytest.mark.parametrize("protocol", ("grpc", "http"))
def test_the_collector_takes_what_failed(start, collector, state_with,
                                         protocol, picture):
    server = start(f"--trace_endpoint={collector.endpoints[protocol]}",
                   f"--state_dir={state_with(batch_times.VERY_SLOW)}")
    server.wait_until_serving()
    caller = Caller()
    with pytest.raises(grpc.RpcError) as raised:
        server.classifier.Classify(request_of(picture), timeout=5,
                                   metadata=caller.metadata)
    stop(server, collector)
    call = the_one(collector.spans(), CLASSIFY)
    assert (call.trace, call.parent) == (caller.trace, caller.span)
    assert (call.status, call.message) == (ERROR, raised.value.details())
    assert call.attributes["wanwu.reason"] == "DEADLINE_UNREACHABLE"


@pytest.mark.parametrize("ways", (("grpc", "http"), ("http", "grpc")),
                         ids="-".join)
def test_gateway_and_server_are_one_trace_there(start, start_gateway,
                                                collector, ways, picture):
    gateway_way, server_way = ways
    server = start(f"--trace_endpoint={collector.endpoints[server_way]}")
    server.wait_until_serving()
    gateway = start_gateway(
        server.address, f"--trace_endpoint={collector.endpoints[gateway_way]}")
    gateway.wait_until_ready()
    caller = Caller()
    answer = gateway.classify(picture, {"traceparent": caller.traceparent})
    assert answer.status == 200
    stop(gateway, server, collector)
    spans = collector.spans()
    request = the_one(spans, "POST /v1/classify")
    assert (request.trace, request.parent) == (caller.trace, caller.span)
    served, = (span for span in spans
               if span.name == CLASSIFY and span.kind == SERVER_KIND)
    call, = (span for span in spans
             if span.name == CLASSIFY and span.kind != SERVER_KIND)
    assert (call.parent, served.parent) == (request.id, call.id)
    assert {span.service for span in (request, call)} == {"wanwu-gateway"}
    assert served.service == "wanwu-server"
    inference, batch = the_one(spans, "inference"), the_one(spans, "batch")
    assert inference.links == [(batch.trace, batch.id)]
    assert batch.links == [(caller.trace, inference.id)]
