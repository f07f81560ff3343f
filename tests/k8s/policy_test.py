"""Pods are as restricted, and as bounded, as they can be."""

import re

import pytest

from manifests import (OVERLAYS, REPO, containers, of_kind, only, pod)

pytestmark = pytest.mark.parametrize("overlay", OVERLAYS)


def whole_cpus(quantity):
    assert re.fullmatch("[0-9]+", quantity), quantity
    return int(quantity)


def test_nobody_is_root(overlay):
    _, spec = pod(overlay)
    context = spec["securityContext"]
    assert context["runAsNonRoot"]
    assert context["runAsUser"] > 0 and context["runAsGroup"] > 0
    assert context["seccompProfile"] == {"type": "RuntimeDefault"}
    assert not {"hostNetwork", "hostPID", "hostIPC"} & set(spec)


def test_containers_have_no_rights_and_a_root_that_they_cannot_write(overlay):
    for container in containers(overlay).values():
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]}}


def test_only_the_state_can_be_written(overlay):
    for name, container in containers(overlay).items():
        writable = [mount["name"] for mount in container["volumeMounts"]
                    if not mount.get("readOnly")]
        assert writable == (["state"] if name == "wanwu-server" else [])


def test_secrets_are_files_that_others_cannot_read(overlay):
    _, spec = pod(overlay)
    for volume in spec["volumes"]:
        if "secret" in volume:
            assert volume["secret"]["defaultMode"] & 0o007 == 0
    for container in containers(overlay).values():
        assert "secretKeyRef" not in str(container.get("env"))


def test_limits_are_the_requests(overlay):
    """Guaranteed: the last to be evicted, and CPUs can be its own."""
    for container in containers(overlay).values():
        resources = container["resources"]
        assert resources["requests"] == resources["limits"]
        assert set(resources["limits"]) == {"cpu", "memory"}


def test_as_many_lanes_as_cpus(overlay):
    server = containers(overlay)["wanwu-server"]
    assert whole_cpus(server["resources"]["requests"]["cpu"]) > 0
    threads = {variable["name"]: variable["valueFrom"]["resourceFieldRef"]
               for variable in server["env"]}
    assert threads == {"WANWU_LANES": {"resource": "requests.cpu"}}


def test_no_token_of_the_cluster(overlay):
    _, spec = pod(overlay)
    account = only(overlay, "ServiceAccount")
    assert spec["serviceAccountName"] == account["metadata"]["name"]
    assert account["automountServiceAccountToken"] is False
    assert spec["automountServiceAccountToken"] is False


def test_services_do_not_look_like_options(overlay):
    """A Service named wanwu makes variables WANWU_PORT and so on."""
    _, spec = pod(overlay)
    assert spec["enableServiceLinks"] is False


def test_namespace_takes_restricted_pods_only(overlay):
    labels = only(overlay, "Namespace")["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


def test_nothing_goes_out_and_callers_are_named(overlay):
    spec = only(overlay, "NetworkPolicy")["spec"]
    assert sorted(spec["policyTypes"]) == ["Egress", "Ingress"]
    assert not spec.get("egress")
    assert spec["ingress"] and all(rule["from"] for rule in spec["ingress"])
    ports = {port["port"] for rule in spec["ingress"]
             for port in rule["ports"]}
    assert ports == {8500, 8501, 8502}


def test_images_are_of_this_version(overlay):
    (version,) = re.findall(r"^project\(wanwu VERSION ([0-9.]+)",
                            (REPO / "CMakeLists.txt").read_text(),
                            flags=re.MULTILINE)
    assert {container["image"] for container in
            containers(overlay).values()} == {
                f"wanwu-server:{version}", f"wanwu-gateway:{version}"}


def test_no_secret_is_in_the_manifests(overlay):
    assert not of_kind(overlay, "Secret")
