"""How plots look: SVG with real text, and the same file for the same plot."""

import matplotlib
from matplotlib import pyplot

matplotlib.use("svg")
matplotlib.rcParams.update({
    "svg.fonttype": "none",
    "svg.hashsalt": "wanwu",
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
})


def save(figure, file):
    # Without a date, so that an unchanged plot is an unchanged file.
    figure.savefig(file, metadata={"Date": None})
    pyplot.close(figure)
