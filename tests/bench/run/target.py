"""An aim of ours, and what came of it."""

import dataclasses
import typing

from .results import Spread


@dataclasses.dataclass(frozen=True)
class Target:
    """`met` is None where it could not be measured."""

    what: str
    aim: str
    figure: str
    met: typing.Optional[bool]


def at_least(what, least, values, unit=""):
    return _judge(what, f"≥ {least:g}{unit}", values, unit,
                  lambda median: median >= least)


def at_most(what, most, values, unit=""):
    return _judge(what, f"≤ {most:g}{unit}", values, unit,
                  lambda median: median <= most)


def _judge(what, aim, values, unit, holds):
    """By the median of the rounds."""
    spread = Spread.of(values)
    if spread is None:
        return Target(what, aim, "not measured", None)
    return Target(what, aim, spread_text(spread, unit), holds(spread.median))


def spread_text(spread, unit=""):
    if spread is None:
        return "–"
    if spread.least == spread.most:
        return f"{_short(spread.median)}{unit}"
    return (f"{_short(spread.median)}{unit} "
            f"({_short(spread.least)}–{_short(spread.most)})")


def _short(value):
    """Three digits, as the fourth is noise."""
    return f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"
