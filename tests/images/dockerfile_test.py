"""The Dockerfile and what is said of its images elsewhere agree."""

import json
import re
import subprocess

import pytest
import yaml

from programs import in_force
from repository import DOCKERFILE, REPO, stage, version

PROGRAMS = {"server": "wanwu-server", "gateway": "wanwu-gateway"}


def only(pattern, text):
    (found,) = re.findall(pattern, text, re.MULTILINE)
    return found


def variables(target):
    """Those that the image sets."""
    instruction = only(r"^ENV (.*)$", stage(target))
    return dict(pair.split("=", 1) for pair in instruction.split())


def deployment():
    text = (REPO / "k8s/base/deployment.yaml").read_text()
    return yaml.safe_load(text)["spec"]["template"]["spec"]


def container(name):
    spec = deployment()
    (found,) = [each for each in spec["initContainers"] + spec["containers"]
                if each["name"] == name]
    return found


def test_base_is_where_image_build_looks_for_it():
    assert re.match(r"debian:[a-z]+-slim$",
                    only(r"^ARG BASE=(\S+)$", DOCKERFILE))
    assert set(re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)) == {
        "scratch", "${BASE}", "tools", "build"}


@pytest.mark.parametrize("target", PROGRAMS)
def test_image_is_of_this_version(target):
    assert only(r"^ARG VERSION=(\S+)$", stage(target)) == version()


@pytest.mark.parametrize("target", PROGRAMS)
def test_image_runs_as_the_pods_do(target):
    user = deployment()["securityContext"]["runAsUser"]
    assert only(r"^USER (\S+)$", stage(target)) == f"{user}:{user}"
    assert container(target)["image"] == PROGRAMS[target]
    made = subprocess.run(
        ["grep", "-cw", f"USER = {user}", REPO / "images/make_root.py"],
        check=False)
    assert made.returncode == 0


@pytest.mark.parametrize("target", PROGRAMS)
def test_programs_are_started_without_a_shell(target):
    for command in (only(r"^ENTRYPOINT (.*)$", stage(target)),
                    only(r"CMD (.*)$", stage(target))):
        assert json.loads(command)[0].startswith("/usr/bin/wanwu")
    assert only(r"^STOPSIGNAL (\S+)$", stage(target)) == "SIGTERM"


@pytest.mark.parametrize("target", PROGRAMS)
def test_variables_of_the_image_are_options(target):
    known = in_force(PROGRAMS[target])
    for name in variables(target):
        assert name.removeprefix("WANWU_").lower() in known


@pytest.mark.parametrize("target", PROGRAMS)
def test_exposed_ports_are_those_of_the_variables(target):
    ports = {value.rpartition(":")[2]
             for name, value in variables(target).items()
             if name.endswith("_ADDRESS")}
    assert set(only(r"^EXPOSE (.*)$", stage(target)).split()) == ports


@pytest.mark.parametrize("option", ["model_repository", "state_dir"])
def test_folders_are_those_of_the_manifests(option):
    (flag,) = [arg.partition("=")[2] for arg in container("server")["args"]
               if arg.startswith(f"--{option}=")]
    assert variables("server")[f"WANWU_{option.upper()}"] == flag


def test_models_are_where_the_server_looks():
    folder = variables("server")["WANWU_MODEL_REPOSITORY"]
    assert f"COPY --from=model {folder}/ {folder}/" in stage("server")
    assert f"/ {folder}/" in stage("model")


def copied_from_here():
    """Paths of this checkout that the Dockerfile copies, patterns expanded."""
    for line in re.findall(r"^COPY (?!--from)(.*)$",
                           DOCKERFILE.replace("\\\n", " "), re.MULTILINE):
        # The tests take all.
        for pattern in set(line.split()[:-1]) - {"."}:
            yield pattern, list(REPO.glob(pattern.rstrip("/")))


def test_what_is_copied_is_there_and_not_ignored():
    allowed = {line[1:] for line in
               (REPO / ".dockerignore").read_text().splitlines()
               if line.startswith("!")}
    for pattern, found in copied_from_here():
        assert found, pattern
        for path in found:
            assert path == REPO or (
                path.relative_to(REPO).parts[0] in allowed), pattern


def test_every_part_of_the_build_is_copied():
    parts = set(re.findall(r"add_subdirectory\((\w+)\)",
                           (REPO / "CMakeLists.txt").read_text()))
    copied = {pattern.rstrip("/") for pattern, _ in copied_from_here()}
    assert parts - {"tests"} <= copied


def test_what_builds_may_replace_is_empty_and_copied():
    """Mounted, it would not tell buildah's layers apart."""
    for name in ("weights", "pictures", "packages"):
        assert f"FROM scratch AS {name}\n" in DOCKERFILE
        assert f"COPY --from={name} / /{name}/\n" in stage("model-build")
    assert "from=" not in " ".join(re.findall(r"--mount=\S+", DOCKERFILE))
