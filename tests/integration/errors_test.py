"""Every refusal has the promised code, reason and typed details."""

import dataclasses
import itertools

import grpc
import pytest

import batch_times
import service_error
from broken_pictures import jpeg_claiming
from calls import classify, request_of, result_of
from environment import PATIENCE
from stubs import pb

MIB = 2**20


@dataclasses.dataclass(frozen=True)
class Case:
    """A request and the error it must get; metadata may hold more."""

    request: pb.ClassifyRequest
    code: str
    reason: str
    metadata: dict


def bad_requests(picture):
    def case(request, reason, code="INVALID_ARGUMENT", **metadata):
        return Case(request, code, reason, metadata)

    return {
        "no picture":
            case(request_of(b""), "IMAGE_EMPTY", field="image", value="0"),
        "not a picture":
            case(request_of(b"hello"), "IMAGE_UNSUPPORTED", field="image"),
        "truncated":
            case(request_of(picture[:-500]), "IMAGE_DECODE_FAILED",
                 field="image"),
        "too many bytes":
            case(request_of(picture + bytes(16 * MIB)), "IMAGE_TOO_LARGE",
                 field="image", value=str(len(picture) + 16 * MIB),
                 limit=str(16 * MIB)),
        "too many pixels":
            case(request_of(jpeg_claiming(22_000, 10_001)), "IMAGE_TOO_LARGE",
                 field="image", value="220022000", limit="220000000"),
        "too narrow":
            case(request_of(jpeg_claiming(20, 2001)), "IMAGE_TOO_LARGE",
                 field="image", value="101", limit="100"),
        "unknown model":
            case(request_of(picture, model="nonesuch"), "MODEL_NOT_FOUND",
                 "NOT_FOUND", field="model", value="nonesuch"),
        "unknown version":
            case(request_of(picture, model_version="999"), "MODEL_NOT_FOUND",
                 "NOT_FOUND"),
        "version that is no number":
            case(request_of(picture, model_version="newest"), "FIELD_INVALID",
                 field="model_version", value="newest"),
        "negative top_k":
            case(request_of(picture, top_k=-1), "FIELD_INVALID",
                 field="top_k", value="-1", limit="1000"),
        "too large top_k":
            case(request_of(picture, top_k=1001), "FIELD_INVALID",
                 field="top_k", value="1001", limit="1000"),
    }


BAD_REQUESTS = tuple(bad_requests(bytes(1000)))


@pytest.fixture(params=BAD_REQUESTS)
def case(request, picture):
    return bad_requests(picture)[request.param]


def error_of(call, *arguments, **options):
    with pytest.raises(grpc.RpcError) as raised:
        call(*arguments, timeout=PATIENCE, **options)
    return service_error.from_call(raised.value)


def expect(case, error):
    assert error.code.name == case.code, error
    assert (error.reason, error.info.domain) == (case.reason, "wanwu")
    assert case.metadata.items() <= error.metadata.items()
    if case.code == "NOT_FOUND":
        resource = error.details["ResourceInfo"]
        assert resource.resource_type == "model"
        assert resource.resource_name == error.metadata["value"]
    else:
        violation, = error.details["BadRequest"].field_violations
        assert violation.field == error.metadata["field"]
        assert violation.description == error.message


def test_bad_request_fails_with_reason_and_details(server, case):
    expect(case, error_of(server.classifier.Classify, case.request))


def test_bad_request_in_stream_gets_same_error_and_stream_goes_on(
        server, case, picture):
    requests = [pb.ClassifyBatchRequest(id="bad", request=case.request),
                pb.ClassifyBatchRequest(id="good", request=request_of(picture))]
    answers = {answer.id: result_of(answer) for answer in
               server.classifier.ClassifyBatch(iter(requests),
                                               timeout=PATIENCE)}
    expect(case, answers["bad"])
    assert answers["good"].classifications


def test_too_long_id_is_refused_without_being_returned(server, picture):
    requests = [pb.ClassifyBatchRequest(id="x" * 257,
                                        request=request_of(picture))]
    answer, = server.classifier.ClassifyBatch(iter(requests),
                                              timeout=PATIENCE)
    assert answer.id == ""
    expect(Case(None, "INVALID_ARGUMENT", "FIELD_INVALID",
                {"field": "id", "value": "257", "limit": "256"}),
           result_of(answer))


def test_longest_id_comes_back(server, picture):
    identifier = "é" * 128
    requests = [pb.ClassifyBatchRequest(id=identifier,
                                        request=request_of(picture))]
    answer, = server.classifier.ClassifyBatch(iter(requests),
                                              timeout=PATIENCE)
    assert (answer.id, answer.WhichOneof("result")) == (identifier, "response")


def test_unknown_priority_is_refused(server, picture):
    error = error_of(server.classifier.Classify, request_of(picture),
                     metadata=[("wanwu-priority", "urgent")])
    expect(Case(None, "INVALID_ARGUMENT", "FIELD_INVALID",
                {"field": "wanwu-priority", "value": "urgent"}), error)


def test_unknown_priority_ends_stream(server, picture):
    requests = iter([pb.ClassifyBatchRequest(request=request_of(picture))])
    with pytest.raises(grpc.RpcError) as raised:
        list(server.classifier.ClassifyBatch(
            requests, timeout=PATIENCE,
            metadata=[("wanwu-priority", "urgent")]))
    assert service_error.from_call(raised.value).reason == "FIELD_INVALID"


@pytest.mark.parametrize("priority", ("interactive", "bulk"))
def test_known_priority_is_served(server, picture, priority):
    response = server.classifier.Classify(
        request_of(picture), timeout=PATIENCE,
        metadata=[("wanwu-priority", priority)])
    assert response.classifications


def test_message_that_is_no_request_is_refused(server):
    # The image's tag, and a length that nothing follows.
    call = server.channel.unary_unary("/wanwu.v1.ImageClassifier/Classify")
    error = error_of(call, b"\x0a\xff\x01")
    assert (error.code.name, error.reason) == ("INVALID_ARGUMENT",
                                               "MESSAGE_MALFORMED")


# A request whose `model` is one byte that no UTF-8 begins with.
NOT_UTF8 = b"\x1a\x01\xff"


def test_field_that_is_not_utf8_is_refused_without_a_line_of_protobufs(start):
    server = start().wait_until_serving()
    call = server.channel.unary_unary("/wanwu.v1.ImageClassifier/Classify")
    error = error_of(call, NOT_UTF8)
    assert (error.code.name, error.reason) == ("INVALID_ARGUMENT",
                                               "MESSAGE_MALFORMED")
    server.stop()
    assert len(server.log.events()) == len(server.log.lines)


def test_message_above_transport_limit_is_refused_by_grpc(server):
    error = error_of(server.classifier.Classify, request_of(bytes(21 * MIB)))
    assert error.code == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert error.details == {}


def test_compressed_message_is_refused_before_it_is_inflated(server):
    zeros = request_of(bytes(256 * MIB))
    before = server.peak_memory(anew=True)
    error = error_of(server.classifier.Classify, zeros,
                     compression=grpc.Compression.Gzip)
    assert error.code == grpc.StatusCode.UNIMPLEMENTED
    assert server.peak_memory() - before < 64 * MIB


def test_get_model_of_unknown_name_is_not_found(server):
    error = error_of(server.classifier.GetModel,
                     pb.GetModelRequest(model="nonesuch"))
    expect(Case(None, "NOT_FOUND", "MODEL_NOT_FOUND", {"value": "nonesuch"}),
           error)


def test_get_model_of_bad_version_names_its_field(server):
    error = error_of(server.classifier.GetModel,
                     pb.GetModelRequest(version="newest"))
    expect(Case(None, "INVALID_ARGUMENT", "FIELD_INVALID",
                {"field": "version", "value": "newest"}), error)


def test_passed_deadline_is_deadline_exceeded(server, picture):
    with pytest.raises(grpc.RpcError) as raised:
        server.classifier.Classify(request_of(picture), timeout=0.001)
    assert raised.value.code() == grpc.StatusCode.DEADLINE_EXCEEDED


def test_deadline_out_of_reach_is_refused_at_once(start, state_with, picture):
    state = state_with(batch_times.VERY_SLOW)
    server = start(f"--state_dir={state}").wait_until_serving()
    with pytest.raises(grpc.RpcError) as raised:
        server.classifier.Classify(request_of(picture), timeout=5)
    # The client's own timer gives no reason, so the server was faster.
    error = service_error.from_call(raised.value)
    assert (error.code.name, error.reason) == ("DEADLINE_EXCEEDED",
                                               "DEADLINE_UNREACHABLE")
    # The batch and, measured on this machine, decoding.
    assert 10_000 <= int(error.metadata["estimated_ms"]) <= 10_100
    # gRPC rounds a deadline up on its way.
    assert 0 < int(error.metadata["remaining_ms"]) < 6000
    server.stop()


@pytest.fixture
def one_place(start, state_with):
    """A server with one place, which a picture keeps for a whole second."""
    state = state_with(batch_times.LARGE_BATCHES_PAY)
    return start(f"--state_dir={state}", "--queue_capacity=1",
                 "--max_queue_delay=1s").wait_until_serving()


def expect_queue_full(error):
    assert (error.code.name, error.reason) == ("RESOURCE_EXHAUSTED",
                                               "QUEUE_FULL")
    assert error.metadata["limit"] == "1"
    assert error.retry_seconds > 0
    violation, = error.details["QuotaFailure"].violations
    assert violation.subject == "QUEUE_FULL"


def test_full_queue_tells_when_to_retry(one_place, picture):
    calls = [one_place.classifier.Classify.future(request_of(picture),
                                                  timeout=PATIENCE)
             for _ in range(3)]
    refused = [call for call in calls if call.exception() is not None]
    assert len(refused) == 2
    for call in refused:
        error = service_error.from_call(call)
        expect_queue_full(error)
        pushback = service_error.trailers(call)["grpc-retry-pushback-ms"]
        assert int(pushback) / 1000 == pytest.approx(error.retry_seconds)
    assert classify(one_place.classifier, picture).classifications
    one_place.stop()


def test_full_queue_slows_a_stream_down(one_place, picture):
    requests = (pb.ClassifyBatchRequest(id=str(i),
                                        request=request_of(picture))
                for i in range(3))
    answers = list(one_place.classifier.ClassifyBatch(requests,
                                                      timeout=PATIENCE))
    assert [answer.WhichOneof("result") for answer in answers] == (
        ["response"] * 3)


def test_top_k_says_how_many_classes(server, picture):
    for top_k, count in ((0, 5), (1, 1), (7, 7), (1000, 1000)):
        response = classify(server.classifier, picture, top_k=top_k)
        assert len(response.classifications) == count


LANGUAGES = {"": "en", "en": "en", "fr": "en", "zh": "zh", "zh-CN": "zh",
             "ZH-hant": "zh"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_come_in_the_language_asked_for(server, package, picture,
                                               language):
    column = f"label_{LANGUAGES[language]}"
    response = classify(server.classifier, picture, language_code=language)
    for each in itertools.islice(response.classifications, 50):
        assert each.label == package.labels[each.index][column]
