"""`make bench`: one run, from services to docs/benchmarks.md."""

import contextlib
import shutil

from . import (agreement, catalogue, machine, options as command_line, page,
               places, prepare, tables)
from .rounds import Rounds
from .results import Results
from .say import say
from .unavailable import Unavailable


def main():
    options = command_line.parse()
    (places.OUT / "logs").mkdir(parents=True, exist_ok=True)
    results = Results()
    pictures = prepare.pictures()
    package = prepare.package_of(options.model)
    results.data["machine"] = machine.describe()
    describe_setup(results, options, package, pictures)
    openvino = find_openvino(results, package, pictures)
    files = agreement.sample(pictures)
    catalog = catalogue.Catalogue(prepare.repository_of(options.model),
                                  package, openvino, files[0])
    with contextlib.ExitStack() as stack:
        services = start_services(results, catalog, options, files, stack)
        Rounds(results, services,
               openvino if isinstance(openvino, dict) else {},
               pictures, options).run()
    report(results, options)


def describe_setup(results, options, package, pictures):
    files = list(pictures.glob("*.[jJ][pP]*[gG]"))
    size = sum(file.stat().st_size for file in files)
    results.setup.update({
        "model": f"{package.parent.name} version {package.name}",
        "rounds": options.pace.rounds,
        "seconds": options.pace.closed_s,
        "pictures": len(files),
        "picture_kb": size / len(files) / 1e3,
    })


def find_openvino(results, package, pictures):
    """{precision: file}, or the Unavailable that says why not."""
    try:
        return prepare.openvino_models(package, pictures)
    except Unavailable as error:
        for precision in ("int8", "fp32"):
            results.miss(f"openvino-{precision}", error)
        return error


def start_services(results, catalog, options, files, stack):
    """Each is started, asked whether it answers right, and frozen."""
    services = {}
    reference = None
    for name in wanted(options):
        say(f"starting {name.key}")
        try:
            if name.key == "wanwu-int8":
                time_starts(results, catalog, name)
            service = catalog.start(name)
            stack.callback(service.group.close)
            answers = agreement.best_classes(service, files)
            # Wanwu comes first.
            reference = reference or answers
            agreement.check(answers, reference)
            service.group.freeze()
        except Unavailable as error:
            say(f"{name.key}: not available: {error}")
            results.miss(name.key, error)
            continue
        services[name.key] = service
    return services


def wanted(options):
    names = [*catalogue.ALL, *(catalogue.PEERS if options.peers else [])]
    return [name for name in names
            if not options.only or name.key in options.only]


def time_starts(results, catalog, name):
    """Once without known batch times, once with them."""
    shutil.rmtree(places.OUT / "state", ignore_errors=True)
    for which in ("first_s", "again_s"):
        service = catalog.start(name)
        results.start[which] = round(service.start_s, 3)
        service.group.close()


def report(results, options):
    """JSON always; a whole run also renews what is in docs/."""
    (places.OUT / "results.json").write_text(results.to_json())
    parts = {name: getattr(tables, name)(results) for name in
             ("machine", "services", "open_loops", "engines", "targets")}
    text = page.fill(places.PAGE.read_text(), parts)
    for part in parts.values():
        print(part, end="\n\n")
    target = places.PAGE if options.whole else places.OUT / "benchmarks.md"
    target.write_text(text)
    write_plots(results, places.PLOTS if options.whole
                else places.OUT / "benchmarks")
    say(f"written: {target}, {places.OUT}/results.json")


def write_plots(results, folder):
    # Slow to import, and not needed until here.
    from . import plots  # pylint: disable=import-outside-toplevel
    plots.write(results, folder)


if __name__ == "__main__":
    main()
