"""The command line of the benchmark."""

import argparse
import dataclasses

from . import prepare
from .catalogue import ALL, PEERS


@dataclasses.dataclass(frozen=True)
class Pace:
    """How long each part takes, in seconds, and how often it is repeated."""

    rounds: int
    warm_up_s: float
    closed_s: float
    open_s: float
    engine_s: float
    # Once, not in every round.
    overload_s: float
    # Which of them, by a part of their names.
    overload_only: str = ""


FULL = Pace(rounds=3, warm_up_s=1, closed_s=3, open_s=6, engine_s=0.8,
            overload_s=3)
QUICK = Pace(rounds=1, warm_up_s=0.5, closed_s=1, open_s=2, engine_s=0.5,
             overload_s=1, overload_only="2 ×, 0.25 s")


NAMES = [*(name.key for name in [*ALL, *PEERS]), "engines", "overload"]


def _names(text):
    names = text.split(",")
    for name in names:
        if name not in NAMES:
            raise argparse.ArgumentTypeError(f"there is no {name}")
    return names


def parse(arguments=None):
    parser = argparse.ArgumentParser(
        prog="make bench",
        description="Compares Wanwu with other services and with the engines "
        "alone, in one run. A whole run writes docs/benchmark-results.md and "
        "the table of docs/benchmarks.md; with --quick or --only they go to "
        "build/bench/ instead.")
    parser.add_argument("--quick", action="store_true",
                        help="one short round, to see that all of it works")
    parser.add_argument("--only", metavar="NAME,...", default=[], type=_names,
                        help=f"of {', '.join(NAMES)}")
    parser.add_argument("--peers", action="store_true",
                        help="Triton and TorchServe, too; not within 15 minutes")
    parser.add_argument("--model", default=prepare.default_model())
    options = parser.parse_args(arguments)
    options.peers = options.peers or any(
        name.key in options.only for name in PEERS)
    options.pace = QUICK if options.quick else FULL
    options.whole = not options.quick and not options.only
    return options
