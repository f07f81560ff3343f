"""Pictures through the gateway are answered as the gRPC API answers them."""

import itertools
import pathlib
import re

import pytest
from google.protobuf import json_format

import packages
import pictures
from broken_pictures import broken_pictures
from calls import classify
from environment import PATIENCE, SANITIZED
from http_calls import (EVENTS, LINES, accepting, ask, base64_of,
                        error_info, expect_error, form, json_body,
                        parse_event)
from stubs import pb

MANY = 20 if SANITIZED else 200
STATUS = {"IMAGE_TOO_LARGE": 413, "IMAGE_UNSUPPORTED": 415}


@pytest.fixture(scope="module")
def three():
    """Pictures of which no two have the same answer."""
    return [(f"{each.name}.jpg", each.encoded)
            for each in pictures.generated_pictures(3)]


def response_of(document):
    """Read back as strictly as the proto3 JSON mapping is written."""
    return json_format.ParseDict(document, pb.ClassifyResponse())


def same_answer(document, server, encoded, **fields):
    fields.setdefault("top_k", 5)
    expected = classify(server.classifier, encoded, **fields)
    actual = response_of(document)
    # Batch mates may make the last digits round otherwise.
    alike = [one.probability for one in actual.classifications] == pytest.approx(
        [one.probability for one in expected.classifications], abs=1e-5)
    for response in (actual, expected):
        response.ClearField("timings")
        for each in response.classifications:
            each.probability = 0
    return alike and actual == expected


@pytest.mark.parametrize("content_type", (
    "image/jpeg", "image/*", "application/octet-stream",
    "application/x-www-form-urlencoded", "IMAGE/PNG; q=1", None))
def test_raw_picture_is_answered_whatever_it_is_called(gateway, server, picture,
                                                       content_type):
    headers = {"Content-Type": content_type} if content_type else {}
    answer = gateway.classify(picture, headers)
    assert answer.status == 200, answer
    assert answer.json.keys() == {"classifications", "model", "modelVersion",
                                  "precision", "timings", "warnings",
                                  "cached"}
    assert same_answer(answer.json, server, picture)


@pytest.mark.parametrize("kind", ("JPEG", "PNG", "WEBP"))
def test_every_format_is_known_by_its_bytes(gateway, server, kind):
    encoded = pictures.encode(
        pictures.Image.radial_gradient("L").convert("RGB"), kind)
    assert same_answer(gateway.classify(encoded).json, server, encoded)


def test_picture_may_come_in_chunks(gateway, server, picture):
    pieces = (picture[i:i + 1000] for i in range(0, len(picture), 1000))
    answer = gateway.ask("POST", "/v1/classify", body=pieces)
    assert same_answer(answer.json, server, picture)


def test_several_requests_use_one_connection(gateway, picture):
    connection = gateway.connect()
    answers = []
    for _ in range(3):
        answers.append(ask(connection, "POST", "/v1/classify", picture))
        used = connection.sock
        answers.append(ask(connection, "GET", "/healthz"))
        assert connection.sock is used is not None
    connection.close()
    assert [answer.status for answer in answers] == [200] * 6


def test_timings_say_where_the_time_went(gateway, picture):
    timings = response_of(gateway.classify(picture).json).timings
    parts = [timings.decode, timings.queue, timings.inference]
    assert all(part.ToNanoseconds() > 0 for part in parts)
    assert timings.total.ToNanoseconds() >= sum(
        part.ToNanoseconds() for part in parts[:1])
    assert timings.batch_size == 1


OPTIONS = {"top_k": 3, "language_code": "zh"}


def options_everywhere(encoded, package):
    """The same request with its options in each place."""
    query = (f"?top_k=3&language_code=zh&model={package.name}"
             f"&model_version={package.version}")
    fields = {"model": package.name, "modelVersion": package.version,
              "topK": 3, "languageCode": "zh"}
    snake = {"model": package.name, "model_version": package.version,
             **OPTIONS}
    image = {"image": base64_of(encoded)}
    return {
        "query": {"body": encoded, "query": query},
        "form": form([("a", encoded)], **snake),
        "form and query": form([("a", encoded)], top_k=3) | {
            "query": "?language_code=zh&top_k=7"},
        "JSON": json_body({**image, **fields}),
        "JSON in snake case": json_body({**image, **snake}),
        "JSON and query": json_body({**image, "topK": 3}) | {
            "query": "?language_code=zh&top_k=7"},
        "list in JSON": json_body({"requests": [
            {"request": {**image, **fields}}]}),
    }


PLACES = tuple(options_everywhere(b"", packages.Package(pathlib.Path("a/1"))))


@pytest.mark.parametrize("place", PLACES)
def test_options_are_understood_in_each_place(gateway, server, package, picture,
                                              place):
    answer = gateway.classify(**options_everywhere(picture, package)[place])
    assert answer.status == 200, answer
    document = answer.json
    if "results" in document:
        document = document["results"][0]["response"]
    assert same_answer(document, server, picture, **OPTIONS)
    for each in document["classifications"]:
        label = package.labels[each.get("index", 0)]
        assert each["label"] == label["label_zh"]


@pytest.mark.parametrize("top_k, count", ((0, 5), (1, 1), (1000, 1000)))
def test_top_k_says_how_many_classes(gateway, picture, top_k, count):
    answer = gateway.classify(picture, query=f"?top_k={top_k}")
    assert len(answer.json["classifications"]) == count
    # Fields are there even where they are 0, as for the first class.
    assert all(each.keys() == {"index", "label", "wordnetId", "probability"}
               for each in answer.json["classifications"])


def test_json_request_is_answered_as_its_picture(gateway, server, picture):
    answer = gateway.classify(**json_body({"image": base64_of(picture)}))
    assert same_answer(answer.json, server, picture)


@pytest.mark.parametrize("number", ("3", "3.0", "3e0", '"3"'))
def test_whole_number_may_be_written_in_any_way(gateway, picture, number):
    text = f'{{"image": "{base64_of(picture)}", "topK": {number}}}'
    answer = gateway.classify(text, {"Content-Type": "application/json"})
    assert len(answer.json["classifications"]) == 3


@pytest.mark.parametrize("alphabet", ("+/", "-_"))
def test_base64_may_have_either_alphabet(gateway, server, picture, alphabet):
    text = base64_of(picture).translate(str.maketrans("+/", alphabet))
    answer = gateway.classify(**json_body({"image": text}))
    assert same_answer(answer.json, server, picture)


def test_json_list_is_answered_by_id_in_its_order(gateway, server, three):
    encoded = [content for _, content in three]
    requests = [{"id": "first", "request": {"image": base64_of(encoded[0])}},
                {"request": {"image": base64_of(encoded[1]), "topK": 2}},
                {"id": "first", "request": {"image": base64_of(encoded[2])}}]
    results = gateway.classify(**json_body({"requests": requests})).results
    assert [result["id"] for result in results] == ["first", "1", "first"]
    for result, content, top_k in zip(results, encoded, (5, 2, 5)):
        assert same_answer(result["response"], server, content, top_k=top_k)


def test_empty_list_has_no_results(gateway):
    assert gateway.classify(**json_body({"requests": []})).results == []


def test_form_with_one_file_is_answered_as_a_list(gateway, server, three):
    name, encoded = three[0]
    result, = gateway.classify(**form([(name, encoded)])).results
    assert result.keys() == {"id", "response"}
    assert result["id"] == name
    assert same_answer(result["response"], server, encoded)


def test_form_with_many_files_is_answered_in_its_order(gateway, server, three):
    results = gateway.classify(**form(three)).results
    assert [result["id"] for result in results] == [name for name, _ in three]
    for result, (_, encoded) in zip(results, three):
        assert same_answer(result["response"], server, encoded)


def test_files_without_a_name_are_numbered(gateway, picture):
    results = gateway.classify(**form([("", picture), ("b", picture),
                                       ("", picture)])).results
    assert [result["id"] for result in results] == ["0", "b", "2"]


def test_name_of_a_file_comes_back_whatever_is_in_it(gateway, picture):
    names = ["虎斑猫 1.jpg", "a;b=c.jpg", "<b>&.png", "x" * 300]
    results = gateway.classify(**form(
        [(name, picture) for name in names])).results
    assert [result["id"] for result in results] == names
    assert all("response" in result for result in results)


def test_options_apply_to_the_files_behind_them(gateway, picture):
    one = form([("a", picture)])["body"]
    end = one.rindex(b"--\r\n")
    two = form([("b", picture)], top_k=2)
    body = one[:end] + b"\r\n" + two["body"]
    results = gateway.classify(body, two["headers"]).results
    assert [len(result["response"]["classifications"])
            for result in results] == [5, 2]


def test_lines_hold_every_result_once(gateway, server, three):
    answer = gateway.classify(**accepting(form(three), LINES))
    results = {result["id"]: result for result in answer.lines}
    assert len(answer.lines) == len(three)
    for name, encoded in three:
        assert same_answer(results[name]["response"], server, encoded)


def test_events_hold_every_result_once_and_end_with_done(gateway, server,
                                                        three):
    answer = gateway.classify(**accepting(form(three), EVENTS))
    *events, last = answer.events
    assert last == ("done", {})
    assert [name for name, _ in events] == ["result"] * len(three)
    results = {result["id"]: result for _, result in events}
    for name, encoded in three:
        assert same_answer(results[name]["response"], server, encoded)


def test_json_list_is_streamed_if_so_accepted(gateway, picture):
    request = json_body({"requests": [
        {"request": {"image": base64_of(picture)}} for _ in range(3)]})
    lines = gateway.classify(**accepting(request, LINES)).lines
    assert {line["id"] for line in lines} == {"0", "1", "2"}


def test_broken_pictures_fail_alone(gateway, server, picture):
    broken = broken_pictures()
    files = list(itertools.chain.from_iterable(
        ((f"good {i}", picture), (each.name, each.encoded))
        for i, each in enumerate(broken)))
    results = gateway.classify(**form(files)).results
    assert [result["id"] for result in results] == [name for name, _ in files]
    for result in results[::2]:
        assert same_answer(result["response"], server, picture)
    for result, each in zip(results[1::2], broken):
        assert result.keys() == {"id", "error"}
        assert error_info(result["error"])["reason"] == each.reason
        assert result["error"]["code"] == STATUS.get(each.reason, 400)


@pytest.mark.parametrize("broken", broken_pictures(),
                         ids=lambda broken: broken.name)
def test_broken_picture_alone_is_an_error(gateway, broken):
    answer = gateway.classify(broken.encoded, {"Content-Type": "image/jpeg"})
    expect_error(answer, STATUS.get(broken.reason, 400), "INVALID_ARGUMENT",
                 broken.reason)
    assert answer.json["error"]["details"][1]["@type"].endswith("BadRequest")


def many_pictures():
    """Shared ones as far as they are there."""
    shared = pictures.shared_pictures()[:MANY]
    return shared + pictures.generated_pictures(MANY - len(shared))


@pytest.mark.parametrize("kind", ("application/json", LINES))
def test_two_hundred_pictures_travel_in_one_form(gateway, server, kind):
    sent = many_pictures()
    answer = gateway.classify(**accepting(
        form((each.name, each.encoded) for each in sent), kind))
    results = answer.lines if kind == LINES else answer.results
    by_name = {result["id"]: result["response"] for result in results}
    assert len(results) == len(by_name) == MANY
    if kind != LINES:
        assert [result["id"] for result in results] == [
            each.name for each in sent]
    for each in sent[::MANY // 10]:
        expected = classify(server.classifier, each.encoded, top_k=1)
        assert by_name[each.name]["classifications"][0]["index"] == \
            expected.classifications[0].index


def test_models_are_listed_as_by_grpc(gateway, server):
    listed = json_format.ParseDict(gateway.get("/v1/models").json,
                                   pb.ListModelsResponse())
    assert listed == server.classifier.ListModels(pb.ListModelsRequest(),
                                                  timeout=PATIENCE)


@pytest.mark.parametrize("query", ("", "?version={version}"))
def test_model_is_described_as_by_grpc(gateway, server, package, query):
    path = f"/v1/models/{package.name}" + query.format(version=package.version)
    model = json_format.ParseDict(gateway.get(path).json, pb.Model())
    assert model == server.classifier.GetModel(
        pb.GetModelRequest(model=package.name), timeout=PATIENCE)


def test_status_is_one_report(gateway):
    document = gateway.get("/v1/status").json
    status = json_format.ParseDict(document, pb.ServerStatus())
    assert status.state == pb.ServerStatus.STATE_SERVING
    assert document["queueDepth"] == 0
    assert int(document["picturesTotal"]) >= 0


def test_status_as_events_goes_on(gateway):
    connection = gateway.connect()
    connection.request("GET", "/v1/status", headers={"Accept": EVENTS})
    response = connection.getresponse()
    assert response.headers["Content-Type"] == EVENTS
    uptimes = []
    for _ in range(2):
        name, data = parse_event(response.readline().decode().rstrip("\n"))
        assert response.readline() == b"\n"
        assert name == ""
        status = json_format.ParseDict(data, pb.ServerStatus())
        uptimes.append(status.uptime.ToNanoseconds())
    connection.close()
    assert uptimes[1] - uptimes[0] == pytest.approx(1e9, rel=0.5)


def test_probes_answer(gateway):
    assert gateway.get("/healthz").json == {"status": "alive"}
    assert gateway.get("/readyz").json == {"status": "ready"}


SAMPLE = re.compile(r"([a-z_]+)(?:\{((?:[a-z_]+=\"[^\"]*\",?)*)\})? (\S+)")


def metrics_of(gateway):
    """Values by name and sorted labels; the format is checked on the way."""
    answer = gateway.get("/metrics")
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4"
    kinds, samples = {}, {}
    for line in answer.body.decode().splitlines():
        if line.startswith("# "):
            _, what, name, text = line.split(" ", 3)
            assert what in ("HELP", "TYPE") and text
            kinds.setdefault(name, {})[what] = text
            continue
        name, labels, value = SAMPLE.fullmatch(line).groups()
        pairs = tuple(sorted(re.findall(r'([a-z_]+)="([^"]*)"', labels or "")))
        assert (name, pairs) not in samples
        samples[name, pairs] = float(value)
        family = re.sub("_(bucket|sum|count)$", "", name)
        assert {"HELP", "TYPE"} <= (kinds.get(name) or kinds[family]).keys()
    return samples


def requests_of(samples, **labels):
    return sum(value for (name, pairs), value in samples.items()
               if name == "wanwu_gateway_requests_total" and
               labels.items() <= dict(pairs).items())


def test_metrics_count_what_was_answered(gateway, picture):
    before = metrics_of(gateway)
    gateway.classify(picture)
    gateway.classify(b"none")
    gateway.get("/v1/models/nonesuch")
    gateway.get("/nowhere")
    after = metrics_of(gateway)
    for labels in ({"route": "/v1/classify", "method": "POST", "code": "200"},
                   {"route": "/v1/classify", "method": "POST", "code": "415"},
                   {"route": "/v1/models/{model}", "code": "404"},
                   {"route": "static", "method": "GET", "code": "404"},
                   {"route": "/metrics", "code": "200"}):
        assert requests_of(after, **labels) == \
            requests_of(before, **labels) + 1, labels
    assert after["wanwu_gateway_server_serving", ()] == 1
    # No more than the head of the request that asks.
    assert after["wanwu_gateway_buffer_bytes", ()] < 1024
    assert after["wanwu_gateway_connections", ()] >= 1


def test_metrics_have_consistent_histograms(gateway, picture):
    gateway.classify(picture)
    samples = metrics_of(gateway)
    route = ("route", "/v1/classify")
    buckets = sorted(
        (float(dict(pairs)["le"]), value)
        for (name, pairs), value in samples.items()
        if name == "wanwu_gateway_request_duration_seconds_bucket" and
        route in pairs)
    counts = [count for _, count in buckets]
    assert counts == sorted(counts)
    assert counts[-1] == samples[
        "wanwu_gateway_request_duration_seconds_count", (route,)] > 0


def test_request_id_and_trace_come_back(gateway, picture):
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    for body in (picture, b"none"):
        answer = gateway.classify(body, {"X-Request-Id": "my own",
                                         "traceparent": trace})
        # A blank is not allowed in an id.
        assert re.fullmatch("[0-9a-f]{32}", answer.headers["X-Request-Id"])
        assert answer.headers["traceparent"] == trace
        answer = gateway.classify(body, {"X-Request-Id": "my-own/1",
                                         "traceparent": trace.upper()})
        assert answer.headers["X-Request-Id"] == "my-own/1"
        assert answer.headers["traceparent"] is None


def test_made_up_request_ids_differ(gateway):
    ids = {gateway.get("/healthz").headers["X-Request-Id"] for _ in range(5)}
    assert len(ids) == 5
