"""The HorizontalPodAutoscaler follows the wait, and CPU keeps pods there."""

import pytest

from conftest import condition_is_true
from fed_metrics import FedMetrics

NAMESPACE = "autoscaling"
DEPLOYMENTS = f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments"
SCALERS = (f"/apis/autoscaling/v2/namespaces/{NAMESPACE}/"
           "horizontalpodautoscalers")


@pytest.fixture(scope="module", name="fed")
def fixture_fed(plane):
    fed = FedMetrics(plane.api, plane.folder)
    try:
        fed.register()
        plane.api.wait(
            "/apis/apiregistration.k8s.io/v1/apiservices",
            lambda items: all(condition_is_true(item, "Available")
                              for item in items))
        yield fed
    finally:
        fed.stop()


def ask_for(number):
    return lambda deployments: [
        deployment["spec"]["replicas"] for deployment in deployments] == [
            number]


def figures(scaler):
    """What it sees of wait and CPU; None where it sees nothing."""
    seen = {"wait": None, "cpu": None}
    for metric in scaler["status"].get("currentMetrics") or ():
        if "pods" in metric:
            seen["wait"] = metric["pods"]["current"].get("averageValue")
        elif "containerResource" in metric:
            seen["cpu"] = metric["containerResource"]["current"].get(
                "averageUtilization")
    return seen


def test_pods_come_with_the_wait(cluster, api, nodes, fed):
    assert nodes
    # At rest, as its targets say: 60 % of four CPUs.
    fed.wait, fed.cpu = "20m", "2400m"
    _, own = cluster.tree("autoscaling", NAMESPACE)
    cluster.apply("-k", str(own))
    api.wait(DEPLOYMENTS, ask_for(3))
    api.wait(SCALERS, lambda scalers: [
        figures(scaler) for scaler in scalers] == [
            {"wait": "20m", "cpu": 60}], seconds=240)
    (scaler,) = api.get(SCALERS)["items"]
    assert condition_is_true(scaler, "ScalingActive")
    assert scaler["status"]["desiredReplicas"] == 3
    # Twenty times the target: as many more as the policies allow at once.
    fed.wait = "1"
    api.wait(DEPLOYMENTS, ask_for(7))
    # Applied anew, the manifests leave that as it is.
    cluster.apply("-k", str(own))
    (deployment,) = api.get(DEPLOYMENTS)["items"]
    assert deployment["spec"]["replicas"] >= 7
