"""The Job of k8s/jobs/classify: as restricted as the overlays, each index its
shard, and a call that the programs take."""

import functools
import os
import pathlib
import re
import subprocess
import textwrap

import pytest
import yaml

from manifests import REPO, copy_of_tree, program, render_folder

BIN = pathlib.Path(os.environ.get("WANWU_BIN_DIR",
                                  REPO / "build/release/bin"))
FOLDER = REPO / "k8s/jobs/classify"
RESTRICTED = {"allowPrivilegeEscalation": False,
              "readOnlyRootFilesystem": True,
              "capabilities": {"drop": ["ALL"]}}

needs_programs = pytest.mark.skipif(
    not (BIN / "wanwu").exists(), reason=f"no {BIN}/wanwu; build it first")


@functools.cache
def rendered():
    return render_folder(FOLDER)


def only(kind):
    (thing,) = [thing for thing in yaml.safe_load_all(rendered())
                if thing["kind"] == kind]
    return thing


def pod():
    return only("Job")["spec"]["template"]["spec"]


def containers():
    """The server, and its client."""
    (server,), (client,) = pod()["initContainers"], pod()["containers"]
    return server, client


def help_of(*command):
    return subprocess.run([BIN / command[0], *command[1:], "--help"],
                          capture_output=True, text=True, timeout=60,
                          check=True).stdout


def options(container):
    return dict(arg.partition("=")[::2] for arg in container["args"]
                if arg.startswith("--"))


def test_nothing_of_the_overlays_is_in_its_way():
    kinds = sorted(thing["kind"]
                   for thing in yaml.safe_load_all(rendered()))
    assert kinds == ["ConfigMap", "Job", "Namespace", "NetworkPolicy",
                     "ServiceAccount"]
    name = only("Namespace")["metadata"]["name"]
    assert name != "wanwu"
    for thing in yaml.safe_load_all(rendered()):
        assert thing["metadata"].get("namespace", name) == name


def test_each_index_takes_its_shard():
    spec = only("Job")["spec"]
    assert spec["completionMode"] == "Indexed"
    _, client = containers()
    assert options(client)["--shard"] == (
        f"$(JOB_COMPLETION_INDEX)/{spec['completions']}")


def test_readers_overlay_does_what_is_said(tmp_path):
    (example,) = re.findall(
        r"^ *# k8s/jobs/own/kustomization.yaml\n(.*?)^ *```",
        (REPO / "docs/batch.md").read_text(),
        flags=re.MULTILINE | re.DOTALL)
    own = copy_of_tree(tmp_path) / "k8s/jobs/own"
    own.mkdir()
    (own / "kustomization.yaml").write_text(textwrap.dedent(example))
    (job,) = [thing for thing in yaml.safe_load_all(render_folder(own))
              if thing["kind"] == "Job"]
    spec = job["spec"]["template"]["spec"]
    assert job["spec"]["parallelism"] < job["spec"]["completions"]
    for container in spec["initContainers"] + spec["containers"]:
        assert container["image"].startswith(
            "registry.example.org/wanwu-server:")
    assert options(spec["containers"][0])["--shard"] == (
        f"$(JOB_COMPLETION_INDEX)/{job['spec']['completions']}")


def test_pods_that_end_are_followed_by_others_of_their_index():
    spec = only("Job")["spec"]
    assert spec["backoffLimitPerIndex"] > 0
    # Never two at a time.
    assert spec["podReplacementPolicy"] == "Failed"
    assert pod()["restartPolicy"] == "Never"
    fail, ignore = spec["podFailurePolicy"]["rules"]
    usage, = re.findall(r"kExitUsage = (\d+)",
                        (REPO / "client/cli/exit_code.h").read_text())
    assert fail["action"] == "FailJob"
    assert fail["onExitCodes"]["values"] == [int(usage)]
    assert fail["onExitCodes"]["containerName"] == containers()[1]["name"]
    assert ignore["onPodConditions"][0]["type"] == "DisruptionTarget"


def test_the_server_is_a_sidecar_that_the_client_asks():
    server, client = containers()
    assert server["restartPolicy"] == "Always"
    # The client starts only once this one has succeeded.
    assert server["startupProbe"]["grpc"]["service"] == "readiness"
    (port,) = [port["containerPort"] for port in server["ports"]
               if port["name"] == "grpc"]
    assert options(server)["--listen_address"] == f"0.0.0.0:{port}"
    assert options(client)["--address"] == f"127.0.0.1:{port}"
    # It has no other callers.
    for rule in only("NetworkPolicy")["spec"]["ingress"]:
        assert port not in [each["port"] for each in rule["ports"]]


def test_pods_are_restricted():
    spec = pod()
    context = spec["securityContext"]
    assert context["runAsNonRoot"] and context["runAsUser"] > 0
    assert context["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in containers():
        assert container["securityContext"] == RESTRICTED
        resources = container["resources"]
        assert resources["requests"] == resources["limits"]
        assert set(resources["limits"]) == {"cpu", "memory"}
    assert spec["automountServiceAccountToken"] is False
    assert spec["enableServiceLinks"] is False
    assert spec["serviceAccountName"] == (
        only("ServiceAccount")["metadata"]["name"])
    labels = only("Namespace")["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    assert only("NetworkPolicy")["spec"]["podSelector"]["matchLabels"].items(
        ) <= only("Job")["spec"]["template"]["metadata"]["labels"].items()


def test_only_state_and_results_can_be_written():
    server, client = containers()
    for container, wanted in ((server, ["state"]), (client, ["results"])):
        assert [mount["name"] for mount in container["volumeMounts"]
                if not mount.get("readOnly")] == wanted
    volumes = {volume["name"]: volume for volume in pod()["volumes"]}
    assert volumes["pictures"]["persistentVolumeClaim"]["readOnly"] is True
    mounts = {mount["mountPath"]: mount["name"]
              for mount in client["volumeMounts"]}
    assert mounts[client["args"][1]] == "pictures"
    assert mounts[options(client)["--output_dir"]] == "results"
    assert set(volumes) == {mount["name"] for container in containers()
                            for mount in container["volumeMounts"]}


@needs_programs
def test_every_flag_is_in_the_help():
    server, client = containers()
    assert program(server) == program(client) == "wanwu-server"
    calls = ((help_of("wanwu-server"), server),
             (help_of(client["command"][0], client["args"][0]), client))
    for text, container in calls:
        known = set(re.findall(r"^  (--[a-z_]+)", text, flags=re.MULTILINE))
        assert set(options(container)) <= known


@needs_programs
def test_the_client_takes_the_call(tmp_path):
    """It gets as far as the server, which is not there."""
    _, client = containers()
    (tmp_path / "pictures").mkdir()
    # Enough that shard 0 of 16 has some.
    for number in range(200):
        (tmp_path / f"pictures/{number}.jpg").write_text("not a picture")
    arguments = [arg.replace("$(JOB_COMPLETION_INDEX)", "0")
                 .replace("/pictures", f"{tmp_path}/pictures")
                 .replace("/results", f"{tmp_path}/results")
                 for arg in client["args"]
                 if not arg.startswith("--address")]
    done = subprocess.run(
        [BIN / client["command"][0], *arguments, "--give_up_after=1ms",
         "--address=unix:/nonexistent/socket"],
        capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 3, done.stderr
