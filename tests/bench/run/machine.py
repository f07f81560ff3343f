"""What the figures were measured on, and with."""

import datetime
import os
import pathlib
import platform
import re
import subprocess

from . import places

# Patterns: names hold versions that differ between releases.
PACKAGES = ("libtorch[0-9]*", "libdnnl[0-9]*", "libgrpc++[0-9]*",
            "libjpeg62-turbo", "python3-torch", "gunicorn")
MODULES = ("openvino", "nncf", "mosec", "starlette", "uvicorn", "simplejpeg")


def describe():
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        "commit": _commit(),
        "cpu": _cpu_model(),
        "cpus": len(os.sched_getaffinity(0)),
        "siblings": _siblings(),
        "virtual": "hypervisor" in _cpuinfo("flags").split(),
        "instructions": _instructions(),
        "governor": _read("/sys/devices/system/cpu/cpu0/cpufreq/"
                          "scaling_governor") or "not known",
        "kernel": platform.release(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE")
                           * os.sysconf("SC_PHYS_PAGES") / 1e9),
        "packages": {**_linked_onednn(), **_debian_versions(),
                     **_module_versions()},
    }


def _read(path):
    try:
        return pathlib.Path(path).read_text().strip()
    except OSError:
        return ""


def _output(*command):
    done = subprocess.run([str(word) for word in command], text=True,
                          capture_output=True, check=False)
    return done.stdout.strip()


def _commit():
    commit = _output("git", "-C", places.REPO, "describe", "--always",
                     "--dirty", "--abbrev=12")
    return commit or "not known"


def _cpuinfo(field):
    found = re.search(rf"^{field}\s*: (.*)$", _read("/proc/cpuinfo"),
                      re.MULTILINE)
    return found[1] if found else ""


def _cpu_model():
    family = ", ".join(f"{field} {_cpuinfo(field)}"
                       for field in ("cpu family", "model")
                       if _cpuinfo(field))
    return f"{_cpuinfo('model name') or platform.machine()} ({family})"


def _siblings():
    """Which CPUs are threads of the same core, as the kernel knows."""
    cores = {_read(file) for file in pathlib.Path(
        "/sys/devices/system/cpu").glob(
            "cpu[0-9]*/topology/thread_siblings_list")}
    return sorted(cores - {""})


def has_bf16():
    """Whether the CPU multiplies bfloat16 by itself."""
    return bool({"avx512_bf16", "amx_bf16"} & {*_cpuinfo("flags").split()})


def _instructions():
    interesting = ("avx2", "avx512f", "avx512_vnni", "avx_vnni", "avx512_bf16",
                   "amx_int8", "amx_bf16")
    return [name for name in interesting if name in _cpuinfo("flags").split()]


def _linked_onednn():
    """What the lanes run on, asked of a program that is linked as they are."""
    program = places.BIN / "wanwu-engine-ceiling"
    if not program.exists():
        return {}
    return {"oneDNN": _output(program, "--onednn_version")}


def _debian_versions():
    lines = _output("dpkg-query", "-W", "-f", "${Package} ${Version}\n",
                    *PACKAGES).splitlines()
    return dict(line.split() for line in lines if len(line.split()) == 2)


def _module_versions():
    if not places.VENV_PYTHON.exists():
        return {}
    lines = _output(places.VENV_PYTHON, "-m", "pip", "list", "--format=freeze",
                    "--disable-pip-version-check").splitlines()
    versions = dict(line.split("==") for line in lines if "==" in line)
    return {name: versions[name] for name in MODULES if name in versions}
