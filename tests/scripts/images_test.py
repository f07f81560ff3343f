"""What scripts/build_image.sh hands to a builder, and when there is none."""

import os
import re
import shutil
import subprocess

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


def git(images, *words):
    return subprocess.run(
        ["git", "-C", images.root, "-c", "user.name=me", "-c",
         "user.email=me@example.org", *words], check=True,
        capture_output=True, text=True).stdout


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


def test_proxies_are_handed_on_in_both_cases(images):
    """apt reads the lower only."""
    build(images, docker=True, HTTPS_PROXY="proxy.example",
          no_proxy="localhost")
    lines = (images.bin / "docker.environment").read_text().splitlines()
    assert {"https_proxy=proxy.example", "HTTPS_PROXY=proxy.example",
            "no_proxy=localhost", "NO_PROXY=localhost"} <= set(lines)
    assert "--network" not in images.calls("docker")[1]


def test_apts_own_proxy_is_handed_on(images):
    images.put_command("apt-config", "echo http://cache.example:3142")
    for name in ("http_proxy", "HTTP_PROXY"):
        build(images, docker=True, **{name: ""})
        lines = (images.bin / "docker.environment").read_text().splitlines()
        assert "http_proxy=http://cache.example:3142" in lines


@pytest.mark.parametrize("way", [
    {"WANWU_DEBIAN_MIRROR": "http://127.0.0.1:3142/deb.debian.org/debian"},
    {"http_proxy": "http://me:secret@localhost:3128"},
    {"PIP_INDEX_URL": "http://[::1]/simple"}])
def test_registries_on_this_machine_are_reached_over_its_network(images, way):
    build(images, docker=True, **way)
    assert " --network host " in images.calls("docker")[1]


def test_mirror_can_be_named(images):
    build(images, docker=True, WANWU_DEBIAN_MIRROR="http://m.example/debian/")
    assert ("--build-arg DEBIAN_MIRROR=http://m.example/debian "
            in images.calls("docker")[1])


def test_mirror_is_where_this_machine_has_debian_itself_from(images):
    images.put_command("apt-get", """
case "$*" in
  *"Origin: Debian Label: Debian"*)
    printf 'http://m.example/debian/\\nhttp://m.example/debian/\\n' ;;
  *) echo http://else.example/debian/ ;;
esac""")
    build(images, docker=True)
    assert ("--build-arg DEBIAN_MIRROR=http://m.example/debian "
            in images.calls("docker")[1])


def labels(images):
    call = images.calls("docker")[-1]
    return dict(re.findall(r"--label org\.opencontainers\.image\.(\w+)=(\S+)",
                           call))


def test_labels_name_the_revision_and_whether_it_was_changed(images):
    git(images, "init", "--quiet")
    git(images, "add", ".")
    git(images, "commit", "--quiet", "--message", "all of it")
    revision = git(images, "rev-parse", "HEAD").strip()
    build(images, docker=True)
    # The calls of stand-ins were recorded beside the checkout.
    assert labels(images) == {"revision": revision}
    images.put("server/another.cc", "")
    build(images, docker=True)
    assert labels(images) == {"revision": f"{revision}-dirty"}


@pytest.mark.parametrize("remote,source", [
    ("https://me:secret@example.org/wanwu.git",
     "https://example.org/wanwu.git"),
    ("git@example.org:we/wanwu.git", "ssh://git@example.org/we/wanwu.git"),
    ("ssh://git@example.org/wanwu", "ssh://git@example.org/wanwu"),
    ("/srv/wanwu", None)])
def test_labels_name_where_the_sources_are(images, remote, source):
    git(images, "init", "--quiet")
    git(images, "remote", "add", "origin", remote)
    build(images, docker=True)
    assert labels(images).get("source") == source


def test_outside_of_git_no_labels_are_made_up(images):
    build(images, docker=True)
    assert labels(images) == {}


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
