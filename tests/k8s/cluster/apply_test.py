"""A real API server takes every overlay, and keeps all of it."""

import json

import pytest
import yaml

from api import ApiError
from conftest import condition_is_true
from manifests import JOBS, OVERLAYS, render_folder


def not_kept(wanted, kept, where=""):
    """Paths of what was applied and is not there."""
    if isinstance(wanted, dict):
        if not isinstance(kept, dict):
            return [where]
        return [path for key, value in wanted.items()
                for path in not_kept(value, kept.get(key), f"{where}/{key}")]
    if isinstance(wanted, list):
        if not isinstance(kept, list) or len(kept) != len(wanted):
            return [where]
        return [path for i, value in enumerate(wanted)
                for path in not_kept(value, kept[i], f"{where}/{i}")]
    return [] if wanted == kept else [f"{where}: {wanted!r}, not {kept!r}"]


@pytest.mark.parametrize("overlay", OVERLAYS + JOBS)
def test_overlay_is_taken_and_read_back(cluster, overlay):
    _, own = cluster.tree(overlay, f"apply-{overlay.rpartition('/')[2]}")
    cluster.apply("-k", str(own))
    # The second time nothing is left to change.
    cluster.apply("-k", str(own))
    text = render_folder(own)
    done = cluster.kubectl("get", "-f", "-", "-o", "json", text=text)
    assert done.returncode == 0, done.stderr
    live = {(item["kind"], item["metadata"]["name"]): item
            for item in json.loads(done.stdout)["items"]}
    wanted = list(yaml.safe_load_all(text))
    assert len(live) == len(wanted) >= 5
    for thing in wanted:
        key = thing["kind"], thing["metadata"]["name"]
        assert not not_kept(thing, live[key]), key


@pytest.mark.parametrize("overlay", [name for name in OVERLAYS
                                     if name != "kserve"])
def test_its_pods_run_where_only_restricted_ones_may(cluster, api, nodes,
                                                     overlay):
    assert nodes
    namespace = f"run-{overlay}"
    _, own = cluster.tree(overlay, namespace)
    cluster.apply("-k", str(own))
    (deployment,) = api.get(
        f"/apis/apps/v1/namespaces/{namespace}/deployments")["items"]
    number = deployment["spec"]["replicas"]
    pods = api.wait(
        f"/api/v1/namespaces/{namespace}/pods",
        lambda pods: len(pods) >= number and all(
            condition_is_true(pod, "Ready") for pod in pods))
    for pod in pods:
        assert pod["status"]["qosClass"] == "Guaranteed"
        # No token of the cluster was put in.
        assert {volume["name"] for volume in pod["spec"]["volumes"]} <= {
            "config", "state", "tls", "tokens"}
    with pytest.raises(ApiError) as refused:
        api.call("POST", f"/api/v1/namespaces/{namespace}/pods", {
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "root"},
            "spec": {"containers": [{"name": "root", "image": "any"}]}})
    assert refused.value.code == 403
    assert "violates PodSecurity" in str(refused.value)


def test_a_field_that_does_not_exist_is_refused(cluster):
    tree, own = cluster.tree("minimal", "misspelt")
    path = tree / "k8s/base/pod_disruption_budget.yaml"
    path.write_text(path.read_text().replace("maxUnavailable", "maxMissing"))
    done = cluster.kubectl("apply", "--server-side", "--validate=strict",
                           "-k", str(own))
    assert done.returncode != 0
    assert "maxMissing" in done.stderr
