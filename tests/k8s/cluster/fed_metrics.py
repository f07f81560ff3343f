"""The APIs that metrics-server and an adapter serve, with figures given."""

import datetime
import http.server
import json
import re
import ssl
import threading
import urllib.parse

CUSTOM = "custom.metrics.k8s.io/v1beta2"
RESOURCE = "metrics.k8s.io/v1beta1"
METRIC = "wanwu_estimated_wait_seconds"


def now():
    return datetime.datetime.now(datetime.timezone.utc).strftime(
        "%Y-%m-%dT%H:%M:%SZ")


class FedMetrics:
    """Every pod has the same `wait` and its server the same `cpu`."""

    def __init__(self, api, folder):
        self.api = api
        self.wait = "0"
        self.cpu = "0"
        fed = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):  # pylint: disable=invalid-name
                answer = fed.answer(self.path)
                body = json.dumps(answer or {}).encode()
                self.send_response(200 if answer else 404)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):  # pylint: disable=arguments-differ
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0),
                                                      Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "tls.crt", folder / "tls.key")
        self.server.socket = context.wrap_socket(self.server.socket,
                                                 server_side=True)
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def stop(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def register(self):
        """With the API server, which finds us by the name localhost."""
        port = self.server.server_address[1]
        self.api.call("POST", "/api/v1/namespaces/default/services", {
            "apiVersion": "v1", "kind": "Service",
            "metadata": {"name": "fed-metrics"},
            "spec": {"type": "ExternalName", "externalName": "localhost",
                     "ports": [{"port": port}]}})
        for api in (CUSTOM, RESOURCE):
            group, version = api.split("/")
            self.api.call(
                "POST", "/apis/apiregistration.k8s.io/v1/apiservices", {
                    "apiVersion": "apiregistration.k8s.io/v1",
                    "kind": "APIService",
                    "metadata": {"name": f"{version}.{group}"},
                    "spec": {"group": group, "version": version,
                             "groupPriorityMinimum": 100,
                             "versionPriority": 100,
                             "insecureSkipTLSVerify": True,
                             "service": {"namespace": "default",
                                         "name": "fed-metrics",
                                         "port": port}}})

    def answer(self, target):
        path = urllib.parse.unquote(urllib.parse.urlsplit(target).path)
        if path in (f"/apis/{CUSTOM}", f"/apis/{RESOURCE}"):
            return self._resources(path.removeprefix("/apis/"))
        found = re.fullmatch(
            f"/apis/(?:{CUSTOM}|{RESOURCE})/namespaces/([a-z-]+)/pods"
            f"(/\\*/{METRIC})?", path)
        if not found:
            return None
        namespace, custom = found.groups()
        pods = [pod["metadata"]["name"] for pod in self.api.get(
            f"/api/v1/namespaces/{namespace}/pods")["items"]]
        return (self._waits if custom else self._usages)(namespace, pods)

    @staticmethod
    def _resources(api):
        name, kind = ((f"pods/{METRIC}", "MetricValueList") if api == CUSTOM
                      else ("pods", "PodMetrics"))
        return {"kind": "APIResourceList", "apiVersion": "v1",
                "groupVersion": api, "resources": [
                    {"name": name, "singularName": "", "namespaced": True,
                     "kind": kind, "verbs": ["get", "list"]}]}

    def _waits(self, namespace, pods):
        return {"kind": "MetricValueList", "apiVersion": CUSTOM,
                "metadata": {}, "items": [
                    {"describedObject": {"kind": "Pod", "name": pod,
                                         "namespace": namespace,
                                         "apiVersion": "/v1"},
                     "metric": {"name": METRIC}, "timestamp": now(),
                     "value": self.wait} for pod in pods]}

    def _usages(self, namespace, pods):
        return {"kind": "PodMetricsList", "apiVersion": RESOURCE,
                "metadata": {}, "items": [
                    {"metadata": {"name": pod, "namespace": namespace},
                     "timestamp": now(), "window": "15s", "containers": [
                         {"name": "server",
                          "usage": {"cpu": self.cpu, "memory": "1Gi"}},
                         {"name": "gateway",
                          "usage": {"cpu": "1m", "memory": "32Mi"}}]}
                    for pod in pods]}
