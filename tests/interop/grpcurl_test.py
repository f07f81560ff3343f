"""What can be done with grpcurl alone."""

import base64
import json
import subprocess

import pytest

import batch_times
from environment import PATIENCE, own_environment
from examples import PROTO_PATH
from scripted_server import busy

SERVICE = "wanwu.v1.ImageClassifier"
# Instead of reflection.
PROTOS = [argument for folder in PROTO_PATH
          for argument in ("-import-path", folder)]
for file in ("wanwu/v1/image_classifier.proto",
             "google/rpc/error_details.proto",
             "grpc/health/v1/health.proto"):
    PROTOS += ["-proto", file]


@pytest.fixture
def grpcurl(go_tools):
    """grpcurl(arguments…, messages=()): the run, with the messages as input."""

    def run(*arguments, messages=()):
        return subprocess.run(
            [go_tools / "grpcurl", "-d", "@", *map(str, arguments)],
            input="".join(map(json.dumps, messages)), env=own_environment(),
            capture_output=True, text=True, timeout=PATIENCE, check=False)

    return run


def message(encoded):
    return {"image": base64.b64encode(encoded).decode(), "top_k": 1}


def answers(run):
    assert run.returncode == 0, run.stderr
    decoder, rest = json.JSONDecoder(), run.stdout.strip()
    while rest:
        answer, end = decoder.raw_decode(rest)
        yield answer
        rest = rest[end:].lstrip()


def best_label(response):
    return response["classifications"][0]["label"]


@pytest.mark.shows("unary", client="grpcurl")
def test_file_is_classified(grpcurl, server, package, cat):
    answer, = answers(grpcurl("-plaintext", server.address,
                              f"{SERVICE}/Classify",
                              messages=[message(cat.read_bytes())]))
    assert answer["model"] == package.name
    assert best_label(answer) in {label["label_en"]
                                  for label in package.labels.values()}


@pytest.mark.shows("stream", client="grpcurl")
def test_pictures_go_through_one_stream(grpcurl, server, picture):
    sent = {str(number): picture for number in range(100)}
    sent["broken"] = b"no picture"

    found = {answer["id"]: answer for answer in answers(grpcurl(
        "-plaintext", server.address, f"{SERVICE}/ClassifyBatch",
        messages=[{"id": name, "request": message(encoded)}
                  for name, encoded in sent.items()]))}

    assert found.keys() == sent.keys()
    info, *_ = found.pop("broken")["error"]["details"]
    assert info["reason"] == "IMAGE_UNSUPPORTED"
    assert len({best_label(answer["response"])
                for answer in found.values()}) == 1


@pytest.mark.shows("deadline", client="grpcurl")
def test_deadline_that_cannot_be_met_is_told(grpcurl, start, state_with,
                                             picture):
    slow = start(f"--state_dir={state_with(batch_times.VERY_SLOW)}")

    run = grpcurl("-plaintext", "-max-time", "5",
                  slow.wait_until_serving().address, f"{SERVICE}/Classify",
                  messages=[message(picture)])

    assert run.returncode != 0
    assert "Code: DeadlineExceeded" in run.stderr
    assert '"reason": "DEADLINE_UNREACHABLE"' in run.stderr


@pytest.mark.shows("errors", client="grpcurl")
def test_details_of_errors_are_shown_without_protos(grpcurl, server):
    run = grpcurl("-plaintext", server.address, f"{SERVICE}/Classify",
                  messages=[message(b"no picture")])
    assert run.returncode != 0
    assert "Code: InvalidArgument" in run.stderr
    assert '"reason": "IMAGE_UNSUPPORTED"' in run.stderr
    assert '"field_violations"' in run.stderr


@pytest.mark.shows("errors", client="grpcurl")
def test_delay_of_a_busy_server_is_shown(grpcurl, fake):
    fake.classify = busy(1, seconds=1.5)
    run = grpcurl("-plaintext", *PROTOS, fake.address, f"{SERVICE}/Classify",
                  messages=[message(b"the fake looks at no picture")])
    assert "Code: ResourceExhausted" in run.stderr
    assert '"retryDelay": "1.500s"' in run.stderr


@pytest.mark.shows("TLS, token", client="grpcurl")
def test_tls_and_token(grpcurl, secured, picture):
    trusted = ("-cacert", secured.ca_file)
    call = (secured.address, f"{SERVICE}/Classify")
    token = secured.token_file.read_text().strip()

    run = grpcurl(*trusted, *PROTOS, *call, messages=[message(picture)])
    assert '"reason": "TOKEN_MISSING"' in run.stderr

    answer, = answers(grpcurl(
        *trusted, "-H", f"authorization: Bearer {token}", *call,
        messages=[message(picture)]))
    assert best_label(answer)


@pytest.mark.shows("health", client="grpcurl")
def test_health_is_told(grpcurl, start_fake, server):
    check = "grpc.health.v1.Health/Check"
    answer, = answers(grpcurl("-plaintext", server.address, check,
                              messages=[{"service": SERVICE}]))
    assert answer == {"status": "SERVING"}

    ill = start_fake(serving=False)
    answer, = answers(grpcurl("-plaintext", *PROTOS, ill.address, check,
                              messages=[{"service": SERVICE}]))
    assert answer == {"status": "NOT_SERVING"}
