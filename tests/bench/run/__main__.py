"""`make bench`: one run, from services to the pages in docs/."""

import signal
import sys

from . import (agreement, catalogue, machine, options as command_line,
               overload, places, prepare, results_page, tables)
from .fleet import Fleet
from .rounds import Rounds
from .results import Results
from .say import say
from .service import WanwuService
from .unavailable import Unavailable


def main():
    # As Ctrl-C, or services would be left behind, frozen.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    options = command_line.parse()
    (places.OUT / "logs").mkdir(parents=True, exist_ok=True)
    results = Results()
    pictures = prepare.pictures()
    package = prepare.package_of(options.model)
    results.data["machine"] = machine.describe()
    say("with " + ", ".join(f"{name} {version}" for name, version in
                            results.machine["packages"].items()))
    describe_setup(results, options, package, pictures)
    openvino = find_openvino(results, package, pictures)
    files = agreement.sample(pictures)
    catalog = catalogue.Catalogue(prepare.repository_of(options.model),
                                  package, openvino, files[0])
    with Fleet(results, catalog, files) as fleet:
        start_services(fleet, options, package)
        Rounds(results, fleet, openvino if isinstance(openvino, dict) else {},
               pictures, options).run()
    overload_wanwu(results, options, pictures, package)
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


def start_services(fleet, options, package):
    names = wanted(options)
    main_wanwu = catalogue.main_wanwu(package)
    if main_wanwu in names:
        fleet.time_starts(main_wanwu)
    for name in names:
        fleet.start(name)


def overload_wanwu(results, options, pictures, package):
    if options.only and "overload" not in options.only:
        return
    say("overload")
    overload.run(results, lambda: WanwuService(
        catalogue.main_wanwu(package), prepare.repository_of(options.model),
        places.OUT / "state"), prepare.folders(pictures),
        options.pace.overload_s, options.pace.overload_only)


def wanted(options):
    names = [*catalogue.ALL, *(catalogue.PEERS if options.peers else [])]
    return [name for name in names
            if not options.only or name.key in options.only]


def report(results, options):
    """JSON always; a whole run also renews what is in docs/."""
    (places.OUT / "results.json").write_text(results.to_json())
    print(tables.headline(results), results_page.render(results), sep="\n\n")
    folder = places.PAGE.parent if options.whole else places.OUT
    results_page.write(results, folder / places.PAGE.name,
                       folder / places.RESULTS_PAGE.name)
    write_plots(results, places.PLOTS if options.whole
                else places.OUT / "benchmarks")
    say(f"written: {folder}/{places.RESULTS_PAGE.name}, "
        f"{places.OUT}/results.json")


def write_plots(results, folder):
    # Slow to import, and not needed until here.
    from . import plots  # pylint: disable=import-outside-toplevel
    plots.write(results, folder)


if __name__ == "__main__":
    main()
