"""manifest.json of a model package: docs/model-package.md."""

import datetime
import json

FORMAT_VERSION = 1
SOFTMAX, SIGMOID = SCORES = ("softmax", "sigmoid")
FILE = "manifest.json"

_SHAPE = {
    "format_version": int, "name": str, "version": str, "architecture": str,
    "trained": bool, "created": str, "source": dict, "input": dict,
    "labels": dict, "precisions": dict, "measured": (dict, type(None)),
    "notes": list,
}
_SOURCE = {"weights": str, "sha256": str, "licence": str}
_INPUT = {
    "width": int, "height": int, "color": str, "resize_shorter_side": int,
    "interpolation": str, "divisor": (int, float), "mean": list, "std": list,
}
_LABELS = {"file": str, "sha256": str, "count": int}
_PRECISION = {"file": str, "sha256": str, "input": dict}
_QUANTISED_INPUT = {"dtype": str, "scale": float, "zero_point": int}
_MEASURED = {"set": str, "images": int, "fp32": dict}


def now():
    moment = datetime.datetime.now(datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def problems(manifest):
    """What is wrong with a parsed manifest, one sentence each."""
    found = list(_check(manifest, _SHAPE, ""))
    if found:
        return found
    if manifest["format_version"] != FORMAT_VERSION:
        return [f"format_version is not {FORMAT_VERSION}"]
    if manifest.get("scores", SOFTMAX) not in SCORES:
        found.append(f"scores is none of {', '.join(SCORES)}")
    for name, shape in (("source", _SOURCE), ("input", _INPUT),
                        ("labels", _LABELS)):
        found += _check(manifest[name], shape, f"{name}.")
    if manifest["measured"] is not None:
        found += _check(manifest["measured"], _MEASURED, "measured.")
    return found + list(_check_precisions(manifest["precisions"]))


def _check_precisions(precisions):
    if "fp32" not in precisions:
        yield "precisions.fp32 is missing"
    for name, precision in precisions.items():
        where = f"precisions.{name}."
        yield from _check(precision, _PRECISION, where)
        if name == "int8":
            yield from _check(precision, {"engine": str}, where)
            yield from _check(precision.get("input"), _QUANTISED_INPUT,
                              f"{where}input.")


def _check(values, shape, where):
    if not isinstance(values, dict):
        yield f"{where.rstrip('.') or 'manifest'} is not an object"
        return
    for name, kind in shape.items():
        if name not in values:
            yield f"{where}{name} is missing"
        elif not isinstance(values[name], kind):
            yield f"{where}{name} has the wrong type"


def write(folder, manifest):
    text = json.dumps(manifest, indent=1, ensure_ascii=False)
    (folder / FILE).write_text(text + "\n", encoding="utf-8")


def read(folder):
    """Raises OSError or ValueError."""
    return json.loads((folder / FILE).read_text(encoding="utf-8"))
