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
    """A closed loop of `clients`, or else an open loop of `rate` per second."""

    pictures: str
    warm_up_s: float
    seconds: float
    clients: int = 0
    rate: float = 0
    arrivals: str = "poisson"

    def shape_flags(self):
        if self.clients:
            return ["--clients", self.clients]
        return ["--rate", f"{self.rate:.2f}", "--arrivals", self.arrivals]


def measure(service, load):
    """Its figures as a flat dictionary."""
    use = MachineUse(service.group)
    generator = subprocess.Popen(
        [str(word) for word in service.load_command(load)], text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=clean_environment())
    time.sleep(load.warm_up_s + load.seconds / 2)
    memory_mb = service.group.memory_mb()
    try:
        output, complaints = generator.communicate(
            timeout=load.seconds + PATIENCE_S)
    except subprocess.TimeoutExpired as error:
        generator.kill()
        generator.communicate()
        raise Unavailable("the load generator hung") from error
    if not output:
        raise Unavailable(complaints.strip() or "the load generator failed")
    figures = figures_of(json.loads(output))
    figures.update(use.figures())
    figures["memory_mb"] = round(memory_mb, 1)
    return figures


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
