"""Jobs over many pictures, whose programs are killed in the middle."""

import contextlib
import hashlib
import json
import os
import pathlib
import random
import signal
import subprocess

import pytest

import pictures
from cli_calls import wanwu
from environment import BIN_DIR, PATIENCE, SANITIZED, own_environment
from program_process import free_port

# Enough for a client to be killed several times before it is done.
PICTURES = 60 if SANITIZED else 600
SHARDS = 2
PART = 10 if SANITIZED else 50
MOST_KILLS = 12
# At random, but the same ones next time.
SEED = 12
POLL = 0.002


@pytest.fixture(scope="module", name="folder")
def fixture_folder(tmp_path_factory):
    """Every photograph many times, and two files that are none."""
    made = tmp_path_factory.mktemp("pictures")
    photographs = pictures.photograph_paths()
    if not photographs:
        photographs = [made / "gradient.jpg"]
        photographs[0].write_bytes(pictures.generated_pictures(1)[0].encoded)
    for i in range(PICTURES // len(photographs)):
        (made / f"{i:03}").mkdir()
        for photograph in photographs:
            copy = made / f"{i:03}" / photograph.name
            try:
                os.link(photograph, copy)
            except OSError:
                copy.write_bytes(photograph.read_bytes())
    (made / "empty.jpg").touch()
    (made / "text.jpg").write_text("not a picture")
    return made


class Job:
    """The client's processes, one per shard that is not done."""

    def __init__(self, address, folder, out):
        self.flags = ("--address", address, folder, "--output_dir", out,
                      "--top_k", "1", "--pictures_per_part", PART,
                      "--give_up_after", f"{PATIENCE}s")
        self.out = out
        self.running = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()

    def start(self, shard):
        self.running[shard] = subprocess.Popen(
            [BIN_DIR / "wanwu", "classify", *map(str, self.flags),
             "--shard", f"{shard}/{SHARDS}"],
            env=own_environment(), stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True)

    def kill(self):
        """Those that had not ended by themselves."""
        killed = []
        for shard, process in self.running.items():
            process.kill()
            code = process.wait(PATIENCE)
            process.stderr.close()
            if code == -signal.SIGKILL:
                killed.append(shard)
            else:
                assert code == 0
        self.running = {}
        return killed

    def lines(self):
        """Written so far, by all, but of a part that is just being renamed."""
        count = 0
        for path in self.out.glob("*/part-*"):
            with contextlib.suppress(FileNotFoundError):
                count += path.read_bytes().count(b"\n")
        return count

    def wait_for_lines(self, count):
        """So many more, or until one has ended."""
        wanted = self.lines() + count
        while self.lines() < wanted:
            for process in self.running.values():
                try:
                    process.wait(POLL)
                    return
                except subprocess.TimeoutExpired:
                    pass

    def manifest(self, shard):
        path = self.shard_folder(shard) / "manifest.json"
        return json.loads(path.read_text())

    def shard_folder(self, shard):
        return self.out / f"shard-{shard:05}-of-{SHARDS:05}"


def names_of(folder):
    return sorted(str(path.relative_to(folder))
                  for path in folder.rglob("*") if path.is_file())


def check_manifests(job, names):
    total = 0
    for shard in range(SHARDS):
        manifest = job.manifest(shard)
        assert manifest["done"] is True
        assert (manifest["shard"], manifest["shards"]) == (shard, SHARDS)
        assert manifest["names"]["listed"] == len(names)
        assert manifest["names"]["count"] == manifest["lines"]
        for part in manifest["parts"]:
            data = (job.shard_folder(shard) / part["file"]).read_bytes()
            assert hashlib.sha256(data).hexdigest() == part["sha256"]
            assert data.count(b"\n") == part["lines"] <= PART
        total += manifest["lines"]
        left = {path.name for path in job.shard_folder(shard).iterdir()}
        assert left == {"lock", "names", "manifest.json"} | {
            part["file"] for part in manifest["parts"]}
    assert total == len(names)


def check_results(job, folder):
    """Every picture once, with its own answer."""
    names = names_of(folder)
    check_manifests(job, names)
    done = wanwu("merge", job.out)
    assert done.returncode == 0, done.stderr
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert sorted(result["file"] for result in results) == names
    bad = {result["file"]: result["error"]["reason"] for result in results
           if "error" in result}
    assert bad == {"empty.jpg": "IMAGE_EMPTY", "text.jpg": "IMAGE_UNSUPPORTED"}
    classes = {}
    for result in results:
        if result["file"] not in bad:
            (best,) = result["classifications"]
            classes.setdefault(pathlib.Path(result["file"]).name,
                               set()).add(best["wordnetId"])
    assert all(len(found) == 1 for found in classes.values()), classes
    if len(classes) > 1:
        assert len(set.union(*classes.values())) > 1


def test_nothing_is_lost_or_doubled_however_often_the_client_is_killed(
        server, folder, tmp_path):
    chance = random.Random(SEED)
    left, kills = list(range(SHARDS)), 0
    with Job(server.address, folder, tmp_path / "out") as job:
        while left and kills < MOST_KILLS:
            for shard in left:
                job.start(shard)
            job.wait_for_lines(chance.randint(0, PICTURES // MOST_KILLS))
            left = job.kill()
            kills += len(left)
        assert kills >= 3
        for shard in left:
            job.start(shard)
            assert job.running[shard].wait(PATIENCE) == 0
        check_results(job, folder)


def test_nothing_is_lost_or_doubled_when_the_server_is_killed(start, folder,
                                                              tmp_path):
    address = f"127.0.0.1:{free_port()}"
    first = start(address=address).wait_until_serving()
    with Job(address, folder, tmp_path / "out") as job:
        for shard in range(SHARDS):
            job.start(shard)
        # The first part is done, others are on their way.
        assert f"{PART} of" in job.running[0].stderr.readline()
        first.process.kill()
        assert first.wait() == -signal.SIGKILL
        # Asked by nobody else: a connection of ours to the first would be taken
        # for one to this.
        second = start(address=address)
        second.log.wait_for("server_serving")
        for process in job.running.values():
            assert process.wait(PATIENCE) == 0
        check_results(job, folder)
        second.stop()


def test_a_folder_of_results_is_for_one_job(server, folder, tmp_path):
    call = ("classify", "--address", server.address, folder, "--output_dir",
            tmp_path / "out", "--shard", "0/40")
    assert wanwu(*call).returncode == 0
    assert wanwu(*call).returncode == 0
    other = wanwu(*call, "--top_k", "3")
    assert other.returncode == 2
    assert "--top_k" in other.stderr
