"""One measurement of one service."""

import dataclasses
import json
import subprocess
import time

from .machine_use import MachineUse
from .service import clean_environment
from .unavailable import Unavailable

# Beyond warm-up and measurement: reading the pictures, the last answers.
PATIENCE_S = 60


@dataclasses.dataclass(frozen=True)
class Load:
    """A closed loop of `clients`, or else an open loop of `rate` per second.

    What is below `arrivals` is for gRPC only; 0 leaves it out.
    """

    pictures: str
    warm_up_s: float
    seconds: float
    clients: int = 0
    rate: float = 0
    arrivals: str = "poisson"
    deadline_s: float = 0
    max_in_flight: int = 0
    stream: bool = False

    def shape_flags(self):
        if self.clients:
            flags = ["--clients", self.clients]
        else:
            flags = ["--rate", f"{self.rate:.2f}", "--arrivals", self.arrivals]
        if self.deadline_s:
            flags += ["--deadline", f"{int(1e3 * self.deadline_s)}ms"]
        if self.max_in_flight:
            flags += ["--max_in_flight", self.max_in_flight]
        return flags + ["--stream"] * self.stream


def measure(service, load):
    """Its figures as a flat dictionary."""
    use = MachineUse(service.group)
    generator = start(service, load)
    time.sleep(load.warm_up_s + load.seconds / 2)
    memory_mb = service.group.memory_mb()
    figures = figures_of(report_of(generator, load))
    figures.update(use.figures())
    figures["memory_mb"] = round(memory_mb, 1)
    return figures


def start(service, load):
    """The load generator, as a process."""
    return subprocess.Popen(
        [str(word) for word in service.load_command(load)], text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=clean_environment())


def report_of(generator, load):
    """What it says at its end, which is waited for."""
    try:
        output, complaints = generator.communicate(
            timeout=load.warm_up_s + load.seconds + PATIENCE_S)
    except subprocess.TimeoutExpired as error:
        generator.kill()
        generator.communicate()
        raise Unavailable("the load generator hung") from error
    if not output:
        raise Unavailable(complaints.strip() or "the load generator failed")
    return json.loads(output)


def figures_of(report):
    """What is kept of the load generator's JSON."""
    run = report["runs"][0]
    stages = run["stages_ms"]
    return {
        "rate": run["achieved_rate"],
        "answered": run["answered"],
        "failed": run["failed"] + run["shed"],
        "p50_ms": run["latency_ms"]["p50"],
        "p99_ms": run["latency_ms"]["p99"],
        "decode_ms": stages["decode"]["p50"],
        "inference_ms": stages["inference"]["p50"],
        "generator_cpus": run["own_cpus"],
        "cpus": report["cpus"],
        "picture_bytes": report["mean_picture_bytes"],
    }
