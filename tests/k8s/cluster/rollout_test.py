"""Three pods in production stay three, whatever happens to them."""

import collections

import pytest

from api import ApiError
from conftest import condition_is_true

NAMESPACE = "rollout"
DEPLOYMENTS = f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments"
PODS = f"/api/v1/namespaces/{NAMESPACE}/pods"
BUDGETS = f"/apis/policy/v1/namespaces/{NAMESPACE}/poddisruptionbudgets"


def is_rolled_out(deployment, number=3):
    status = deployment.get("status", {})
    return (status.get("observedGeneration")
            == deployment["metadata"]["generation"]
            and all(status.get(name) == number for name in (
                "replicas", "updatedReplicas", "availableReplicas")))


@pytest.fixture(scope="module", name="folders")
def fixture_folders(cluster, api, nodes):
    assert nodes
    folders = cluster.tree("production", NAMESPACE)
    cluster.apply("-k", str(folders[1]))
    api.wait(DEPLOYMENTS, lambda items: all(map(is_rolled_out, items)))
    return folders


def live_pods(api):
    return [pod for pod in api.get(PODS)["items"]
            if "deletionTimestamp" not in pod["metadata"]]


def test_pods_are_spread_over_zones(api, folders):
    assert folders
    zones = collections.Counter(
        pod["spec"]["nodeName"][0] for pod in live_pods(api))
    assert zones == {"a": 1, "b": 1, "c": 1}


def serving(pods):
    return {name for name, pod in pods.items()
            if condition_is_true(pod, "Ready")
            and "deletionTimestamp" not in pod["metadata"]}


def test_another_config_rolls_out_without_a_pod_less(cluster, api, folders):
    tree, own = folders
    listed = api.get(PODS)
    pods = {pod["metadata"]["name"]: pod for pod in listed["items"]}
    before = serving(pods)
    assert len(before) == 3
    config = tree / "k8s/base/config/server.yaml"
    config.write_text(config.read_text() + "slow_request: 1s\n")
    cluster.apply("-k", str(own))
    for kind, pod in api.events(
            PODS, listed["metadata"]["resourceVersion"], 120):
        pods[pod["metadata"]["name"]] = pod
        if kind == "DELETED":
            del pods[pod["metadata"]["name"]]
        assert len(serving(pods)) >= 3
        if not before & set(pods):
            break
    assert len(serving(pods)) == 3 and not before & set(pods)
    api.wait(DEPLOYMENTS, lambda items: all(map(is_rolled_out, items)))


def set_schedulable(api, nodes, schedulable):
    for node in nodes:
        api.patch(f"/api/v1/nodes/{node['metadata']['name']}",
                  {"spec": {"unschedulable": not schedulable}})


def evict(api, pod):
    name = pod["metadata"]["name"]
    api.call("POST", f"{PODS}/{name}/eviction", {
        "apiVersion": "policy/v1", "kind": "Eviction",
        "metadata": {"name": name, "namespace": NAMESPACE}})


def one_may_go(budgets):
    return all(budget["status"]["disruptionsAllowed"] == 1
               for budget in budgets)


def test_only_one_pod_is_evicted_at_a_time(api, nodes, folders):
    assert folders
    api.wait(BUDGETS, one_may_go)
    first, second, _ = live_pods(api)
    # No node takes the next one: as when nodes are drained faster than pods
    # start.
    set_schedulable(api, nodes, False)
    try:
        evict(api, first)
        with pytest.raises(ApiError) as refused:
            evict(api, second)
        assert refused.value.code == 429
        assert "disruption budget" in str(refused.value)
    finally:
        set_schedulable(api, nodes, True)
    api.wait(PODS, lambda pods: sum(condition_is_true(pod, "Ready") and
                                    pod["metadata"]["name"]
                                    != first["metadata"]["name"]
                                    for pod in pods) == 3)
    api.wait(BUDGETS, one_may_go)
    evict(api, second)
