"""The programs of client/examples against the real server and scripted ones.

WANWU_EXAMPLES names those that are tested, with blanks between; default: all.
"""

import os

import pytest

import batch_times
import calls
import pictures
from certificates import make_certificate
from examples import EXAMPLES, Program
from scripted_server import HoldsBack, busy

NAMES = os.environ.get("WANWU_EXAMPLES", " ".join(EXAMPLES)).split()
ATTEMPTS = 4  # Of docs/service-config.json.


@pytest.fixture(scope="module", params=NAMES)
def program(request, tmp_path_factory):
    return Program(request.param, tmp_path_factory.mktemp(request.param))


@pytest.fixture
def run(program, start_gateway):
    """run(address, paths…): the program, through a gateway if it needs one."""

    def run_one(address, *paths, **variables):
        if program.example.through_gateway:
            gateway = start_gateway(
                address, "--server_choice=each_in_turn").wait_until_ready()
            variables["gateway"] = f"http://127.0.0.1:{gateway.port}"
        return program.run(address, *paths, **variables)

    return run_one


@pytest.fixture
def picture_file(tmp_path, picture):
    path = tmp_path / "picture.jpg"
    path.write_bytes(picture)
    return path


def is_answer(line, classifier, encoded):
    best = calls.classify(classifier, encoded, top_k=1).classifications[0]
    return (line.label, line.code) == (best.label, "") and (
        abs(line.probability - best.probability) < 1e-4)


@pytest.mark.shows("unary")
def test_file_is_classified(run, server, cat):
    (line,), = run(server.address, cat).values()
    assert is_answer(line, server.classifier, cat.read_bytes())


@pytest.mark.shows("stream")
def test_folder_is_classified_in_one_stream(run, server, cat, tmp_path):
    made = {f"{number}.jpg": each.encoded for number, each in
            enumerate(pictures.generated_pictures(40))}
    made["cat.png"] = cat.read_bytes()
    folder = tmp_path / "folder"
    folder.mkdir()
    for name, encoded in made.items():
        (folder / name).write_bytes(encoded)
    (folder / "broken.jpg").write_bytes(b"no picture")

    lines = run(server.address, folder)

    broken, = lines.pop("broken.jpg")
    assert (broken.code, broken.reason, broken.retry) == (
        "INVALID_ARGUMENT", "IMAGE_UNSUPPORTED", "-")
    assert lines.keys() == made.keys()
    for name, (line,) in lines.items():
        assert is_answer(line, server.classifier, made[name]), name


@pytest.mark.shows("stream")
def test_pictures_in_flight_are_bounded(run, fake, tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    for number in range(20):
        (folder / str(number)).write_bytes(b"the fake looks at no picture")
    fake.classify_batch = script = HoldsBack(4)

    lines = run(fake.address, folder, in_flight=4)

    assert {name: line.label for name, (line,) in lines.items()} == {
        str(number): "a thing" for number in range(20)}
    assert script.most == 4


@pytest.mark.shows("deadline")
def test_deadline_that_cannot_be_met_is_told(run, start, state_with,
                                             picture_file):
    slow = start(f"--state_dir={state_with(batch_times.VERY_SLOW)}")

    (line,), = run(slow.wait_until_serving().address, picture_file,
                   deadline=5).values()

    assert (line.code, line.reason) == ("DEADLINE_EXCEEDED",
                                        "DEADLINE_UNREACHABLE")


@pytest.mark.shows("errors")
def test_error_is_told_with_reason_and_delay(run, fake, picture_file):
    fake.classify = busy(1000, seconds=0.05)

    (line,), = run(fake.address, picture_file).values()

    assert (line.code, line.reason, line.retry) == (
        "RESOURCE_EXHAUSTED", "QUEUE_FULL", "0.050")
    # Some say before it how often they tried.
    assert line.message.endswith("as scripted")


@pytest.mark.shows("retries")
def test_busy_server_is_asked_as_often_as_the_service_config_says(
        run, fake, picture_file):
    fake.classify = busy(1000, seconds=0.05)

    run(fake.address, picture_file)

    assert fake.count_calls() == ATTEMPTS


@pytest.mark.shows("retries")
def test_large_picture_is_sent_again_to_a_busy_server(run, fake, tmp_path):
    large = tmp_path / "large"
    large.write_bytes(bytes(2 * 2**20))
    fake.classify = busy(2, seconds=0.01)

    (line,), = run(fake.address, large).values()

    assert line.label == "a thing"
    assert fake.count_calls() == 3


@pytest.mark.shows("TLS, token")
def test_tls_and_token(program, secured, start_gateway, picture_file,
                       tmp_path):
    variables = {"ca_file": secured.ca_file}
    if program.example.through_gateway:
        # Over TLS to the gateway, which has the token.
        own = make_certificate(tmp_path)
        gateway = start_gateway(
            secured.address, f"--server_ca_file={secured.ca_file}",
            "--server_tls", f"--server_token_file={secured.gateway_token_file}",
            f"--tls_certificate_file={own.certificate}",
            f"--tls_key_file={own.key}",
            tls=own.client_context()).wait_until_ready()
        variables = {"ca_file": own.certificate,
                     "gateway": f"https://127.0.0.1:{gateway.port}"}
    else:
        (line,), = program.run(secured.address, picture_file,
                               **variables).values()
        assert (line.code, line.reason) == ("UNAUTHENTICATED",
                                            "TOKEN_MISSING")

    (line,), = program.run(secured.address, picture_file,
                           token_file=secured.token_file,
                           **variables).values()
    assert line.label


@pytest.mark.shows("health")
def test_server_that_is_not_serving_gets_no_calls(program, run, start_fake,
                                                  picture_file):
    ill, *well = start_fake(serving=False), start_fake(), start_fake()
    # A process of curl's for each.
    times = 20 if program.example.through_gateway else 200

    lines = run(",".join(each.address for each in (ill, *well)),
                *[picture_file] * times)

    assert [line.label for line in lines["picture.jpg"]] == ["a thing"] * times
    called = [each.count_calls() for each in well]
    assert ill.count_calls() == 0
    assert min(called) > 0 and sum(called) == times
