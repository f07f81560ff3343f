"""The programs of client/examples: how each is made and run."""

import dataclasses
import os
import pathlib
import shutil
import subprocess
import sys
from typing import Callable

import pytest

from environment import (BIN_DIR, DEPS_DIR, PATIENCE, REPO, STUBS_DIR,
                         own_environment)

SOURCES = REPO / "client/examples"
SERVICE_CONFIG = REPO / "docs/service-config.json"
PROTO_PATH = (REPO / "proto", DEPS_DIR / "googleapis", "/usr/share/grpc-proto")
# Packages are fetched the first time, and compiled.
BUILD_PATIENCE = 1500


@dataclasses.dataclass(frozen=True)
class Example:
    """`make(folder)` gives the command, and may use the empty folder.
    `tools` are what the machine must have. `health` is who leaves out servers
    that are not serving: the service config, the program, or the gateway."""

    title: str
    make: Callable[[pathlib.Path], list]
    tools: tuple = ()
    retries: str = "service config"
    health: str = "service config"
    through_gateway: bool = False


@dataclasses.dataclass(frozen=True)
class Line:
    """What a program prints of one picture: a label or an error."""

    label: str = ""
    probability: float = 0.0
    code: str = ""
    reason: str = ""
    retry: str = ""
    message: str = ""


class Program:
    """An example that has been made."""

    def __init__(self, name, folder):
        self.name = name
        self.example = EXAMPLES[name]
        for tool in self.example.tools:
            if shutil.which(tool) is None:
                pytest.skip(f"no {tool}, which client/examples/{name} needs")
        self._command = self.example.make(folder)

    def run(self, address, *paths, **variables):
        """Lines by picture, each a list; paths are files or one folder.
        `variables` are WANWU_…, in lower case."""
        environment = own_environment()
        environment.update(
            WANWU_ADDRESS=address, WANWU_SERVICE_CONFIG=str(SERVICE_CONFIG),
            WANWU_PROTO_PATH=proto_path(), WANWU_DEADLINE=str(PATIENCE),
            PYTHONPATH=str(STUBS_DIR), PYTHONDONTWRITEBYTECODE="1")
        environment.update({f"WANWU_{name.upper()}": str(value)
                            for name, value in variables.items()})
        done = subprocess.run([*self._command, *map(str, paths)],
                              env=environment, capture_output=True, text=True,
                              timeout=2 * PATIENCE, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        lines = {}
        for line in done.stdout.splitlines():
            name, *rest = line.split("\t")
            lines.setdefault(name, []).append(_parse(rest))
        return lines


def proto_path():
    return ":".join(map(str, PROTO_PATH))


def _parse(rest):
    if rest[0] == "error":
        return Line(code=rest[1], reason=rest[2], retry=rest[3],
                    message=rest[4])
    return Line(label=rest[0], probability=float(rest[1]))


def _run(*command, fetches=False, **options):
    """A step of making a program. Where it fetches packages and cannot, the
    test is skipped."""
    done = subprocess.run([str(part) for part in command], check=False,
                          capture_output=True, text=True,
                          timeout=BUILD_PATIENCE, **options)
    said = (done.stderr + done.stdout).strip()
    if fetches and done.returncode != 0:
        pytest.skip(f"{command[0]} cannot fetch packages: "
                    + said.splitlines()[-1])
    assert done.returncode == 0, said


def _copy(language, folder):
    return pathlib.Path(shutil.copytree(
        SOURCES / language, folder / language,
        ignore=shutil.ignore_patterns("node_modules", "target")))


def _python(folder):
    return [sys.executable, SOURCES / "python/classify.py"]


def _python_async(folder):
    return [sys.executable, SOURCES / "python/classify_async.py"]


def _curl(folder):
    return [SOURCES / "curl/classify.sh"]


def _cpp(folder):
    prefix, build = folder / "prefix", folder / "build"
    _run("cmake", "--install", BIN_DIR.parent, "--prefix", prefix,
         "--component", "dev")
    _run("cmake", "-S", SOURCES / "cpp", "-B", build,
         f"-DCMAKE_PREFIX_PATH={prefix}")
    _run("cmake", "--build", build)
    return [build / "classify"]


def _node(folder):
    sources = _copy("node", folder)
    _run("npm", "ci", "--ignore-scripts", "--no-audit", fetches=True,
         cwd=sources)
    return ["node", sources / "classify.js"]


def _go(folder):
    sources = _copy("go", folder)
    _run("go", "mod", "download", fetches=True, cwd=sources)
    environment = {**os.environ, "WANWU_PROTO_PATH": proto_path()}
    _run("./generate.sh", cwd=sources, env=environment)
    _run("go", "build", "-mod=readonly", "-buildvcs=false", "-o",
         folder / "classify", ".", cwd=sources)
    return [folder / "classify"]


def _java(folder):
    sources = _copy("java", folder)
    done = subprocess.run(
        ["mvn", "--batch-mode", "--quiet", f"-Dproto.wanwu={REPO}/proto",
         "package"], cwd=sources, check=False, capture_output=True, text=True,
        timeout=BUILD_PATIENCE)
    if "could not be resolved" in done.stdout:
        pytest.skip("mvn cannot fetch packages: "
                    + done.stdout.strip().splitlines()[0])
    assert done.returncode == 0, done.stdout
    return ["java", "-jar", sources / "target/classify.jar"]


def _rust(folder):
    sources = _copy("rust", folder)
    _run("cargo", "fetch", fetches=True, cwd=sources)
    # Compiling takes minutes; that variable of cargo's keeps what is made.
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR",
                                         folder / "target"))
    environment = {**os.environ, "WANWU_PROTO_PATH": proto_path()}
    _run("cargo", "build", "--offline", f"--target-dir={target}",
         cwd=sources, env=environment)
    return [target / "debug/classify"]


EXAMPLES = {
    "python": Example("Python, grpcio", _python),
    "python_async": Example("Python, grpcio with asyncio", _python_async),
    "curl": Example("curl, through the gateway", _curl, ("curl",),
                    retries="curl", health="gateway", through_gateway=True),
    "cpp": Example("C++, libwanwu_client", _cpp, ("cmake",)),
    "node": Example("Node, @grpc/grpc-js", _node, ("node", "npm"),
                    health="program"),
    "go": Example("Go, grpc-go", _go, ("go", "protoc")),
    "java": Example("Java, grpc-java", _java, ("java", "mvn")),
    "rust": Example("Rust, tonic", _rust, ("cargo", "protoc"),
                    retries="program", health="program"),
}
