"""Spark and Ray with the Python client, each on this machine alone."""

import json
import os
import shutil
import subprocess

import pytest

import pictures
import virtual_python
from environment import own_environment
from examples import SOURCES

# A JVM or a cluster starts; on a busy machine that takes minutes.
PATIENCE = 600
# Loopback only.
SETTINGS = {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_LOCAL_HOSTNAME": "localhost",
            "RAY_AUTH_MODE": "disabled", "RAY_USAGE_STATS_ENABLED": "0"}
START = {"ray": "import ray; ray.init(_node_ip_address='127.0.0.1', "
                "include_dashboard=False)\n", "spark": ""}
PROGRAM = """\
import runpy, sys
sys.argv = ["classify.py", *sys.argv[1:]]
runpy.run_path({path!r}, run_name="__main__")
"""
READ = """\
import json, sys
import pandas
rows = pandas.read_parquet(sys.argv[1]).fillna("").to_dict("records")
print(json.dumps(rows))
"""


@pytest.fixture(params=("spark", "ray"))
def engine(request):
    if request.param == "spark" and shutil.which("java") is None:
        pytest.skip("no java, which Spark needs")
    return request.param


@pytest.fixture
def python(engine):
    """With the engine; made the first time."""
    return virtual_python.with_packages(
        f"engine-{engine}", SOURCES / engine / "requirements.txt",
        "--use-pep517")


def test_folder_becomes_a_table(engine, python, package_folder, server,
                                tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    made = pictures.shared_pictures()[:80] or pictures.generated_pictures(40)
    for number, each in enumerate(made):
        (folder / f"{number}.jpg").write_bytes(each.encoded)
    (folder / "broken.jpg").write_bytes(b"no picture")
    environment = {
        **own_environment(), **SETTINGS, "PYTHONPATH": str(package_folder),
        "PYSPARK_PYTHON": str(python),
        "PATH": f"{python.parent}:{os.environ['PATH']}"}
    program = START[engine] + PROGRAM.format(
        path=str(SOURCES / engine / "classify.py"))

    done = subprocess.run(
        [python, "-B", "-c", program, server.address, folder,
         tmp_path / "table"], env=environment, cwd=tmp_path, check=False,
        capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr

    read = subprocess.run([python, "-c", READ, tmp_path / "table"],
                          check=True, capture_output=True, text=True)
    rows = {row["path"].rpartition("/")[2]: row
            for row in json.loads(read.stdout)}
    assert len(rows) == len(made) + 1
    assert "IMAGE_UNSUPPORTED" in rows.pop("broken.jpg")["error"]
    assert all(row["label"] and not row["error"] for row in rows.values())
