"""What scripts/build_image.sh hands to a builder, and when there is none."""

import os
import shutil

import pytest

PROJECT = "project(wanwu VERSION 4.5.6 LANGUAGES CXX)\n"

# Copies the secrets that it is given.
BUILDER = """
[ "$1" != info ] || exit "$DOCKER_RUNS"
for argument in "$@"; do
  case "$argument" in
    id=*) name="${argument#id=}"
          cp "${argument#*src=}" "$0.${name%%,*}" ;;
  esac
done
"""


@pytest.fixture(name="images")
def fixture_images(checkout):
    checkout.put("CMakeLists.txt", PROJECT)
    checkout.put_command("docker", BUILDER)
    checkout.put_command("buildah", "")
    checkout.put_command("debootstrap", "")
    checkout.put_command("apt-get", "exit 1")
    checkout.put(checkout.bin / "image-build",
                 f'#!/bin/bash\necho "$*" >> "$0.calls"\n{BUILDER}')
    return checkout


def build(images, docker, **environment):
    return images.run(
        "build_image.sh", "server", "wanwu-server:dev", "--build-context",
        "weights=w", DOCKER_RUNS="0" if docker else "1",
        WANWU_IMAGE_BUILD=str(images.bin / "image-build"), **environment)


def needs_root():
    if os.getuid() != 0:
        pytest.skip("image-build is for root")


def test_docker_builds_where_it_runs(images):
    assert build(images, docker=True).returncode == 0
    _, call = images.calls("docker")
    assert call.startswith("build --target server ")
    assert call.endswith(
        "--tag wanwu-server:dev --build-context weights=w .")
    assert "--build-arg VERSION=4.5.6 " in call
    assert images.calls("image-build") == []


def test_image_build_builds_where_no_docker_runs(images):
    needs_root()
    assert build(images, docker=False).returncode == 0
    (call,) = images.calls("image-build")
    assert call.startswith("build . wanwu-server:dev --layers "
                           "--target server ")
    assert call.endswith("--build-context weights=w")


def test_way_to_registries_is_a_secret(images):
    """Arguments stay in an image's history."""
    build(images, docker=True, https_proxy="proxy.example",
          PIP_INDEX_URL="pip.example", OTHER="other")
    lines = (images.bin / "docker.environment").read_text().splitlines()
    assert {"https_proxy=proxy.example", "PIP_INDEX_URL=pip.example"} <= set(
        lines)
    assert not [line for line in lines if line.startswith("OTHER=")]
    assert "example" not in images.calls("docker")[1]


def test_mirror_can_be_named(images):
    build(images, docker=True, WANWU_DEBIAN_MIRROR="http://m.example/debian/")
    assert ("--build-arg DEBIAN_MIRROR=http://m.example/debian "
            in images.calls("docker")[1])


def test_without_a_builder_the_test_skips_by_name(images):
    done = images.run("test_image.sh", DOCKER_RUNS="1",
                      WANWU_IMAGE_BUILD="/nonexistent")
    assert done.returncode == 0
    assert done.stdout == ("SKIPPED [1] scripts/test_image.sh: no docker runs "
                           "here, and no /nonexistent\n")


def test_without_buildah_the_test_skips_by_name(images):
    needs_root()
    (images.bin / "debootstrap").unlink()
    # Where the real one is not.
    for name in ("bash", "dirname", "id"):
        (images.bin / name).symlink_to(shutil.which(name))
    done = images.run("test_image.sh", DOCKER_RUNS="1", PATH=str(images.bin),
                      WANWU_IMAGE_BUILD=str(images.bin / "image-build"))
    assert done.returncode == 0
    assert "debootstrap cannot be had\n" in done.stdout


def test_model_is_made_of_shared_weights_and_pictures(images):
    weights = images.shared / "models/resnet18-imagenet1k/resnet18.pth"
    weights.parent.mkdir(parents=True)
    weights.touch()
    (images.shared / "images").mkdir()
    assert build(images, docker=True).returncode == 0
    _, call = images.calls("docker")
    assert " --build-context pictures=../shared/images " in call
    # What the caller says comes last, and counts.
    assert len(call.split(" --build-context weights=")) == 3
    assert call.endswith(" --build-context weights=w .")


def test_weights_that_are_named_must_be_there(images):
    done = build(images, docker=True, WANWU_WEIGHTS="/nonexistent.pth")
    assert done.returncode == 1
    assert "there is no /nonexistent.pth" in done.stderr
