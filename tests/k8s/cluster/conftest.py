"""One control plane for all tests; started by make test-k8s."""

import pathlib
import shutil
import subprocess
import sys

import pytest
import yaml

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

# pylint: disable=wrong-import-position
from control_plane import PROGRAMS, ControlPlane  # noqa: E402
from fed_metrics import FedMetrics  # noqa: E402
from manifests import TOOLS, copy_of_tree  # noqa: E402

ZONES = ("a", "b", "c")


@pytest.fixture(scope="session", name="plane")
def fixture_plane(tmp_path_factory):
    missing = [name for name in PROGRAMS if not (TOOLS / "bin" / name).exists()]
    assert not missing, f"no {missing}; make test-k8s builds them"
    plane = ControlPlane(TOOLS / "bin", tmp_path_factory.mktemp("plane"))
    try:
        plane.start()
        yield plane
    finally:
        plane.stop()


@pytest.fixture(scope="session", name="api")
def fixture_api(plane):
    return plane.api


def condition_is_true(thing, name):
    conditions = thing.get("status", {}).get("conditions") or ()
    return any(each["type"] == name and each["status"] == "True"
               for each in conditions)


@pytest.fixture(scope="session", name="nodes")
def fixture_nodes(api):
    """Two in each of three zones, with room for all that the tests run."""
    for zone in ZONES:
        for number in (1, 2):
            api.call("POST", "/api/v1/nodes", {
                "apiVersion": "v1", "kind": "Node",
                "metadata": {
                    "name": f"{zone}{number}",
                    "labels": {"kubernetes.io/hostname": f"{zone}{number}",
                               "topology.kubernetes.io/zone": zone}},
                "status": {part: {"cpu": "64", "memory": "256Gi",
                                  "pods": "110"}
                           for part in ("allocatable", "capacity")}})
    return api.wait("/api/v1/nodes", lambda nodes: len(nodes) == 6 and all(
        condition_is_true(node, "Ready") for node in nodes))


@pytest.fixture(scope="session", name="fed")
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


class Cluster:
    """What people do with kubectl."""

    def __init__(self, plane, folder):
        self.plane = plane
        self.folder = folder

    def kubectl(self, *arguments, text=None):
        return subprocess.run(
            [TOOLS / "kubectl", f"--kubeconfig={self.plane.kubeconfig}",
             f"--cache-dir={self.folder}/cache", *arguments], input=text,
            capture_output=True, text=True, timeout=120, check=False)

    def apply(self, *arguments, text=None):
        done = self.kubectl("apply", "--server-side", "--validate=strict",
                            *arguments, text=text)
        assert done.returncode == 0, done.stderr
        # Deprecations, and what Pod Security would refuse.
        assert "Warning" not in done.stderr
        return done.stdout

    def tree(self, overlay, namespace):
        """A copy of the manifests, with an overlay in a namespace of its own:
        the folder to change, and the one to apply."""
        tree = copy_of_tree(self.folder / namespace)
        own = tree / "k8s/overlays/own"
        own.mkdir()
        (own / "kustomization.yaml").write_text(yaml.safe_dump(
            {"namespace": namespace, "resources": [f"../{overlay}"]}))
        return tree, own


@pytest.fixture(scope="session", name="cluster")
def fixture_cluster(plane, tmp_path_factory):
    cluster = Cluster(plane, tmp_path_factory.mktemp("kubectl"))
    definitions = TOOLS / "crds"
    assert definitions.exists(), "no Go: no definitions of custom resources"
    cluster.apply("-f", str(definitions))
    plane.api.wait(
        "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
        lambda items: len(items) >= len(list(definitions.iterdir())) and all(
            condition_is_true(item, "Established") for item in items))
    yield cluster
    shutil.rmtree(cluster.folder, ignore_errors=True)
