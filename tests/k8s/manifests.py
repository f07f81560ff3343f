"""The manifests as kustomize makes them, and what they say of pods."""

import functools
import os
import pathlib
import shutil
import subprocess

import pytest
import yaml

REPO = pathlib.Path(__file__).resolve().parents[2]
DEPS = pathlib.Path(os.environ.get("WANWU_DEPS_DIR", REPO / "build/deps"))
TOOLS = DEPS / "k8s"
OVERLAYS = sorted(path.parent.name
                  for path in REPO.glob("k8s/overlays/*/kustomization.yaml"))
JOBS = sorted(f"../jobs/{path.parent.name}"
              for path in REPO.glob("k8s/jobs/*/kustomization.yaml"))


def kubectl():
    """With a kustomize that is new enough."""
    if not (TOOLS / "kubectl").exists():
        pytest.skip(f"no {TOOLS}/kubectl; scripts/setup.sh --tests puts it "
                    "there")
    return str(TOOLS / "kubectl")


def render_folder(folder):
    done = subprocess.run([kubectl(), "kustomize", folder],
                          capture_output=True, text=True, timeout=60,
                          check=False)
    assert done.returncode == 0, done.stderr
    # Of what is deprecated, and of what has no effect.
    assert done.stderr == ""
    return done.stdout


@functools.cache
def render(overlay):
    return render_folder(REPO / "k8s/overlays" / overlay)


def objects(overlay):
    return list(yaml.safe_load_all(render(overlay)))


def of_kind(overlay, kind):
    return [thing for thing in objects(overlay) if thing["kind"] == kind]


def only(overlay, kind):
    (thing,) = of_kind(overlay, kind)
    return thing


def pod(overlay):
    """The labels and the spec of the pods of an overlay."""
    if of_kind(overlay, "Deployment"):
        template = only(overlay, "Deployment")["spec"]["template"]
        return template["metadata"]["labels"], template["spec"]
    # KServe puts these together.
    runtime = only(overlay, "ServingRuntime")["spec"]
    predictor = only(overlay, "InferenceService")["spec"]["predictor"]
    return runtime["labels"], {**predictor,
                               "containers": runtime["containers"]}


def program(container):
    return container["image"].partition(":")[0]


def containers(overlay):
    """By the name of the program that runs in it."""
    _, spec = pod(overlay)
    return {program(container): container
            for container in spec["initContainers"] + spec["containers"]}


def config_file(overlay, name):
    (data,) = [thing["data"] for thing in of_kind(overlay, "ConfigMap")
               if thing["metadata"]["name"].startswith("wanwu-config-")]
    return data[name]


def copy_of_tree(folder):
    """What kustomize reads, to be changed."""
    for name in ("k8s", "monitoring"):
        shutil.copytree(REPO / name, folder / name)
    return folder
