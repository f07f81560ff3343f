"""The command-line client against a real server."""

import csv
import json
import shutil
import socket
import subprocess

import pytest

import pictures
from cli_calls import wanwu
from environment import BIN_DIR, PATIENCE, own_environment

COMMANDS = ("classify", "health", "models")
CATS = {"n02123045", "n02123159", "n02124075"}  # tabby, tiger, Egyptian

CLASSIFICATION_KEYS = {"index", "label", "wordnetId", "probability"}
TIMING_KEYS = {"decode", "queue", "inference", "total", "batchSize"}


@pytest.fixture
def call(server):
    """call(command, arguments…) against the server."""

    def run(command, *arguments):
        return wanwu(command, "--address", server.address, *arguments)

    return run


@pytest.fixture
def folder(tmp_path):
    """Three pictures and, between them by name, one that is broken."""
    made = tmp_path / "pictures"
    made.mkdir()
    names = ("a.jpg", "b.jpg", "d.jpg")
    for name, picture in zip(names, pictures.generated_pictures(3)):
        (made / name).write_bytes(picture.encoded)
    (made / "c broken.jpg").write_bytes(picture.encoded[:-900])
    return made


def test_table_names_the_cat(call, package, cat):
    done = call("classify", cat)
    assert (done.returncode, done.stderr) == (0, "")
    heading, *rows = done.stdout.splitlines()
    assert str(cat) in heading
    assert package.name in heading
    assert len(rows) == 5
    assert any(cat_id in rows[0] for cat_id in CATS)


def test_language_gives_chinese_labels(call, package, cat):
    done = call("classify", "--language", "zh", "--top_k", "1",
                "--output", "json", cat)
    best, = json.loads(done.stdout)["classifications"]
    assert best["label"] == package.labels[best["index"]]["label_zh"]


def test_json_is_one_object_of_the_documented_form(call, package, cat):
    done = call("classify", "--output", "json", cat)
    assert done.returncode == 0
    line, = done.stdout.splitlines()
    answer = json.loads(line)
    assert answer.keys() == {"file", "classifications", "model",
                             "modelVersion", "precision", "timings",
                             "warnings", "cached"}
    assert answer["file"] == str(cat)
    assert (answer["model"], answer["modelVersion"]) == (package.name,
                                                         package.version)
    assert answer["timings"].keys() == TIMING_KEYS
    assert answer["timings"]["batchSize"] == 1
    assert len(answer["classifications"]) == 5
    for each in answer["classifications"]:
        assert each.keys() == CLASSIFICATION_KEYS
    assert answer["classifications"][0]["wordnetId"] in CATS


def test_csv_has_a_header_and_a_row_per_class(call, package, cat):
    done = call("classify", "--output", "csv", "--top_k", "3", cat)
    assert done.returncode == 0
    rows = list(csv.DictReader(done.stdout.splitlines()))
    assert [row["rank"] for row in rows] == ["1", "2", "3"]
    for row in rows:
        label = package.labels[int(row["index"])]
        assert row["file"] == str(cat)
        assert row["label"] == label["label_en"]
        assert row["wordnet_id"] == label["wordnet_id"]
        assert 0 < float(row["probability"]) <= 1
        assert row["model"] == package.name


def test_broken_file_of_a_directory_is_reported_and_the_rest_goes_on(
        call, folder):
    done = call("classify", "--output", "csv", folder)
    assert done.returncode == 1
    files = {row["file"] for row in csv.DictReader(done.stdout.splitlines())}
    assert files == {str(folder / name) for name in ("a.jpg", "b.jpg",
                                                     "d.jpg")}
    refusal, summary = done.stderr.splitlines()
    assert str(folder / "c broken.jpg") in refusal
    assert "IMAGE_DECODE_FAILED" in refusal
    assert summary.startswith("wanwu: 3 ok, 1 failed")


def test_json_of_a_directory_keeps_order_and_errors_in_place(call, folder):
    done = call("classify", "--output", "json", folder)
    assert done.returncode == 1
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert [result["file"] for result in results] == sorted(
        str(path) for path in folder.iterdir())
    assert [set(result) == {"file", "error"} for result in results] == [
        False, False, True, False]
    error = results[2]["error"]
    assert (error["code"], error["reason"]) == ("INVALID_ARGUMENT",
                                                "IMAGE_DECODE_FAILED")
    assert error["message"]


def test_directory_of_good_pictures_exits_0(call, folder):
    (folder / "c broken.jpg").unlink()
    done = call("classify", folder)
    assert done.returncode == 0
    assert done.stderr.startswith("wanwu: 3 ok, 0 failed")


def test_missing_file_is_one_line_and_exit_1(call, tmp_path):
    done = call("classify", tmp_path / "nowhere.jpg")
    assert (done.returncode, done.stdout) == (1, "")
    line, = done.stderr.splitlines()
    assert "nowhere.jpg" in line


def test_unknown_model_is_one_line_with_the_reason(call, cat):
    done = call("classify", "--model", "nonesuch", cat)
    assert (done.returncode, done.stdout) == (1, "")
    line, = done.stderr.splitlines()
    assert "nonesuch" in line
    assert "MODEL_NOT_FOUND" in line


def test_every_file_of_a_large_directory_is_answered(call, folder):
    (folder / "c broken.jpg").unlink()
    for i in range(100):
        shutil.copy(folder / "a.jpg", folder / f"copy {i}.jpg")
    done = call("classify", "--output", "json", "--max_in_flight", "8", folder)
    assert done.returncode == 0
    assert [json.loads(line)["file"] for line in done.stdout.splitlines()] == \
        sorted(str(path) for path in folder.iterdir())


def test_directory_waits_for_room_in_a_full_queue(start, folder):
    (folder / "c broken.jpg").unlink()
    for i in range(57):
        shutil.copy(folder / "a.jpg", folder / f"copy {i}.jpg")
    server = start("--queue_capacity=4").wait_until_serving()
    done = wanwu("classify", "--address", server.address, folder)
    assert done.returncode == 0
    assert done.stderr.startswith("wanwu: 60 ok, 0 failed")
    server.stop()


def test_health_prints_the_state(call):
    done = call("health")
    assert (done.returncode, done.stdout) == (0, "SERVING\n")


def test_health_waits_for_a_server_that_still_loads(start):
    server = start()
    done = wanwu("health", "--address", server.address, "--wait",
                 f"{PATIENCE}s")
    assert (done.returncode, done.stdout) == (0, "SERVING\n")
    server.stop()


def test_health_of_unknown_service_exits_1(call):
    done = call("health", "--service", "nonesuch")
    assert (done.returncode, done.stdout) == (1, "SERVICE_UNKNOWN\n")


def test_models_lists_the_model(call, package):
    done = call("models")
    assert done.returncode == 0
    header, row = done.stdout.splitlines()[:2]
    assert header.split()[:3] == ["MODEL", "VERSION", "STATE"]
    assert row.split()[:4] == [package.name, "(default)", package.version,
                               "ready"]


def test_models_describes_one(call, package):
    done = call("models", package.name)
    assert done.returncode == 0
    assert package.manifest["source"]["weights"] in done.stdout
    assert "chosen" in done.stdout


def test_models_json_is_the_servers_answer(call, package):
    done = call("models", "--output", "json")
    answer = json.loads(done.stdout)
    assert answer["defaultModel"] == package.name
    assert answer["models"][0]["state"] == "STATE_READY"


@pytest.fixture(scope="module")
def free_address():
    """Taken, so that nobody else gets it, but nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{taken.getsockname()[1]}"


@pytest.mark.parametrize("command", COMMANDS)
def test_unreachable_server_is_one_line_and_exit_3(command, free_address,
                                                   folder):
    files = [folder / "a.jpg"] if command == "classify" else []
    done = wanwu(command, "--address", free_address, "--timeout", "1s", *files)
    assert (done.returncode, done.stdout) == (3, "")
    line, = done.stderr.splitlines()
    assert free_address in line


@pytest.mark.parametrize("command", ((), *([name] for name in COMMANDS)))
def test_help_is_there_for_every_command(command):
    done = wanwu(*command, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert "wanwu" in done.stdout


@pytest.mark.parametrize("program", ("wanwu", "wanwu-server"))
def test_version_is_one_line(program):
    done = subprocess.run([BIN_DIR / program, "--version"], check=False,
                          env=own_environment(), capture_output=True,
                          text=True, timeout=PATIENCE)
    assert done.returncode == 0
    name, version = done.stdout.split()
    assert name == program
    assert version[0].isdecimal()


def test_unknown_command_is_one_line_with_a_suggestion():
    done = wanwu("clasify")
    assert (done.returncode, done.stdout) == (2, "")
    line, = done.stderr.splitlines()
    assert "did you mean 'classify'?" in line
