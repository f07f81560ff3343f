"""What is in the images, and that nothing else is."""

import json
import subprocess
import sys

import pytest

from container import Image
from repository import REPO, version

sys.path.insert(0, str(REPO / "images"))

# pylint: disable=wrong-import-position
from library_closure import Closure  # noqa: E402

PROGRAMS = {"server": ["wanwu", "wanwu-server"],
            "gateway": ["wanwu-gateway"]}
# Megabytes without models: measured, and a little more.
LARGEST = {"server": 410, "gateway": 50}
MODELS = "usr/share/wanwu/models"


@pytest.fixture(name="image", params=PROGRAMS)
def fixture_image(request):
    image = Image.of(request.param)
    image.config["name"] = request.param
    return image


def files(image):
    return [path for path in image.root.rglob("*")
            if path.is_file() and not path.is_symlink()]


def libraries(image):
    """{name: path}"""
    return {path.name: path for path in files(image) if ".so" in path.name}


def megabytes(paths):
    return sum(path.stat().st_size for path in paths) / 1e6


def test_programs_are_the_only_ones(image):
    name = image.config["name"]
    runnable = [path for path in files(image) if path.stat().st_mode & 0o111]
    assert sorted(path.relative_to(image.root).as_posix() for path in runnable
                  if ".so" not in path.name) == [
        f"usr/bin/{program}" for program in PROGRAMS[name]]
    assert image.config["Entrypoint"] == [f"/usr/bin/wanwu-{name}"]


def test_every_library_is_used(image):
    found = libraries(image)
    programs = [image.root / "usr/bin" / program
                for program in PROGRAMS[image.config["name"]]]
    closure = Closure(programs, found)
    assert closure.kept == set(found)
    assert closure.dropped == set() == closure.unused()


def test_image_is_small(image):
    name = image.config["name"]
    size = megabytes(path for path in files(image)
                     if not path.is_relative_to(image.root / MODELS))
    print(f"{name}: {size:.0f} MB without models, of them "
          f"{megabytes(libraries(image).values()):.0f} MB in "
          f"{len(libraries(image))} libraries")
    assert size < LARGEST[name]


def test_user_is_nobody_special_in_numbers(image):
    user, _, group = image.config["User"].partition(":")
    assert int(user) == int(group) == 65532
    owned = [path.relative_to(image.root).as_posix()
             for path in image.root.rglob("*") if path.lstat().st_uid != 0]
    assert owned == ["var/lib/wanwu"]
    assert not [path for path in files(image)
                if path.stat().st_mode & 0o6022]


def test_labels_say_what_it_is(image):
    labels = image.config["Labels"]
    prefix = "org.opencontainers.image."
    assert labels[prefix + "title"] == "wanwu-" + image.config["name"]
    assert labels[prefix + "version"] == version()
    # Somebody may have committed since.
    subprocess.run(["git", "-C", REPO, "merge-base", "--is-ancestor",
                    labels[prefix + "revision"], "HEAD"], check=True)


def test_bill_of_materials_names_every_package(image):
    document = json.loads(
        (image.root / "usr/share/doc/wanwu/sbom.spdx.json").read_text())
    assert document["spdxVersion"] == "SPDX-2.3"
    whole, *packages = document["packages"]
    assert whole["name"] == "wanwu-" + image.config["name"]
    assert whole["versionInfo"] == version()
    names = [package["name"] for package in packages]
    assert {"libc6", "ca-certificates"} <= set(names)
    status = image.root / "var/lib/dpkg/status.d"
    assert sorted(names) == sorted(path.name for path in status.iterdir())
    for package in packages:
        assert f"Version: {package['versionInfo']}\n" in (
            status / package["name"]).read_text()
        assert (image.root / "usr/share/doc" / package["name"]
                / "copyright").read_text()
    contained = {relation["relatedSpdxElement"]
                 for relation in document["relationships"]
                 if relation["relationshipType"] == "CONTAINS"}
    assert contained == {package["SPDXID"] for package in packages}


def test_times_say_nothing_of_the_build(image):
    assert {int(path.lstat().st_mtime) for path in files(image)} == {0}
