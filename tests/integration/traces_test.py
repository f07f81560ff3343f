"""Spans of the server, as a receiver of OpenTelemetry's protocol gets them."""

import os
import socket
import time

import pytest

import operators_test
from calls import request_of
from environment import PATIENCE
from otlp_receiver import GrpcReceiver, HttpReceiver, spans_of_file
from stubs import otlp_pb, pb

CLASSIFY = "wanwu.v1.ImageClassifier/Classify"
CLASSIFY_BATCH = "wanwu.v1.ImageClassifier/ClassifyBatch"
SERVER_KIND = 2


class Caller:
    """A caller's own span."""

    def __init__(self, sampled=True):
        self.trace = os.urandom(16).hex()
        self.span = os.urandom(8).hex()
        self.traceparent = (f"00-{self.trace}-{self.span}-"
                            f"{'01' if sampled else '00'}")

    @property
    def metadata(self):
        return (("traceparent", self.traceparent), ("tracestate", "other=1"))

    def classify(self, server, picture, **fields):
        return server.classifier.Classify(
            request_of(picture, top_k=1, **fields), timeout=PATIENCE,
            metadata=self.metadata)


def has_call(name=CLASSIFY, count=1):
    return lambda spans: sum(span.name == name for span in spans) >= count


def the_one(spans, name):
    found, = (span for span in spans if span.name == name)
    return found


def check_one_request(spans, caller):
    """Every stage, in order, and the batch linked with it."""
    call = the_one(spans, CLASSIFY)
    assert (call.trace, call.parent) == (caller.trace, caller.span)
    assert call.service == "wanwu-server"
    assert call.kind == SERVER_KIND
    assert call.state == "other=1"
    stages = [span for span in spans if span.parent == call.id]
    stages.sort(key=lambda span: (span.start, span.end))
    assert [span.name for span in stages] == [
        "receive", "queue", "decode", "queue", "inference"]
    for before, after in zip(stages, stages[1:]):
        assert before.end == after.start, (before, after)
    assert call.start == stages[0].start
    assert stages[-1].end <= call.end
    for span in stages:
        assert span.trace == caller.trace
    batch = the_one(spans, "batch")
    inference = stages[-1]
    assert inference.links == [(batch.trace, batch.id)]
    assert batch.links == [(inference.trace, inference.id)]
    assert batch.attributes["wanwu.batch_size"] == 1
    assert (batch.start, batch.end) == pytest.approx(
        (inference.start, inference.end), abs=1e6)


def test_a_traced_request_is_told_stage_by_stage_over_grpc(start, receiver,
                                                           picture):
    server = start(f"--trace_endpoint={receiver.endpoint}")
    server.wait_until_serving()
    caller = Caller()
    answer = caller.classify(server, picture)
    spans = receiver.wait_for(has_call())
    check_one_request(spans, caller)
    decode = the_one(spans, "decode")
    assert decode.attributes["wanwu.image.bytes"] == len(picture)
    assert decode.end - decode.start == pytest.approx(
        answer.timings.decode.ToNanoseconds(), abs=1000)
    inference = the_one(spans, "inference")
    assert inference.end - inference.start == pytest.approx(
        answer.timings.inference.ToNanoseconds(), abs=1000)
    server.stop()
    resource, *_ = receiver.resources()
    assert resource["service.name"] == "wanwu-server"
    assert resource["service.version"]
    assert resource["service.instance.id"]


def test_the_same_over_http_though_the_receiver_was_busy_at_first(start,
                                                                  picture):
    receiver = HttpReceiver(statuses=(503,))
    try:
        server = start(f"--trace_endpoint={receiver.endpoint}")
        server.wait_until_serving()
        caller = Caller()
        caller.classify(server, picture)
        check_one_request(receiver.wait_for(has_call()), caller)
        server.stop()
        assert server.log.events("spans_not_exported")
        assert server.log.events("spans_exported_again")
    finally:
        receiver.close()


def test_the_same_into_a_file(start, picture, tmp_path):
    path = tmp_path / "spans.jsonl"
    server = start(f"--trace_endpoint=file:{path}").wait_until_serving()
    caller = Caller()
    caller.classify(server, picture)
    server.stop()
    spans = spans_of_file(path)
    call, = (span for span in spans if span["name"] == CLASSIFY)
    assert call["traceId"] == caller.trace
    assert call["parentSpanId"] == caller.span
    assert {span["name"] for span in spans} == {
        CLASSIFY, "receive", "queue", "decode", "inference", "batch"}


def test_each_picture_of_a_stream_is_a_span(start, receiver, picture):
    server = start(f"--trace_endpoint={receiver.endpoint}")
    server.wait_until_serving()
    caller = Caller()
    pictures = [picture] * 7 + [b"no picture"]
    requests = (pb.ClassifyBatchRequest(id=str(i),
                                        request=request_of(each, top_k=1))
                for i, each in enumerate(pictures))
    answers = list(server.classifier.ClassifyBatch(
        requests, timeout=PATIENCE, metadata=caller.metadata))
    assert len(answers) == 8
    spans = receiver.wait_for(has_call(CLASSIFY_BATCH, 8))
    server.stop()
    calls = [span for span in spans if span.name == CLASSIFY_BATCH]
    assert len(calls) == 8
    assert {(span.trace, span.parent) for span in calls} == {
        (caller.trace, caller.span)}
    refused, = (span for span in calls
                if span.attributes["rpc.grpc.status_code"] != 0)
    assert refused.attributes["wanwu.reason"].startswith("IMAGE_")
    batches = {(span.trace, span.id): span for span in spans
               if span.name == "batch"}
    inferences = [span for span in spans if span.name == "inference"]
    assert len(inferences) == 7
    for span in inferences:
        link, = span.links
        assert (span.trace, span.id) in batches[link].links
    assert sum(span.attributes["wanwu.batch_size"]
               for span in batches.values()) == 7


def test_only_what_is_sampled_is_told(start, receiver, picture):
    server = start(f"--trace_endpoint={receiver.endpoint}")
    server.wait_until_serving()
    Caller(sampled=False).classify(server, picture)
    server.classifier.Classify(request_of(picture), timeout=PATIENCE)
    caller = Caller()
    caller.classify(server, picture)
    receiver.wait_for(has_call())
    server.stop()
    assert the_one(receiver.spans(), CLASSIFY).trace == caller.trace


def test_with_a_ratio_requests_of_no_trace_begin_one(start, receiver,
                                                     picture):
    server = start(f"--trace_endpoint={receiver.endpoint}",
                   "--trace_sample_ratio=1")
    server.wait_until_serving()
    server.classifier.Classify(request_of(picture), timeout=PATIENCE)
    Caller(sampled=False).classify(server, picture)
    receiver.wait_for(has_call())
    server.stop()
    assert the_one(receiver.spans(), CLASSIFY).parent == ""


def test_a_receiver_that_is_not_there_costs_spans_only(start, picture):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        server = start(
            f"--trace_endpoint=grpc://127.0.0.1:{taken.getsockname()[1]}")
        server.wait_until_serving()
        assert Caller().classify(server, picture).classifications
        server.log.wait_for("spans_not_exported")
        assert Caller().classify(server, picture).classifications
        server.stop()
    assert len(server.log.events("spans_not_exported")) == 1


def test_metrics_tell_what_became_of_spans(start, picture):
    receiver = GrpcReceiver(otlp_pb.ExportTraceServiceResponse(
        partial_success=otlp_pb.ExportTracePartialSuccess(
            rejected_spans=2, error_message="too many")))
    try:
        server = start(f"--trace_endpoint={receiver.endpoint}")
        server.wait_until_serving()
        Caller().classify(server, picture)
        event = server.log.wait_for("spans_not_exported")
        assert event["reason"] == "too many"
        # The batch's span may have gone before the request's.
        limit = time.monotonic() + PATIENCE
        exported = 0
        while not exported:
            assert time.monotonic() < limit
            scrape = operators_test.Scrape(server)
            exported = scrape.sum("wanwu_trace_spans_exported_total")
        assert scrape.sum("wanwu_trace_spans_dropped_total") >= 2
        server.stop()
    finally:
        receiver.close()


def test_log_lines_carry_the_trace(start, picture):
    server = start("--access_log_ratio=1").wait_until_serving()
    caller = Caller()
    caller.classify(server, picture)
    server.stop()
    request, = server.log.events("request")
    assert request["trace_id"] == caller.trace


def test_a_file_that_cannot_be_written_is_said_at_the_start(start, tmp_path):
    server = start(f"--trace_endpoint=file:{tmp_path / 'none' / 'spans'}")
    assert server.wait() == 1
    assert "trace_endpoint" in server.log.events("server_failed")[0]["error"]


def test_a_malformed_endpoint_is_refused(start):
    server = start("--trace_endpoint=collector:4317")
    assert server.wait() == 2
    assert "grpc://" in server.log.text()
