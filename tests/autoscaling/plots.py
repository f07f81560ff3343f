"""Pods and answers over time, as SVG with real text."""

import pathlib
import sys

import numpy as np
from matplotlib import pyplot

import figures

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "support"))

# pylint: disable=wrong-import-position
import svg_plot  # noqa: E402

COLOURS = ("#6fa394", "#b5402f", "#8a8a8a", "#2f6f62")


def day(played, case, file):
    """Pods that there are, and those that would do without any room."""
    every = 20
    hours = np.array(played.times[::every]) / 3600
    needed = np.array(played.rates[::every]) / (
        case.lanes * figures.PICTURES_PER_CPU)
    figure, axes = pyplot.subplots(figsize=(8, 2.6), layout="constrained")
    axes.plot(hours, played.replicas[::every], color=COLOURS[3], label="pods")
    axes.plot(hours, needed, color=COLOURS[2], linewidth=0.8,
              label="as many as are busy")
    axes.set_xlabel("hour of the day")
    axes.set_xlim(0, 24)
    axes.set_xticks(range(0, 25, 4))
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False, loc="upper left")
    svg_plot.save(figure, file)


def crowd(all_played, case, file):
    """Above the pods, below the answers of each ten seconds."""
    figure, (above, below) = pyplot.subplots(
        2, 1, figsize=(8, 4.2), sharex=True, layout="constrained")
    for (name, played), colour in zip(all_played.items(), COLOURS):
        minutes = np.array(played.times) / 60
        above.step(minutes, played.replicas, color=colour, label=name,
                   where="post", linewidth=1.1)
        seconds = np.array(played.outcome.by_second)
        tens = seconds.reshape(-1, 10, 2).sum(axis=1)
        below.plot(np.arange(len(tens)) / 6, 100 * tens[:, 1] / tens[:, 0],
                   color=colour, linewidth=1)
    some = next(iter(all_played.values()))
    above.plot(np.array(some.times) / 60, np.array(some.rates)
               / (case.lanes * figures.PICTURES_PER_CPU),
               color="#444444", linestyle=":", linewidth=0.8,
               label="as many as are busy")
    above.set_ylabel("pods")
    above.set_ylim(bottom=0)
    above.legend(frameon=False, ncols=3, loc="lower left",
                 bbox_to_anchor=(0, 1))
    below.set_ylabel("answered in time, %")
    below.set_xlabel("minutes")
    below.set_xlim(15, 60)
    svg_plot.save(figure, file)
