"""The results as tables in Markdown."""

import statistics

from .catalogue import ALL, PEERS
from .engines import BATCHES
from .overload import PRESSURES
from .results import Spread, ratios
from .rounds import (CLIENTS, EVEN_LOADS, FLOODED, MANY_CLIENTS, OPEN_LOADS,
                     even_load)
from .target import spread_text
from .targets import headline as headline_targets, judge

# Of whether a target was met.
WORDS = {True: "yes", False: "**no**", None: "–"}


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(map(str, row)) + " |" for row in rows]
    return "\n".join(lines)


def services(results):
    """Answers per second and p50, and how many times as fast Wanwu is."""
    head = ["service", "precision",
            *(f"{clients_text(clients)}: /s, p50 ms" for clients in CLIENTS),
            f"{MANY_CLIENTS} clients: /s", "MB at 32",
            "load generator's CPUs at 32", "Wanwu int8 is … times as fast"]
    own = results.saturation("wanwu-int8")
    rows = []
    for name in shown(results):
        if Spread.of(results.saturation(name.key)) is None:
            why = results.unavailable.get(name.key, "no answers")
            rows.append([name.title, name.precision, f"not available: {why}",
                         *[""] * (len(head) - 3)])
            continue
        rows.append([
            name.title, name.precision,
            *(_rate_and_p50(results, name.key, str(clients))
              for clients in CLIENTS),
            _spread(results.load(name.key, str(MANY_CLIENTS), "rate")),
            _spread(results.load(name.key, "32", "memory_mb")),
            _spread(results.load(name.key, "32", "generator_cpus")),
            _spread(ratios(own, results.saturation(name.key)))])
    return table(head, rows)


def open_loops(results):
    head = ["precision", "load", "offered and answered /s", "p50 ms", "p99 ms",
            "failed"]
    rows = []
    for key in FLOODED:
        for load in (*(f"{percent}%" for percent in OPEN_LOADS),
                     *map(even_load, EVEN_LOADS)):
            if Spread.of(results.load(key, load, "rate")) is None:
                continue
            rows.append([key.removeprefix("wanwu-"), load.replace("%", " %"),
                         *(_spread(results.load(key, load, figure))
                           for figure in ("rate", "p50_ms", "p99_ms",
                                          "failed"))])
    return table(head, rows)


def overload(results):
    """What of the capacity is left under more than the server can do."""
    head = ["load", "each due in", "pictures", "calls", "capacity /s",
            "answered in time, of capacity", "of what transport leaves",
            "work for nobody", "p99 ms", "refused /s", "not sent /s",
            "CPU ms of a refusal, beyond a null service"]
    rows = []
    for each in PRESSURES:
        def cell(figure, scale=1, unit="", name=each.name):
            return _spread([value and value * scale for value in
                            results.overload(name, figure)], unit)
        if cell("goodput") == "–":
            continue
        rows.append([
            f"{each.times} ×", f"{each.deadline_s:g} s", each.pictures,
            each.calls, cell("capacity"), cell("of_capacity"),
            cell("of_what_is_left"), cell("for_nobody", 100, " %"),
            cell("p99_ms"), cell("refused"), cell("not_sent"),
            cell("refusal_ms")])
    return table(head, rows)


def engines(results):
    head = ["engine", "precision",
            *(f"batch {batch}: pictures/s" for batch in BATCHES)]
    rows = []
    for title, engine, path in (
            ("oneDNN alone", "ceiling", ["onednn"]),
            ("Wanwu's lanes", "ceiling", ["lanes_only"]),
            ("OpenVINO, 2 streams", "openvino", [])):
        for precision in ("int8", "bf16", "fp32"):
            name = f"{engine}-{precision}"
            if name in results.unavailable:
                rows.append([title, precision, "not available: "
                             + results.unavailable[name], ""])
                continue
            cells = [_spread(results.engine(engine, precision, *path,
                                            str(batch))) for batch in BATCHES]
            if cells != ["–"] * len(BATCHES):
                rows.append([title, precision, *cells])
    for precision in ("int8", "bf16", "fp32"):
        loop = results.engine("ceiling", precision, "loop", "images_per_s")
        if Spread.of(loop):
            rows.append(["Wanwu's lanes with decoding, no RPC", precision,
                         _spread(loop), ""])
    return table(head, rows)


def targets(results):
    return table(["target", "aim", "measured", "met"],
                 [[target.what, target.aim, target.figure, WORDS[target.met]]
                  for target in judge(results)])


def headline(results):
    return table(["what", "aim", "measured", "met", "command"],
                 [[each.what, each.aim, each.figure, WORDS[each.met],
                   f"`{command}`"] for each, command in
                  headline_targets(results)])


def machine(results):
    about = results.machine
    setup = results.setup
    packages = ", ".join(f"{name} {version}"
                         for name, version in about["packages"].items())
    siblings = "; ".join(about["siblings"]) or "not known"
    return (
        f"{about['date']}, commit `{about['commit']}`: {about['cpus']} "
        f"{'virtual ' if about['virtual'] else ''}CPUs, {about['cpu']}, with "
        f"{', '.join(about['instructions'])}; CPUs of one core, as the kernel "
        f"sees it: {siblings}; {about['memory_gb']} GB; Linux "
        f"{about['kernel']}, governor {about['governor']}. {setup['model']}, "
        f"{setup['rounds']} rounds of {setup['seconds']:g} s per load, "
        f"{setup['pictures']} pictures of {setup['picture_kb']:.0f} KB in "
        f"turn.\n\n{_disturbances(results)}\n\n{packages}.")


def _disturbances(results):
    """How quiet the machine was: the mean and the worst of all loads."""
    parts = []
    for figure, who in (("other_cpus", "other processes"),
                        ("stolen_cpus", "the host")):
        values = results.all_loads(figure)
        if values:
            parts.append(f"{who} took {statistics.mean(values):.2f} CPUs "
                         f"({max(values):.2f} at worst)")
    return f"Meanwhile {' and '.join(parts)}." if parts else ""


def shown(results):
    measured = {key for each in results.data["rounds"]
                for key in each["services"]}
    return [name for name in [*ALL, *PEERS]
            if name.key in measured or name.key in results.unavailable]


def clients_text(clients):
    return "1 client" if clients == 1 else f"{clients} clients"


def _rate_and_p50(results, key, load):
    rate = _spread(results.load(key, load, "rate"))
    p50 = Spread.of(results.load(key, load, "p50_ms"))
    return f"{rate}, {p50.median:.1f}" if p50 else "–"


def _spread(values, unit=""):
    return spread_text(Spread.of(values), unit)
