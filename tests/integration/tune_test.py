"""wanwu tune, with real servers."""

import json
import os
import select
import signal
import subprocess

import pytest

import pictures
from environment import BIN_DIR, PATIENCE, SANITIZED, own_environment

# Of which the servers' starts take most.
BUDGET = "60s" if SANITIZED else "15s"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    target = tmp_path_factory.mktemp("pictures")
    for i, picture in enumerate(pictures.generated_pictures(4)):
        (target / f"{i}.jpg").write_bytes(picture.encoded)
    return target


@pytest.fixture
def environment(tmp_path):
    """Ours, with a folder of its own for temporary files."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    return own_environment() | {"TMPDIR": str(scratch)}


def tune_command(repository, folder, written, *arguments):
    return [BIN_DIR / "wanwu", "tune", "--model_repository", repository,
            "--budget", BUDGET, "--write", written, "--output", "json",
            *arguments, folder]


def test_written_file_starts_a_server(repository, folder, environment, start,
                                      tmp_path):
    written = tmp_path / "tuned.yaml"
    done = subprocess.run(
        tune_command(repository, folder, written), check=False,
        env=environment, capture_output=True, text=True, timeout=PATIENCE)
    assert (done.returncode, done.stderr) == (0, "")
    report = json.loads(done.stdout)
    assert report["written"] == str(written)
    default = report["configurations"][0]
    assert default["settings"]["lanes"] == 0
    assert default["runs"][0]["achieved_rate"] > 0
    assert default["runs"][0]["failed_share"] == 0
    assert default["runs"][0]["server_cpu_ms_per_answer"] > 0
    assert report["verdict"]["choice"] in ("best", "default")
    assert written.read_text().startswith("# Written by wanwu tune, ")
    assert not os.listdir(environment["TMPDIR"])

    server = start(f"--config={written}")
    server.wait_until_serving().stop()


def test_goal_that_nothing_meets_writes_nothing(repository, folder,
                                                environment, tmp_path):
    written = tmp_path / "tuned.yaml"
    done = subprocess.run(
        tune_command(repository, folder, written, "--goal", "latency",
                     "--rate", "5", "--p99", "1ms"),
        check=False, env=environment, capture_output=True, text=True,
        timeout=PATIENCE)
    assert (done.returncode, done.stderr) == (1, "")
    assert json.loads(done.stdout)["verdict"]["choice"] == "none"
    assert not written.exists()


def children_of(process):
    """Their process ids."""
    path = f"/proc/{process.pid}/task/{process.pid}/children"
    with open(path, encoding="ascii") as file:
        return [int(pid) for pid in file.read().split()]


def test_killed_tune_takes_its_server_along(repository, folder, environment,
                                            tmp_path):
    with subprocess.Popen(
            tune_command(repository, folder, tmp_path / "tuned.yaml"),
            env=environment, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE) as tune:
        servers = []
        while not servers:
            servers = children_of(tune)
        # Readable once the server has ended, whoever it then belongs to.
        server = os.pidfd_open(servers[0])
        tune.send_signal(signal.SIGKILL)
        assert tune.wait(PATIENCE) == -signal.SIGKILL
        wait_until_ended(server)


def wait_until_ended(pidfd):
    with os.fdopen(pidfd) as ended:
        ready, _, _ = select.select([ended], [], [], PATIENCE)
        assert ready, "the server is still there"
