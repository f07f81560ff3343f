"""docs/deployment.md, walked in its order by its own commands."""

import json
import os
import re
import subprocess

import pytest
import yaml

from conftest import condition_is_true
from manifests import REPO, TOOLS, copy_of_tree, only

PAGE = (REPO / "docs/deployment.md").read_text()
DEPLOYMENTS = "/apis/apps/v1/namespaces/wanwu/deployments"
SCALERS = "/apis/autoscaling/v2/namespaces/wanwu/horizontalpodautoscalers"
# What needs kubelets, charts, or a server to call.
ELSEWHERE = re.compile(r"helm |curl |wanwu |kubectl .*port-forward ")


def blocks(section):
    """The commands of each block under a heading."""
    (text,) = re.findall(rf"^## {section}\n(.*?)(?=^## |\Z)", PAGE,
                         flags=re.MULTILINE | re.DOTALL)
    found = re.findall(r"^```\n(.*?)^```", text,
                       flags=re.MULTILINE | re.DOTALL)
    assert found, section
    return [block.replace("\\\n", " ") for block in found]


class Operator:
    """Types what the page says, in a copy of the checkout."""

    def __init__(self, cluster, folder):
        self.folder = copy_of_tree(folder)
        tools = folder / "tools"
        tools.mkdir()
        (tools / "kubectl").symlink_to(TOOLS / "kubectl")
        self.environment = {**os.environ,
                            "PATH": f"{tools}:{os.environ['PATH']}",
                            "KUBECONFIG": str(cluster.plane.kubeconfig),
                            "KUBECACHEDIR": f"{cluster.folder}/cache"}

    def type(self, commands):
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", commands],
                              cwd=self.folder, env=self.environment,
                              capture_output=True, text=True, timeout=300,
                              check=False)
        assert done.returncode == 0, done.stderr
        assert "Warning" not in done.stderr
        return done.stdout

    def follow(self, section):
        for block in blocks(section):
            self.type("".join(line for line in block.splitlines(keepends=True)
                              if not ELSEWHERE.match(line)))


@pytest.fixture(scope="module", name="operator")
def fixture_operator(cluster, nodes, tmp_path_factory):
    assert nodes
    operator = Operator(cluster, tmp_path_factory.mktemp("operator"))
    # Who the page's callers are.
    operator.type("kubectl create namespace shop")
    yield operator
    # Where pods are many, the scheduler spreads the next ones otherwise.
    operator.type("kubectl delete namespace wanwu pictures shop")


def deployment(api):
    (found,) = api.get(DEPLOYMENTS)["items"]
    return found


def test_one_pod_to_try_becomes_three_in_production(api, operator):
    operator.follow("Try it")
    assert deployment(api)["status"]["readyReplicas"] == 1
    operator.follow("Production")
    assert deployment(api)["status"]["readyReplicas"] == 3
    spec = deployment(api)["spec"]["template"]["spec"]
    for volume in spec["volumes"]:
        if "secret" in volume:
            name = volume["secret"]["secretName"]
            api.get(f"/api/v1/namespaces/wanwu/secrets/{name}")
    shop = api.get("/api/v1/namespaces/shop")
    assert shop["metadata"]["labels"]["wanwu-caller"] == "true"


def states_since(api, version):
    """Of the Deployment, the last one that is now."""
    now = deployment(api)["metadata"]["resourceVersion"]
    found = []
    if now != version:
        for _, state in api.events(DEPLOYMENTS, version, 60):
            found.append(state)
            if state["metadata"]["resourceVersion"] == now:
                break
    return found


def test_from_production_to_autoscaling_without_a_pod_less(api, fed, operator):
    # At rest, as the targets say.
    fed.wait, fed.cpu = "20m", "2400m"
    before = deployment(api)["metadata"]["resourceVersion"]
    operator.follow("Autoscaling")
    api.wait(SCALERS, lambda scalers: condition_is_true(
        scalers[0], "ScalingActive"))
    states = states_since(api, before)
    assert states
    assert {state["spec"]["replicas"] for state in states} == {3}


def test_what_the_page_shows_is_what_the_autoscaler_asks_for(fed, operator):
    fed.wait, fed.cpu = "21m", "2399m"
    *_, block = blocks("Autoscaling")
    shown, top = [line for line in block.splitlines()
                  if line.startswith("kubectl ")]
    values = json.loads(operator.type(shown))["items"]
    assert [each["value"] for each in values] == ["21m"] * 3
    assert operator.type(top).count("2399m") == 3


def test_from_one_autoscaler_to_the_other_and_back(api, operator):
    before = deployment(api)["metadata"]["resourceVersion"]
    operator.type("kubectl -n wanwu delete hpa wanwu\n"
                  "kubectl apply -k k8s/overlays/autoscaling-keda\n"
                  "kubectl -n wanwu delete scaledobject wanwu\n"
                  "kubectl apply -k k8s/overlays/production")
    assert {state["spec"]["replicas"]
            for state in states_since(api, before)} <= {3}


def test_production_gives_way_to_a_gateway(operator):
    operator.type("kubectl apply -k k8s/overlays/gateway-api")


def test_readers_overlay_applies(operator):
    ((path, text),) = re.findall(
        r"^# (k8s/overlays/\S+/kustomization.yaml)\n(.*?)^```", PAGE,
        flags=re.MULTILINE | re.DOTALL)
    own = (operator.folder / path).parent
    own.mkdir()
    (own / "kustomization.yaml").write_text(text)
    (own / "server.yaml").write_text("drain_delay: 20s\n")
    operator.type(f"kubectl apply -k {own}\n"
                  "kubectl -n pictures rollout status deployment/wanwu")


def test_values_of_charts_say_what_the_manifests_need():
    files = dict(re.findall(r"^cat > (\S+) <<'END'\n(.*?)^END$", PAGE,
                            flags=re.MULTILINE | re.DOTALL))
    adapter = yaml.safe_load(files["adapter.yaml"])
    (rule,) = adapter["rules"]["custom"]
    (metric,) = [each["pods"]["metric"]["name"] for each in only(
        "autoscaling", "HorizontalPodAutoscaler")["spec"]["metrics"]
        if each["type"] == "Pods"]
    assert rule["seriesQuery"].startswith(metric + "{")
    triggers = only("autoscaling-keda", "ScaledObject")["spec"]["triggers"]
    (address,) = {trigger["metadata"]["serverAddress"] for trigger in triggers
                  if trigger["type"] == "prometheus"}
    prometheus = adapter["prometheus"]
    assert f"{prometheus['url']}:{prometheus['port']}" == address
    stack = yaml.safe_load(files["prometheus.yaml"])
    assert stack["grafana"]["sidecar"]["dashboards"] == {
        "searchNamespace": "ALL"}
