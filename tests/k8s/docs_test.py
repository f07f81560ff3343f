"""docs/deployment.md says what the manifests do."""

import re

import pytest
import yaml

from manifests import (OVERLAYS, REPO, containers, copy_of_tree, only, pod,
                       render_folder)

PAGE = (REPO / "docs/deployment.md").read_text()


def millicpus(quantity):
    return (int(quantity[:-1]) if quantity.endswith("m")
            else 1000 * int(quantity))


def row(overlay):
    (cells,) = re.findall(rf"^\| `{overlay}` \|(.*)\|$", PAGE,
                          flags=re.MULTILINE)
    return [cell.strip() for cell in cells.split("|")]


def pods_of(overlay):
    if overlay == "autoscaling":
        spec = only(overlay, "HorizontalPodAutoscaler")["spec"]
        return f"{spec['minReplicas']}–{spec['maxReplicas']}"
    if overlay == "autoscaling-keda":
        spec = only(overlay, "ScaledObject")["spec"]
        return f"{spec['minReplicaCount']}–{spec['maxReplicaCount']}"
    if overlay == "kserve":
        spec = only(overlay, "InferenceService")["spec"]["predictor"]
        return f"{spec['minReplicas']}–{spec['maxReplicas']}"
    return str(only(overlay, "Deployment")["spec"]["replicas"])


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_table_of_overlays(overlay):
    pods, cpus, *_ = row(overlay)
    assert pods == pods_of(overlay)
    assert float(cpus) * 1000 == sum(
        millicpus(container["resources"]["requests"]["cpu"])
        for container in containers(overlay).values())


def test_every_overlay_that_is_named_is_there():
    named = set(re.findall(r"k8s/overlays/([a-z-]+)", PAGE))
    # The one that readers make.
    assert named - {"shop"} <= set(OVERLAYS)


def test_readers_overlay_does_what_is_said(tmp_path):
    (example,) = re.findall(r"^# k8s/overlays/shop/kustomization.yaml\n"
                            r"(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
    tree = copy_of_tree(tmp_path)
    own = tree / "k8s/overlays/shop"
    own.mkdir()
    (own / "kustomization.yaml").write_text(example)
    (own / "server.yaml").write_text("drain_delay: 20s\n")
    made = list(yaml.safe_load_all(render_folder(own)))
    (spec,) = [thing["spec"]["template"]["spec"] for thing in made
               if thing["kind"] == "Deployment"]
    (server,), (gateway,) = spec["containers"], spec["initContainers"]
    assert server["image"].startswith("registry.example.org/wanwu-server:")
    assert gateway["image"].startswith("registry.example.org/wanwu-gateway:")
    assert server["resources"]["requests"]["cpu"] == "8"
    assert server["resources"]["limits"]["cpu"] == "8"
    (config,) = [thing["data"] for thing in made
                 if thing["metadata"]["name"].startswith("wanwu-config-")]
    assert config["server.yaml"] == "drain_delay: 20s\n"
    assert "buffer_bytes" in config["gateway.yaml"]
    for thing in made:
        if thing["kind"] in ("ServiceMonitor", "PrometheusRule"):
            assert thing["metadata"]["labels"]["release"] == "prometheus"


def test_secrets_that_are_made_are_those_that_are_mounted():
    made = {}
    for name, keys in re.findall(
            r"create secret generic (\S+)((?: --from-file=\S+)+)", PAGE):
        made[name] = set(re.findall(r"--from-file=(\S+)", keys))
    _, spec = pod("production")
    folders = {volume["name"]: volume["secret"]["secretName"]
               for volume in spec["volumes"] if "secret" in volume}
    used = {secret: set() for secret in folders.values()}
    for container in containers("production").values():
        for mount in container["volumeMounts"]:
            for arg in container["args"]:
                path = arg.partition("=")[2]
                if (mount["name"] in folders
                        and path.startswith(mount["mountPath"] + "/")):
                    used[folders[mount["name"]]].add(path.rsplit("/", 1)[1])
    assert made == used


def test_names_of_the_certificate_are_those_that_are_checked():
    (names,) = re.findall(r"subjectAltName=(\S+)\)", PAGE)
    names = {name.removeprefix("DNS:") for name in names.split(",")}
    gateway = containers("production")["wanwu-gateway"]
    (checked,) = [arg.partition("=")[2] for arg in gateway["args"]
                  if arg.startswith("--server_name=")]
    monitor = only("production", "ServiceMonitor")["spec"]
    scraped = {endpoint["tlsConfig"]["serverName"]
               for endpoint in monitor["endpoints"] if "tlsConfig" in endpoint}
    services = {"wanwu.wanwu.svc", "wanwu-headless.wanwu.svc"}
    assert {checked} | scraped | services <= names
