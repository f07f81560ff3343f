"""The results as plots: SVG with real text, a few KB each."""

import svg_plot
from matplotlib import pyplot

from .results import Spread
from .rounds import CLIENTS, FLOODED, OPEN_LOADS
from .tables import clients_text, shown

SHADES = ("#bcd3cb", "#6fa394", "#2f6f62")
LINES = ("#2f6f62", "#b5402f")


def write(results, folder):
    """throughput.svg and open_loop.svg."""
    folder.mkdir(parents=True, exist_ok=True)
    svg_plot.save(_throughput(results), folder / "throughput.svg")
    svg_plot.save(_open_loop(results), folder / "open_loop.svg")


def _throughput(results):
    """A bar per service and number of clients, with the rounds' spread."""
    names = [name for name in reversed(shown(results))
             if Spread.of(results.saturation(name.key))]
    figure, axes = pyplot.subplots(figsize=(8, 1 + 0.55 * len(names)),
                                   layout="constrained")
    height = 0.8 / len(CLIENTS)
    for i, clients in enumerate(CLIENTS):
        for row, name in enumerate(names):
            spread = Spread.of(results.load(name.key, str(clients), "rate"))
            if spread is None:
                continue
            axes.barh(row + (1 - i) * height, spread.median, height,
                      color=SHADES[i],
                      label=clients_text(clients) if row == 0 else None,
                      xerr=[[spread.median - spread.least],
                            [spread.most - spread.median]],
                      error_kw={"elinewidth": 0.8, "ecolor": "#444444"})
    axes.set_yticks(range(len(names)),
                    [f"{name.title.strip('*')}, {name.precision}"
                     for name in names])
    axes.set_xlabel("answers per second")
    if names:
        axes.legend(frameon=False, ncols=len(CLIENTS), loc="lower left",
                    bbox_to_anchor=(0, 1))
    return figure


def _open_loop(results):
    """Latency over load: p50 and p99 of each precision."""
    figure, axes = pyplot.subplots(figsize=(8, 3), layout="constrained")
    for key, colour in zip(FLOODED, LINES):
        for figure_name, style in (("p50_ms", "--"), ("p99_ms", "-")):
            spreads = [Spread.of(results.load(key, f"{percent}%", figure_name))
                       for percent in OPEN_LOADS]
            if None in spreads:
                continue
            medians = [spread.median for spread in spreads]
            axes.errorbar(
                OPEN_LOADS, medians, color=colour, linestyle=style, marker="o",
                markersize=3, capsize=2,
                yerr=[[m - s.least for m, s in zip(medians, spreads)],
                      [s.most - m for m, s in zip(medians, spreads)]],
                label=f"{key.removeprefix('wanwu-')} {figure_name[:3]}")
    axes.set_xlabel("offered load, % of saturation")
    axes.set_ylabel("latency, ms")
    axes.set_ylim(bottom=0)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(frameon=False, loc="upper left")
    return figure
