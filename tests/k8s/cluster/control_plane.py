"""A Kubernetes control plane on loopback, with kwok for its nodes."""

import contextlib
import os
import pathlib
import socket
import subprocess
import time

from api import Api

TOKEN = "of-the-tests-only"
PROGRAMS = ("etcd", "kube-apiserver", "kube-controller-manager",
            "kube-scheduler", "kwok")

KUBECONFIG = """\
apiVersion: v1
kind: Config
clusters:
- name: tests
  cluster: {{server: "{server}", certificate-authority: {ca}}}
users:
- name: tests
  user: {{token: {token}}}
contexts:
- name: tests
  context: {{cluster: tests, user: tests}}
current-context: tests
"""


def free_ports(number):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0)))
                   for _ in range(number)]
        return [each.getsockname()[1] for each in sockets]


def make_certificate(folder):
    """Of localhost, its own authority."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes",
         "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
         "-keyout", folder / "tls.key", "-out", folder / "tls.crt"],
        check=True, capture_output=True, timeout=60)


class ControlPlane:
    """Programs in `programs`, their files and logs in `folder`."""

    def __init__(self, programs, folder):
        self.programs = pathlib.Path(programs)
        self.folder = pathlib.Path(folder)
        self.processes = []
        make_certificate(self.folder)
        self.etcd_port, peers, self.port = free_ports(3)
        self.peers = f"http://127.0.0.1:{peers}"
        self.server = f"https://127.0.0.1:{self.port}"
        self.kubeconfig = self.folder / "kubeconfig"
        self.kubeconfig.write_text(KUBECONFIG.format(
            server=self.server, ca=self.folder / "tls.crt", token=TOKEN))
        self.api = Api("127.0.0.1", self.port, self.folder / "tls.crt", TOKEN)

    def start(self):
        self._start_etcd()
        self._start_apiserver()
        self._wait_until_ready()
        self._start_controllers()

    def stop(self):
        for process in reversed(self.processes):
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def log_of(self, program):
        return (self.folder / f"{program}.log").read_text(errors="replace")

    def _run(self, program, *arguments):
        with open(self.folder / f"{program}.log", "wb") as log:
            self.processes.append(subprocess.Popen(
                [self.programs / program, *arguments], stdout=log, stderr=log,
                cwd=self.folder, env={**os.environ, "HOME": str(self.folder)}))

    def _start_etcd(self):
        clients = f"http://127.0.0.1:{self.etcd_port}"
        self._run("etcd", f"--data-dir={self.folder}/etcd", "--unsafe-no-fsync",
                  f"--listen-client-urls={clients}",
                  f"--advertise-client-urls={clients}",
                  f"--listen-peer-urls={self.peers}",
                  f"--initial-advertise-peer-urls={self.peers}",
                  f"--initial-cluster=default={self.peers}")

    def _start_apiserver(self):
        tokens = self.folder / "tokens.csv"
        tokens.write_text(f"{TOKEN},tests,tests,system:masters\n")
        key, certificate = self.folder / "tls.key", self.folder / "tls.crt"
        self._run("kube-apiserver",
                  f"--etcd-servers=http://127.0.0.1:{self.etcd_port}",
                  "--bind-address=127.0.0.1", f"--secure-port={self.port}",
                  f"--tls-cert-file={certificate}",
                  f"--tls-private-key-file={key}",
                  f"--token-auth-file={tokens}", "--authorization-mode=RBAC",
                  "--service-account-issuer=https://kubernetes.default.svc",
                  f"--service-account-signing-key-file={key}",
                  f"--service-account-key-file={certificate}",
                  "--service-cluster-ip-range=10.96.0.0/16",
                  # Debian 12's etcd cannot begin a watch with what there is.
                  "--feature-gates=WatchList=false",
                  # Else it would publish a loopback address, which fails.
                  "--endpoint-reconciler-type=none")

    def _start_controllers(self):
        common = (f"--kubeconfig={self.kubeconfig}", "--leader-elect=false",
                  "--secure-port=0")
        self._run("kube-controller-manager", *common,
                  "--service-account-private-key-file="
                  f"{self.folder / 'tls.key'}",
                  # As real ones but sooner.
                  "--horizontal-pod-autoscaler-sync-period=2s",
                  "--horizontal-pod-autoscaler-cpu-initialization-period=1s",
                  "--horizontal-pod-autoscaler-initial-readiness-delay=1s")
        self._run("kube-scheduler", *common)
        self._run("kwok", f"--kubeconfig={self.kubeconfig}",
                  "--manage-all-nodes=true",
                  # Else nodes count as lost after 50 s, and their pods.
                  "--node-lease-duration-seconds=40")

    def _wait_until_ready(self, seconds=120):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for process in self.processes:
                assert process.poll() is None, (
                    self.log_of("etcd")[-2000:],
                    self.log_of("kube-apiserver")[-4000:])
            with contextlib.suppress(OSError):
                if self.api.ask("GET", "/readyz")[0] == 200:
                    return
            time.sleep(0.2)
        raise AssertionError(self.log_of("kube-apiserver")[-4000:])
