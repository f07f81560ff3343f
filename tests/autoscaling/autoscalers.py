"""An autoscaler as the manifests in k8s/components describe it."""

import dataclasses
import pathlib
import re

import yaml

import hpa

REPO = pathlib.Path(__file__).resolve().parents[2]
COMPONENTS = REPO / "k8s/components"
FIGURES = {"wanwu_estimated_wait_seconds": "wait_seen",
           "wanwu_queue_depth": "in_flight_seen"}


@dataclasses.dataclass(frozen=True)
class Metric:
    """`kind`: cpu; pods, an average by an adapter; external, a sum by KEDA;
    external_usage: CPUs at work, by KEDA, over `window` seconds."""

    kind: str
    target: float
    figure: str = ""
    window: int = 15


@dataclasses.dataclass(frozen=True)
class Settings:
    least: int
    most: int
    metrics: tuple
    up: hpa.Rules = hpa.DEFAULT_UP
    down: hpa.Rules = hpa.DEFAULT_DOWN

    def scaled_to(self, least, most):
        return dataclasses.replace(self, least=least, most=most)


def number(quantity):
    """A Kubernetes quantity: 100m or 0.1."""
    text = str(quantity)
    return int(text[:-1]) / 1000 if text.endswith("m") else float(text)


def rules(behaviour, default):
    if behaviour is None:
        return default
    return hpa.Rules(
        behaviour.get("stabilizationWindowSeconds", default.window),
        tuple(hpa.Policy(each["type"], each["value"], each["periodSeconds"])
              for each in behaviour.get("policies", ())) or default.policies)


def _behaviour(described):
    described = described or {}
    return {"up": rules(described.get("scaleUp"), hpa.DEFAULT_UP),
            "down": rules(described.get("scaleDown"), hpa.DEFAULT_DOWN)}


def from_hpa(path=COMPONENTS / "hpa/horizontal_pod_autoscaler.yaml"):
    spec = yaml.safe_load(path.read_text())["spec"]
    return Settings(spec["minReplicas"], spec["maxReplicas"],
                    tuple(map(_hpa_metric, spec["metrics"])),
                    **_behaviour(spec.get("behavior")))


def _hpa_metric(described):
    if described["type"] == "ContainerResource":
        resource = described["containerResource"]
        assert resource["name"] == "cpu" and resource["container"] == "server"
        return Metric("cpu", resource["target"]["averageUtilization"])
    assert described["type"] == "Pods"
    metric = described["pods"]
    return Metric("pods", number(metric["target"]["averageValue"]),
                  FIGURES[metric["metric"]["name"]])


def from_keda(path=COMPONENTS / "keda/scaled_object.yaml"):
    spec = yaml.safe_load(path.read_text())["spec"]
    config = (spec.get("advanced") or {}).get(
        "horizontalPodAutoscalerConfig") or {}
    return Settings(spec["minReplicaCount"], spec["maxReplicaCount"],
                    tuple(map(_keda_metric, spec["triggers"])),
                    **_behaviour(config.get("behavior")))


def _keda_metric(trigger):
    assert trigger["metricType"] == "AverageValue"
    query, target = (trigger["metadata"][key] for key in ("query", "threshold"))
    for name, figure in FIGURES.items():
        if name in query:
            return Metric("external", float(target), figure)
    (count, unit), = re.findall(
        r"rate\(process_cpu_seconds_total\{[^}]*\}\[(\d+)([sm])\]\)", query)
    return Metric("external_usage", float(target),
                  window=int(count) * {"s": 1, "m": 60}[unit])


class Autoscaler:
    """Looks at a fleet every sync period, and resizes it."""

    def __init__(self, settings, request_milli):
        self._settings = settings
        self._request = request_milli
        self._behaviour = hpa.Behaviour(settings.least, settings.most,
                                        settings.up, settings.down)
        self._usage = []  # of all pods at each scrape, in pods

    def scraped(self, fleet):
        self._usage.append(sum(group.count * group.usage_seen
                               for group in fleet.groups))

    def sync(self, now, fleet):
        wanted = hpa.largest(fleet.replicas, [
            self._proposal(now, fleet, metric)
            for metric in self._settings.metrics])
        fleet.resize(now, self._behaviour.decide(now, fleet.replicas, wanted))

    def _proposal(self, now, fleet, metric):
        if metric.kind == "cpu":
            return hpa.utilization_replicas(
                fleet.replicas, fleet.cpu(now, self._request), self._request,
                metric.target)
        if metric.kind == "pods":
            return hpa.pods_metric_replicas(
                fleet.replicas, fleet.of_pods(now, metric.figure),
                round(metric.target * 1000))
        if metric.kind == "external":
            total = fleet.of_pods(now, metric.figure).total_milli
        else:
            count = max(1, metric.window // 15)
            last = self._usage[-count:] or [0]
            total = 1000 * sum(last) / len(last)
        return hpa.external_replicas(fleet.replicas, total,
                                     metric.target * 1000)


class KedaActivation:
    """KEDA's own part, between none and one: it asks every polling interval,
    and takes the last pod away when nothing was above the activation threshold
    for the cooldown period (its defaults: 30 s, 0, 300 s). Between one and more
    the HPA that it makes decides, and asks it at every sync."""

    def __init__(self, polling=30, cooldown=300, threshold=0):
        self._polling, self._cooldown = polling, cooldown
        self._threshold = threshold
        self._next = 0
        self._active_at = None

    def decide(self, now, replicas, value):
        """How many there are to be, without the HPA's part."""
        if now < self._next:
            return replicas
        self._next = now + self._polling
        if value > self._threshold:
            self._active_at = now
            return max(1, replicas)
        if self._active_at is None:
            self._active_at = now
        return 0 if now - self._active_at >= self._cooldown else replicas
