"""The Python client against the real server."""

import dataclasses
import io
import pathlib
import pickle

import grpc
import numpy as np
import PIL.Image
import pytest

import calls
from client_kinds import KINDS
from environment import PATIENCE
from secured_server import TOKEN


@pytest.fixture
def client(connect, server):
    return connect(server.address)


def turned_png():
    """Which its EXIF says to turn by a quarter."""
    image = PIL.Image.linear_gradient("L").resize((300, 200)).convert("RGB")
    exif = image.getexif()
    exif[0x0112] = 6
    out = io.BytesIO()
    image.save(out, "PNG", exif=exif)
    return out.getvalue()


@pytest.mark.shows("unary", client="wanwu")
def test_answer_is_that_of_the_api(client, server, cat):
    answer = calls.classify(server.classifier, cat.read_bytes(), top_k=3)

    result = client.classify(cat, top_k=3, timeout=PATIENCE)

    assert [(each.index, each.label, each.wordnet_id, each.probability)
            for each in result.classifications] == [
        (each.index, each.label, each.wordnet_id, each.probability)
        for each in answer.classifications]
    assert (result.model, result.model_version, result.precision) == (
        answer.model, answer.model_version, answer.precision)
    assert result.top == result.classifications[0]
    assert result.timings.total.total_seconds() > 0
    assert result.timings.batch_size >= 1


def test_picture_may_be_path_bytes_array_or_image(client, cat):
    expected = client.classify(cat).classifications
    image = PIL.Image.open(cat)

    for picture in (str(cat), pathlib.Path(cat), cat.read_bytes(),
                    bytearray(cat.read_bytes()), memoryview(cat.read_bytes()),
                    image, np.asarray(image)):
        assert client.classify(picture).classifications == expected


def test_grey_and_transparent_pixels_are_pictures(client, cat):
    for mode in ("L", "RGBA", "P", "CMYK"):
        image = PIL.Image.open(cat).convert(mode)
        assert client.classify(image).classifications
    grey = np.asarray(PIL.Image.open(cat).convert("L"))
    assert client.classify(grey).classifications


def test_image_is_turned_as_its_file_is(client):
    encoded = turned_png()

    assert client.classify(PIL.Image.open(io.BytesIO(encoded))
                           ).classifications == (
        client.classify(encoded).classifications)


@pytest.mark.parametrize("picture, words", (
    ("/nonesuch.jpg", "No such file"),
    (np.zeros((4, 4), "float32"), "uint8"),
    (np.zeros((4, 4, 2), "uint8"), "[4, 4, 2]"),
    (42, "int is not a picture"),
), ids=("no file", "floats", "two channels", "a number"))
def test_what_is_no_picture_is_not_sent(client, wanwu, picture, words):
    with pytest.raises(wanwu.UnreadablePicture) as raised:
        client.classify(picture)
    assert words in str(raised.value)
    assert raised.value.reason == "PICTURE_UNREADABLE"


@pytest.mark.shows("errors", client="wanwu")
def test_error_has_code_reason_and_metadata(client, wanwu, picture):
    with pytest.raises(wanwu.InvalidRequest) as raised:
        client.classify(picture[:-500])
    error = raised.value
    assert (error.code, error.reason) == (
        grpc.StatusCode.INVALID_ARGUMENT, "IMAGE_DECODE_FAILED")
    assert error.metadata["field"] == "image"
    assert error.retry_after is None
    copy = pickle.loads(pickle.dumps(error))
    assert (str(copy), copy.metadata) == (str(error), error.metadata)

    with pytest.raises(wanwu.NotFound) as raised:
        client.classify(picture, model="nonesuch")
    assert raised.value.reason == "MODEL_NOT_FOUND"


@pytest.mark.shows("deadline", client="wanwu")
def test_deadline_that_cannot_be_met_says_so(connect, start, state_with,
                                             wanwu, picture):
    slow = start(f"--state_dir={state_with([10**10] * 8)}")
    client = connect(slow.wait_until_serving().address)

    with pytest.raises(wanwu.DeadlineExceeded) as raised:
        client.classify(picture, timeout=5)
    assert raised.value.reason == "DEADLINE_UNREACHABLE"


def test_labels_come_in_the_language_asked_for(client, package, cat):
    best = client.classify(cat, language="zh").top
    assert best.label == package.labels[best.index]["label_zh"]


def assert_alike(classifications, expected):
    """Batch mates may make the last digits round otherwise."""
    assert len(classifications) == len(expected)
    for one, other in zip(classifications, expected):
        assert one.probability == pytest.approx(other.probability, abs=1e-5)
        assert dataclasses.replace(one, probability=0) == dataclasses.replace(
            other, probability=0)


@pytest.mark.shows("stream", client="wanwu")
def test_every_picture_of_many_gets_one_answer(client, picture, cat):
    missing = cat.parent / "missing.jpg"
    pictures = [cat, b"no picture", picture, missing] * 20

    answers = client.classify_all(pictures, in_flight=8, timeout=PATIENCE)

    assert sorted(answer.index for answer in answers) == list(range(80))
    expected = client.classify(cat).classifications
    reasons = {1: "IMAGE_UNSUPPORTED", 3: "PICTURE_UNREADABLE"}
    for answer in answers:
        assert answer.picture is pictures[answer.index]
        kind = answer.index % 4
        if kind in reasons:
            assert answer.error.reason == reasons[kind]
            assert answer.result is None
        else:
            assert answer.error is None
        if kind == 0:
            assert_alike(answer.result.classifications, expected)


def test_rows_with_a_picture_can_be_given(client, picture):
    rows = [{"name": "good", "content": picture},
            {"name": "broken", "content": b"no picture"}]

    answers = client.classify_all(rows, picture_of=lambda row: row["content"])

    assert {answer.picture["name"]: answer.error is None
            for answer in answers} == {"good": True, "broken": False}


def test_no_pictures_have_no_answers(client):
    assert client.classify_all([]) == []


def test_progress_is_told_after_each_picture(client, wanwu, picture):
    seen = []

    client.classify_all([picture, b"no picture", picture],
                        progress=seen.append)

    assert [each.done for each in seen] == [1, 2, 3]
    assert {each.total for each in seen} == {3}
    assert seen[-1].failed == 1
    assert isinstance(seen[-1], wanwu.Progress)


def test_models_are_listed(client, package):
    models = client.models()
    ready, = (each for each in models.models if each.name == package.name)
    assert (ready.state, ready.labels_count) == ("ready", 1000)
    assert models.default_model == package.name


def test_health_is_told(client, connect):
    assert client.is_serving()
    assert not connect("127.0.0.1:1").is_serving()


@pytest.mark.shows("TLS, token", client="wanwu")
def test_tls_and_token(connect, secured, wanwu, cat):
    trusted = {"ca_file": str(secured.ca_file)}
    client = connect(secured.address, token=TOKEN, **trusted)
    assert client.classify(cat).classifications
    assert connect(secured.address, token=lambda: TOKEN,
                   **trusted).models().models

    with pytest.raises(wanwu.Unauthenticated) as raised:
        connect(secured.address, **trusted).classify(cat)
    assert raised.value.reason == "TOKEN_MISSING"
    with pytest.raises(wanwu.Unavailable):
        connect(secured.address, tls=True,
                retry=wanwu.RetryPolicy(attempts=1)).classify(cat)


@pytest.mark.parametrize("address", (
    "images.example.org:8500", "dns:///images.example.org:8500",
    "127.0.0.1:1,10.0.0.1:1", "localhost.example.org:1"))
def test_token_goes_to_no_other_machine_in_the_clear(connect, address):
    with pytest.raises(ValueError, match="in the clear"):
        connect(address, token=TOKEN)


@pytest.mark.parametrize("address", (
    "127.0.0.1:1", "localhost:1", "[::1]:1", "unix:/nonesuch",
    "127.0.0.1:1,127.0.0.2:1", "ipv4:127.0.0.1:1", "dns:///localhost:1"))
def test_token_goes_to_this_machine_in_the_clear(connect, address):
    connect(address, token=TOKEN)


def test_server_that_wants_a_token_for_its_health_is_not_checked(
        connect, start, tmp_path, wanwu, cat):
    tokens = tmp_path / "tokens"
    tokens.write_text(f"web classify {TOKEN}\n")
    strict = start(f"--token_file={tokens}", "--health_without_token=false")
    strict.log.wait_for("server_serving")

    unchecked = connect(strict.address, token=TOKEN, health_checks=False)
    assert unchecked.classify(cat).classifications
    checked = connect(strict.address, token=TOKEN,
                      retry=wanwu.RetryPolicy(attempts=1))
    with pytest.raises(wanwu.Unavailable):
        checked.classify(cat, timeout=PATIENCE)
