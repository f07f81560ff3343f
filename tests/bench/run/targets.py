"""What Wanwu is meant to reach, judged by one run's results."""

from .catalogue import GUNICORN, OPENVINO_SERVICES
from .engines import BATCHES
from .overload import PRESSURES
from .results import ratios
from .rounds import even_load
from .target import at_least, at_most

INT8, BF16, FP32 = "wanwu-int8", "wanwu-bf16", "wanwu-fp32"
BATCH_NAMES = [str(batch) for batch in BATCHES]
MEMORY_MB = 250
HEADLINE_PRESSURE = "2 ×, 0.25 s, ordinary, unary"


def headline(results):
    """The five that say most, each with the command that measures it."""
    bench = 'make bench FLAGS="--only {}"'
    work = _work(results)
    yield at_least(
        "answers/s to 32 clients, of what the same work does without a service "
        "around it", 0.95, _of_the_loop(results, "int8")
    ), bench.format("wanwu-int8,engines")
    yield at_least(
        "answers/s, times those of Flask, TorchScript and Gunicorn", 5,
        ratios(results.saturation(INT8), results.saturation(GUNICORN.key))
    ), bench.format("wanwu-int8,gunicorn")
    yield at_most(
        "99 of 100 answers at 80 % of that load take, in times of what "
        "decoding and inference take alone", 4,
        ratios(results.load(INT8, even_load(80), "p99_ms"), work)
    ), bench.format("wanwu-int8")
    yield at_least(
        "answers within 250 ms under twice the load that it can do, of what it "
        "can do", 0.95, results.overload(HEADLINE_PRESSURE, "of_what_is_left")
    ), f"tests/bench/overload.py --only '{HEADLINE_PRESSURE}'"
    yield at_most("memory with 32 clients", MEMORY_MB, results.load(
        INT8, "32", "memory_mb"), " MB"), bench.format("wanwu-int8")


def judge(results):
    """All others."""
    return [*_end_to_end(results), *_services(results), *_latency(results),
            *_overload(results), *_lanes(results), *_many_clients(results),
            *_start(results)]


def _end_to_end(results):
    for precision in ("bf16", "fp32"):
        yield at_least(f"{precision} at 32 clients, of the loop without RPC "
                       "less the load generator's share", 0.95,
                       _of_the_loop(results, precision))


def _of_the_loop(results, precision):
    """The load generator's share of the machine is no fault of the server."""
    key = f"wanwu-{precision}"
    shares = [1 - used / cpus if used is not None else None
              for used, cpus in zip(results.load(key, "32", "generator_cpus"),
                                    results.load(key, "32", "cpus"))]
    loop = results.engine("ceiling", precision, "loop", "images_per_s")
    ceiling = [rate * share if rate and share else None
               for rate, share in zip(loop, shares)]
    return ratios(results.load(key, "32", "rate"), ceiling)


def _services(results):
    yield at_least("fp32, times the Gunicorn service", 1.6,
                   ratios(results.saturation(FP32),
                          results.saturation(GUNICORN.key)))
    yield at_least("int8, times the fastest OpenVINO service", 1.25,
                   ratios(results.saturation(INT8), fastest_openvino(results)))
    others = _by_round(min, [results.load(service.key, "1", "p50_ms")
                             for service in (GUNICORN, *OPENVINO_SERVICES)])
    yield at_most("int8, p50 at one client, of the best other service's", 1,
                  ratios(results.load(INT8, "1", "p50_ms"), others))


def fastest_openvino(results):
    return _by_round(max, [results.saturation(service.key)
                           for service in OPENVINO_SERVICES])


def _work(results):
    """Decode and inference, as the server states them at one client."""
    return [decode + inference if decode else None for decode, inference in zip(
        results.load(INT8, "1", "decode_ms"),
        results.load(INT8, "1", "inference_ms"))]


def _latency(results):
    work = _work(results)
    yield at_most("int8, p99 at 80 % of saturation that comes at random, in "
                  "decode + inference", 4,
                  ratios(results.load(INT8, "80%", "p99_ms"), work))
    beyond = [p50 - own if own else None for p50, own in zip(
        results.load(INT8, "1", "p50_ms"), work)]
    yield at_most("int8, p50 at one client beyond decode + inference", 0.5,
                  beyond, " ms")


def _overload(results):
    for each in PRESSURES:
        least = 0.98 if (each.times, each.deadline_s) == (1, 1) else 0.95
        # What a stream's transport takes is not known, and next to nothing.
        figure = "of_capacity" if each.calls == "stream" else "of_what_is_left"
        if each.name != HEADLINE_PRESSURE:
            yield at_least(f"int8, {each.name}: answered in time, of what it "
                           "can do", least,
                           results.overload(each.name, figure))
        yield at_most(f"int8, {each.name}: work for nobody", 1,
                      [share and 100 * share for share in
                       results.overload(each.name, "for_nobody")], " %")
        if each.times == 10 and each.calls == "unary":
            yield at_most(f"int8, {each.name}: CPU of a refusal, beyond a null "
                          "service", 0.1,
                          results.overload(each.name, "refusal_ms"), " ms")


def _lanes(results):
    def lanes(precision, batch):
        return results.engine("ceiling", precision, "lanes_only", batch)

    for precision in ("int8", "bf16", "fp32"):
        for batch in BATCH_NAMES:
            yield at_least(
                f"{precision} lanes, batch {batch}, of oneDNN alone", 0.97,
                ratios(lanes(precision, batch),
                       results.engine("ceiling", precision, "onednn", batch)))
    for precision, batch, least in (("int8", "1", 1.05), ("int8", "8", 0.98),
                                    ("fp32", "1", 0.98), ("fp32", "8", 0.98),
                                    ("bf16", "1", 0.98), ("bf16", "8", 0.98)):
        yield at_least(
            f"{precision} lanes, batch {batch}, of OpenVINO alone", least,
            ratios(lanes(precision, batch),
                   results.engine("openvino", precision, batch)))
    for batch in BATCH_NAMES:
        yield at_least(f"bf16 lanes, batch {batch}, times fp32", 1.8,
                       ratios(lanes("bf16", batch), lanes("fp32", batch)))


def _many_clients(results):
    yield at_least("int8, 1000 clients, of 32 clients' throughput", 0.97,
                   ratios(results.load(INT8, "1000", "rate"),
                          results.load(INT8, "32", "rate")))
    yield at_most("int8, 1000 clients, errors", 0,
                  results.load(INT8, "1000", "failed"))
    beyond = [many - few if many and few else None for many, few in zip(
        results.load(INT8, "1000", "memory_mb"),
        results.load(INT8, "32", "memory_mb"))]
    encoded = [1000 * size / 1e6 for size in
               results.load(INT8, "1000", "picture_bytes") if size]
    yield at_most("int8, 1000 clients, memory beyond that of 32",
                  round(encoded[0]) if encoded else 110, beyond, " MB")


def _start(results):
    yield at_most("start to SERVING, batch times known", 1,
                  [results.start.get("again_s")], " s")
    yield at_most("start to SERVING, batch times measured", 5,
                  [results.start.get("first_s")], " s")


def _by_round(choose, series):
    """Of several services' values the best of each round."""
    return [choose((value for value in values if value is not None),
                   default=None) for values in zip(*series)]
