"""A damaged picture that has its pixels is answered, with warnings, everywhere."""

import json

import http_calls
import pictures
import service_error
from calls import classify, classify_stream
from cli_calls import wanwu

PICTURE = pictures.generated_pictures(1)[0].encoded
STRAY = " stray bytes skipped"


def damaged():
    assert PICTURE[-2:] == b"\xff\xd9"
    return PICTURE[:-2] + bytes(40) + PICTURE[-2:]


def test_grpc_answers_as_of_the_sound_picture_with_a_warning(server):
    sound = classify(server.classifier, PICTURE)
    answer = classify(server.classifier, damaged())
    warning, = answer.warnings
    assert warning.endswith(STRAY)
    assert not sound.warnings
    assert answer.classifications == sound.classifications
    streamed = classify_stream(server.classifier, [damaged(), PICTURE])
    assert [list(one.warnings) for one in streamed] == [[warning], []]


def test_rest_answers_with_the_warning(gateway):
    answer = http_calls.ask_once(
        http_calls.connect(gateway.port), "POST", "/v1/classify",
        body=damaged())
    assert answer.status == 200
    warning, = json.loads(answer.body)["warnings"]
    assert warning.endswith(STRAY)


def test_the_command_line_shows_the_warning(server, tmp_path):
    file = tmp_path / "damaged.jpg"
    file.write_bytes(damaged())
    ask = ("classify", file, "--address", server.address)
    assert STRAY in wanwu(*ask).stdout
    as_json = wanwu(*ask, "--output", "json").stdout
    assert STRAY in json.loads(as_json)["warnings"][0]
    as_csv = wanwu(*ask, "--output", "csv")
    assert STRAY in as_csv.stderr and STRAY not in as_csv.stdout


def test_strict_images_refuses_it(start):
    strict = start("--strict_images").wait_until_serving()
    assert not classify(strict.classifier, PICTURE).warnings
    refused, = classify_stream(strict.classifier, [damaged()])
    assert isinstance(refused, service_error.ServiceError)
    assert refused.reason == "IMAGE_DECODE_FAILED"
