"""A pod without Kubernetes: its programs, as the manifests start and probe
them, with certificate and tokens as docs/deployment.md makes them."""

import pathlib
import re
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

K8S = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(K8S), str(K8S.parent / "integration")]

# pylint: disable=wrong-import-position
from environment import (BIN_DIR, DEPS_DIR, MODELS_DIR,  # noqa: E402
                         PATIENCE, own_environment)
from manifests import (REPO, config_file, containers, pod)  # noqa: E402
from program_process import ProgramProcess, free_port  # noqa: E402

PICTURE = DEPS_DIR / "photos/chelsea.png"


def make_secrets(folder):
    """By the page's own commands."""
    page = (REPO / "docs/deployment.md").read_text()
    blocks = re.findall(r"^```\n(openssl .*?)^```", page,
                        flags=re.MULTILINE | re.DOTALL)
    assert len(blocks) == 2
    for block in blocks:
        commands = "".join(line for line in block.splitlines(keepends=True)
                           if not line.startswith("kubectl"))
        subprocess.run(["bash", "-e", "-c", commands], cwd=folder, check=True,
                       capture_output=True, timeout=60)


class Pod:
    """What a kubelet makes of the overlay, in a folder and on free ports."""

    def __init__(self, overlay, folder):
        self.folder = folder
        self.spec = pod(overlay)[1]
        self.containers = containers(overlay)
        self.ports = {port["containerPort"]: free_port()
                      for container in self.containers.values()
                      for port in container["ports"]}
        for name in ("server.yaml", "gateway.yaml"):
            (folder / name).write_text(config_file(overlay, name))
        self.processes = []
        modes = {volume["secret"]["defaultMode"] for volume in
                 self.spec["volumes"] if "secret" in volume}
        self.secure = bool(modes)
        if self.secure:
            make_secrets(folder)
            (mode,) = modes
            for name in ("tls.crt", "tls.key", "ca.crt", "tokens",
                         "gateway-token"):
                (folder / name).chmod(mode)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self.processes:
            process.process.kill()
            process.process.wait()

    def start(self, program):
        container = self.containers[program]
        environment = own_environment()
        for variable in container.get("env", ()):
            # The machine that tests has fewer CPUs than the manifests ask for.
            environment[variable["name"]] = "2"
        self.processes.append(ProgramProcess(
            program, *map(self.placed, container["args"]),
            environment=environment))
        return self.processes[-1]

    def placed(self, arg):
        name, mark, value = arg.partition("=")
        value = re.sub(r"^/etc/wanwu/(config|tls|tokens)(?=/)",
                       str(self.folder), value)
        value = value.replace("/usr/share/wanwu/models", str(MODELS_DIR))
        value = value.replace("/var/lib/wanwu", str(self.folder / "state"))
        return name + mark + re.sub(
            r"^[0-9.]+:([0-9]+)$",
            lambda found: f"127.0.0.1:{self.ports[int(found[1])]}", value)

    def probe_server(self, name, *flags):
        """The state that the probe is told."""
        probe = self.containers["wanwu-server"][name]["grpc"]
        return subprocess.run(
            [BIN_DIR / "wanwu", "health", "--service", probe["service"],
             "--address", f"127.0.0.1:{self.ports[probe['port']]}", *flags],
            capture_output=True, text=True, timeout=120,
            check=False).stdout.strip()

    def get(self, path, body=None, scheme=None):
        """The code with which the gateway answers."""
        scheme = scheme or ("https" if self.secure else "http")
        context = ssl.create_default_context(
            cafile=self.folder / "ca.crt") if self.secure else None
        request = urllib.request.Request(
            f"{scheme}://localhost:{self.ports[8501]}{path}", data=body)
        try:
            with urllib.request.urlopen(request, timeout=60,
                                        context=context) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code

    def probe_gateway(self, name):
        probe = self.containers["wanwu-gateway"][name]["httpGet"]
        return self.get(probe["path"],
                        scheme=probe.get("scheme", "HTTP").lower())

    def classify(self, *flags):
        if self.secure:
            flags += ("--tls_ca_file", self.folder / "ca.crt")
        return subprocess.run(
            [BIN_DIR / "wanwu", "classify", "--address",
             f"localhost:{self.ports[8500]}", *flags, PICTURE],
            capture_output=True, text=True, timeout=120, check=False)

    def serves(self):
        """By gRPC and by REST."""
        token = (("--token_file", self.folder / "web-token")
                 if self.secure else ())
        done = self.classify(*token)
        assert "cat" in done.stdout, done.stderr
        assert self.get("/v1/classify", PICTURE.read_bytes()) == 200


def begin(place):
    """The pod's programs, once it would be ready."""
    gateway = place.start("wanwu-gateway")
    gateway.log.wait_for("gateway_listening")
    # Its startup does not wait for the server, its readiness does.
    assert place.probe_gateway("startupProbe") == 200
    assert place.probe_gateway("readinessProbe") == 503
    server = place.start("wanwu-server")
    assert place.probe_server("startupProbe", "--wait", "90s") == "SERVING"
    assert place.probe_server("readinessProbe") == "SERVING"
    assert place.probe_server("livenessProbe") == "SERVING"
    deadline = time.monotonic() + PATIENCE
    while place.probe_gateway("readinessProbe") != 200:
        assert time.monotonic() < deadline, gateway.log.text()
        time.sleep(0.1)
    return server, gateway


def end(place, server, gateway):
    """Within the pod's time, the sidecar last."""
    stopped = time.monotonic()
    server.terminate()
    server.log.wait_for("drain_started")
    assert place.probe_server("readinessProbe") == "NOT_SERVING"
    assert place.probe_server("livenessProbe") == "SERVING"
    # Endpoints have not noticed yet.
    place.serves()
    assert server.wait() == 0
    assert server.log.events("server_stopped")[0]["abandoned"] == 0
    gateway.terminate()
    assert gateway.wait() == 0
    grace = place.spec["terminationGracePeriodSeconds"]
    assert time.monotonic() - stopped < grace


@pytest.mark.skipif(not PICTURE.exists(), reason=f"no {PICTURE}")
@pytest.mark.parametrize("overlay", ["minimal", "production"])
def test_pod_lives_as_its_probes_say(overlay, tmp_path):
    with Pod(overlay, tmp_path) as place:
        server, gateway = begin(place)
        place.serves()
        if place.secure:
            assert "TOKEN_MISSING" in place.classify().stderr
        warnings = [event["event"] for process in (server, gateway)
                    for event in process.log.events()
                    if event["level"] == "warning"]
        assert warnings == []
        end(place, server, gateway)
