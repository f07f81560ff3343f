"""docs/benchmark-results.md: every figure of a run, written as a whole.

`cd tests/bench && /usr/bin/python3 -B -m run.results_page` writes it anew from
what the last run left in build/bench/results.json.
"""

import json
import textwrap

from . import page, places, tables
from .results import Results

COLUMNS = 120
PARTS = ("machine", "targets", "services", "open_loops", "overload", "engines")
TEMPLATE = """# Benchmark results

Written by `make bench`; edits are lost. The targets that matter most, and how all of this is measured, are in
[benchmarks.md](benchmarks.md); what bounds the figures is in [performance.md](performance.md). To write this page and
the table there anew from the last run's `build/bench/results.json`:

```
cd tests/bench && /usr/bin/python3 -B -m run.results_page
```

## The machine

{machine}

## Further targets

{targets}

Decode + inference is what the server itself states for one client (medians). The loop without RPC and the lanes are
measured by `wanwu-engine-ceiling` (`tests/bench/`).

## Wanwu and other services

{services}

![Answers per second of each service at 1, 8 and 32 clients](benchmarks/throughput.svg)

*Times as fast* compares the best throughputs of up to 32 clients.

## Under a load that does not wait

Open loop, arrivals at random (Poisson) unless it says *evenly*, latency from the time that a request was due; the load
in percent of the round's best closed loop.

{open_loops}

![Latency of Wanwu by offered load](benchmarks/open_loop.svg)

## Under more than it can do

The load in times of what a closed loop of 32 clients got; from idle, at random (Poisson), each request with a deadline.
The large pictures are JPEGs of 3000 × 2250 pixels, made from eight of the others.

{overload}

## Engines alone

Random pixels in, class scores out, no decoding and no service around it.

{engines}
"""


def render(results):
    parts = {name: getattr(tables, name)(results) for name in PARTS}
    parts["machine"] = wrap(parts["machine"])
    return TEMPLATE.format(**parts)


def wrap(text):
    return "\n\n".join(
        textwrap.fill(paragraph, COLUMNS, break_long_words=False,
                      break_on_hyphens=False)
        for paragraph in text.split("\n\n"))


def write(results, page_file, results_file):
    """Both pages; of the first only the table is changed."""
    page_file.write_text(page.fill(places.PAGE.read_text(),
                                   {"headline": tables.headline(results)}))
    results_file.write_text(render(results))


if __name__ == "__main__":
    write(Results(json.loads((places.OUT / "results.json").read_text())),
          places.PAGE, places.RESULTS_PAGE)
