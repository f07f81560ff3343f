"""The notebook of client/python/examples, run without a screen."""

import re
import shutil
import subprocess

import PIL.Image
import pytest

import calls
import pictures
import virtual_python
from environment import PATIENCE, REPO, own_environment

EXAMPLES = REPO / "client/python/examples"


@pytest.fixture(scope="module")
def python():
    return virtual_python.with_packages("notebook",
                                        EXAMPLES / "requirements.txt")


@pytest.fixture
def photographs(tmp_path, cat):
    """A folder with some, and a file that is none."""
    folder = tmp_path / "photos"
    folder.mkdir()
    shutil.copy(cat, folder)
    for number, each in enumerate(pictures.generated_pictures(2)):
        (folder / f"made-{number}.jpg").write_bytes(each.encoded)
    (folder / "broken.jpg").write_bytes(b"no picture")
    (folder / "notes.txt").write_text("no picture, either")
    return folder


def colours(path):
    with PIL.Image.open(path) as image:
        assert min(image.size) > 200
        return len(image.convert("RGB").getcolors(2**24))


def test_notebook_shows_answers_and_figures(python, package_folder, server,
                                            package, photographs, tmp_path):
    done = subprocess.run(
        [python, "-B", EXAMPLES / "photographs.py"], cwd=tmp_path,
        env={**own_environment(), "PYTHONPATH": str(package_folder),
             "MPLBACKEND": "agg", "MPLCONFIGDIR": str(tmp_path / "cache"),
             "WANWU_ADDRESS": server.address,
             "WANWU_PHOTOS": str(photographs)},
        capture_output=True, text=True, timeout=2 * PATIENCE, check=False)
    assert done.returncode == 0, done.stderr

    lines = done.stdout.splitlines()
    assert lines[0].startswith(f"{package.name} ")
    told = dict(line.split(": ", 1) for line in lines)
    assert "unknown type" in told.pop("broken.jpg")
    assert "notes.txt" not in told
    best = {}
    for path in photographs.glob("[cm]*"):
        best[path.name] = calls.classify(
            server.classifier, path.read_bytes(), top_k=1).classifications[0]
        label, probability = told[path.name].rsplit(", ", 1)
        assert label == best[path.name].label
        assert abs(float(probability) - best[path.name].probability) < 1e-3
    assert len(best) == 3

    # A curve over 13 angles; not turned, the surest picture is as it was.
    curve = {int(angle): float(value) for angle, value in re.findall(
        r"^(-?\d+)°: ([\d.]+)$", done.stdout, re.M)}
    assert sorted(curve) == list(range(-90, 91, 15))
    assert abs(curve[0] - max(each.probability
                              for each in best.values())) < 1e-3

    # Pictures and bars have many colours; a curve has fewer, but not one.
    assert colours(tmp_path / "photographs.png") > 10000
    assert colours(tmp_path / "turned.png") > 50
