"""What the manifests name is there: labels, ports, probes, metrics."""

import re

import pytest
import yaml

from manifests import (OVERLAYS, REPO, containers, copy_of_tree, objects,
                       of_kind, only, pod, render, render_folder)

each_overlay = pytest.mark.parametrize("overlay", OVERLAYS)


def ports_of(container):
    return {port["name"]: port["containerPort"]
            for port in container["ports"]}


def all_ports(overlay):
    ports = {}
    for container in containers(overlay).values():
        ports |= ports_of(container)
    return ports


def option(container, name):
    (value,) = [arg.partition("=")[2] for arg in container["args"]
                if arg.startswith(f"--{name}=")]
    return value


def probes(container):
    return [container[name] for name in
            ("startupProbe", "readinessProbe", "livenessProbe")]


def source_constants(path):
    return set(re.findall(r'constexpr char k\w+\[\] = "([^"]*)"',
                          (REPO / path).read_text()))


@each_overlay
def test_everything_is_in_the_one_namespace(overlay):
    for thing in objects(overlay):
        if thing["kind"] != "Namespace":
            assert thing["metadata"]["namespace"] == "wanwu", thing["kind"]


@each_overlay
def test_selectors_find_the_pods(overlay):
    labels, _ = pod(overlay)
    selectors = [thing["spec"]["selector"] for thing in
                 of_kind(overlay, "Service")]
    selectors += [thing["spec"]["selector"]["matchLabels"] for kind in
                  ("Deployment", "PodDisruptionBudget")
                  for thing in of_kind(overlay, kind)]
    selectors += [only(overlay, "NetworkPolicy")
                  ["spec"]["podSelector"]["matchLabels"]]
    for selector in selectors:
        assert selector and selector.items() <= labels.items()


@each_overlay
def test_spread_over_zones_and_nodes_counts_the_pods(overlay):
    labels, spec = pod(overlay)
    spread = spec.get("topologySpreadConstraints", [])
    assert len(spread) == (2 if of_kind(overlay, "Deployment") else 0)
    for constraint in spread:
        assert (constraint["labelSelector"]["matchLabels"].items()
                <= labels.items())


@each_overlay
def test_programs_listen_where_the_ports_say(overlay):
    server = containers(overlay)["wanwu-server"]
    gateway = containers(overlay)["wanwu-gateway"]
    listeners = {option(server, "listen_address"),
                 option(server, "metrics_address"),
                 option(gateway, "listen_address")}
    listeners |= {arg.partition("=")[2] for arg in server["args"]
                  if arg.startswith("--admin_address=")}
    assert listeners == {f"0.0.0.0:{port}"
                         for port in all_ports(overlay).values()}
    (_, grpc) = option(server, "listen_address").split(":")
    assert option(gateway, "server_address") == f"127.0.0.1:{grpc}"


@each_overlay
def test_services_lead_to_ports_of_the_pod(overlay):
    for service in of_kind(overlay, "Service"):
        for port in service["spec"]["ports"]:
            assert port["port"] == all_ports(overlay)[port["targetPort"]]


@each_overlay
def test_probes_ask_for_health_that_is_served(overlay):
    keys = source_constants("server/rpc/health_state.h")
    assert keys == {"liveness", "readiness"}
    server = containers(overlay)["wanwu-server"]
    startup, ready, live = probes(server)
    assert startup["grpc"]["service"] == ready["grpc"]["service"] == "readiness"
    assert live["grpc"]["service"] == "liveness"
    for probe in probes(server):
        assert probe["grpc"]["port"] in ports_of(server).values()


@each_overlay
def test_probes_speak_what_the_listener_does(overlay):
    """A gRPC probe knows no TLS; one of HTTP is told."""
    server = containers(overlay)["wanwu-server"]
    gateway = containers(overlay)["wanwu-gateway"]
    tls = any("--tls_certificate_file" in arg for arg in server["args"])
    assert tls == any("--tls_certificate_file" in arg
                      for arg in gateway["args"])
    (_, callers) = option(server, "listen_address").split(":")
    for probe in probes(server):
        assert (probe["grpc"]["port"] == int(callers)) == (not tls)
    for probe in probes(gateway):
        assert (probe["httpGet"].get("scheme") == "HTTPS") == tls
    # Else they were refused until the models are loaded.
    assert "--accept_while_loading" in server["args"]


@each_overlay
def test_the_gateway_starts_before_the_server_and_ends_after_it(overlay):
    routes = (REPO / "gateway/app/routes.cc").read_text()
    assert '"/healthz"' in routes
    _, spec = pod(overlay)
    (gateway,) = spec["initContainers"]
    assert gateway["restartPolicy"] == "Always"
    startup, ready, live = probes(gateway)
    # The server starts only once this one has succeeded.
    assert startup["httpGet"]["path"] == "/healthz"
    assert ready["httpGet"]["path"] == "/readyz"
    assert live["httpGet"]["path"] == "/healthz"


@each_overlay
def test_volumes_are_there(overlay):
    _, spec = pod(overlay)
    volumes = {volume["name"] for volume in spec["volumes"]}
    mounted = set()
    for container in containers(overlay).values():
        mounts = {mount["name"]: mount["mountPath"]
                  for mount in container["volumeMounts"]}
        mounted |= set(mounts)
        for arg in container["args"]:
            path = arg.partition("=")[2]
            if path.startswith(("/etc/wanwu/", "/var/")):
                assert any(path == mount or path.startswith(mount + "/")
                           for mount in mounts.values()), arg
    assert mounted == volumes


@each_overlay
def test_config_is_mounted_by_its_hash(overlay):
    _, spec = pod(overlay)
    (mounted,) = [volume["configMap"]["name"] for volume in spec["volumes"]
                  if "configMap" in volume]
    assert mounted in {thing["metadata"]["name"]
                       for thing in of_kind(overlay, "ConfigMap")}
    assert re.fullmatch("wanwu-config-[a-z0-9]{10}", mounted)


@each_overlay
def test_another_config_makes_other_pods(overlay, tmp_path):
    tree = copy_of_tree(tmp_path)
    config = tree / "k8s/base/config/server.yaml"
    config.write_text(config.read_text() + "slow_request: 1s\n")
    folder = tree / "k8s/overlays" / overlay
    changed = list(yaml.safe_load_all(render_folder(folder)))
    kind = ("Deployment" if of_kind(overlay, "Deployment")
            else "InferenceService")
    (after,) = [thing for thing in changed if thing["kind"] == kind]
    assert after["spec"] != only(overlay, kind)["spec"]


@each_overlay
def test_another_namespace_is_one_line(overlay, tmp_path):
    tree = copy_of_tree(tmp_path)
    own = tree / "k8s/overlays/own"
    own.mkdir()
    (own / "kustomization.yaml").write_text(
        f"namespace: pictures\nresources: [../{overlay}]\n")
    for thing in yaml.safe_load_all(render_folder(own)):
        name = (thing["metadata"]["name"] if thing["kind"] == "Namespace"
                else thing["metadata"]["namespace"])
        assert name == "pictures"


def test_alerts_are_those_of_the_one_source():
    alerts = yaml.safe_load((REPO / "monitoring/wanwu-alerts.yml").read_text())
    rule = only("production", "PrometheusRule")
    assert rule["spec"] == alerts, "run scripts/prometheus_rule.py"


def test_dashboard_is_the_one_source():
    (dashboard,) = [thing["data"] for thing in
                    of_kind("production", "ConfigMap")
                    if thing["metadata"]["name"] == "wanwu-dashboard"]
    assert dashboard == {"wanwu-dashboard.json": (
        REPO / "monitoring/wanwu-dashboard.json").read_text()}


def test_scrapes_find_a_service_and_make_the_job_that_alerts_expect():
    monitor = only("production", "ServiceMonitor")["spec"]
    wanted = monitor["selector"]["matchLabels"]
    (service,) = [thing for thing in of_kind("production", "Service")
                  if wanted.items() <= thing["metadata"]["labels"].items()]
    named = {port["name"] for port in service["spec"]["ports"]}
    assert {endpoint["port"] for endpoint in monitor["endpoints"]} <= named
    labels = service["metadata"]["labels"]
    assert labels[monitor["jobLabel"]] == "wanwu"


@pytest.mark.parametrize("overlay, kind", [
    ("autoscaling", "HorizontalPodAutoscaler"),
    ("autoscaling-keda", "ScaledObject")])
def test_autoscalers_read_metrics_that_there_are(overlay, kind):
    documented = set(re.findall(
        r"`(wanwu_[a-z_]+)`", (REPO / "docs/operations.md").read_text()))
    scaler = only(overlay, kind)
    used = set(re.findall(r"wanwu_[a-z_]+", yaml.safe_dump(scaler)))
    assert used and used <= documented
    assert (scaler["spec"]["scaleTargetRef"]["name"]
            == only(overlay, "Deployment")["metadata"]["name"])
    # Else each apply would undo what the autoscaler did.
    assert "replicas" not in only(overlay, "Deployment")["spec"]


def test_both_autoscalers_behave_alike():
    hpa = only("autoscaling", "HorizontalPodAutoscaler")["spec"]
    keda = only("autoscaling-keda", "ScaledObject")["spec"]
    assert hpa["behavior"] == (
        keda["advanced"]["horizontalPodAutoscalerConfig"]["behavior"])
    assert (hpa["minReplicas"], hpa["maxReplicas"]) == (
        keda["minReplicaCount"], keda["maxReplicaCount"])
    wait, cpu = keda["triggers"]
    pods, container = hpa["metrics"]
    milli = pods["pods"]["target"]["averageValue"].removesuffix("m")
    assert int(milli) / 1000 == float(wait["metadata"]["threshold"])
    per_cent = container["containerResource"]["target"]["averageUtilization"]
    assert per_cent / 100 == float(cpu["metadata"]["threshold"])


def test_the_autoscaled_container_is_the_server():
    hpa = only("autoscaling", "HorizontalPodAutoscaler")["spec"]
    (name,) = [metric["containerResource"]["container"]
               for metric in hpa["metrics"]
               if metric["type"] == "ContainerResource"]
    assert containers("autoscaling")["wanwu-server"]["name"] == name


def test_routes_lead_to_listeners_and_ports():
    gateway = only("gateway-api", "Gateway")["spec"]
    listeners = {listener["name"]: listener["hostname"]
                 for listener in gateway["listeners"]}
    services = {thing["metadata"]["name"]:
                {port["port"] for port in thing["spec"]["ports"]}
                for thing in of_kind("gateway-api", "Service")}
    for kind in ("GRPCRoute", "HTTPRoute"):
        route = only("gateway-api", kind)["spec"]
        (parent,) = route["parentRefs"]
        assert route["hostnames"] == [listeners[parent["sectionName"]]]
        for rule in route["rules"]:
            for backend in rule["backendRefs"]:
                assert backend["port"] in services[backend["name"]]


def test_routed_services_are_served():
    services = {match["method"]["service"]
                for rule in only("gateway-api", "GRPCRoute")["spec"]["rules"]
                for match in rule["matches"]}
    own = set()
    for file in ("wanwu/v1/image_classifier.proto",
                 "inference/open_inference.proto"):
        proto = (REPO / "proto" / file).read_text()
        (package,) = re.findall(r"^package (.*);", proto, flags=re.MULTILINE)
        own |= {f"{package}.{name}" for name in
                re.findall(r"^service (\w+)", proto, flags=re.MULTILINE)}
    assert services == own | {"grpc.health.v1.Health"}


@each_overlay
def test_a_second_rendering_is_the_same(overlay):
    assert render(overlay) == render_folder(REPO / "k8s/overlays" / overlay)
