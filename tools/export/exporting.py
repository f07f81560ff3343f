"""One export from weights to a package in place."""

import dataclasses
import pathlib

import torch

from export import (accuracy, bfloat16, compute, crops, int8, labels,
                    manifest, package, pictures, torchscript)
from export.architectures.architecture import Architecture
from export.errors import ExportError
from export.hashing import sha256_of
from export.quantised_network import ENGINE, engine_available
from export.weights import (RANDOM, Search, explicit_file, find_weights,
                            weights_of_program)

FP32_FILE = "model.fp32.pt"
INT8_FILE = "model.int8.pt"
LABELS_FILE = "labels.tsv"

_RANDOM_SEED = 0
_MEASURING_BATCH = 50


@dataclasses.dataclass(frozen=True)
class Request:
    """target: models/<name>/<version>. name: of the package.

    labels: rows, by class. scores: softmax or sigmoid, what the server makes
    of the network's answers. pictures: a folder to calibrate with, or None;
    then photographs: a folder of what crops are made of, or None.
    """

    architecture: Architecture
    target: pathlib.Path
    search: Search
    pictures: pathlib.Path | None
    name: str
    labels: list
    scores: str = manifest.SOFTMAX
    photographs: pathlib.Path | None = None
    random: bool = False
    force: bool = False


@dataclasses.dataclass
class _Draft:
    """What the manifest will say, gathered on the way."""

    precisions: dict = dataclasses.field(default_factory=dict)
    measured: dict | None = None
    notes: list = dataclasses.field(default_factory=list)


def export(request, progress):
    """Returns whether a package was made."""
    if is_done(request):
        progress.say(f"{request.target} is already whole "
                     "(--force makes it anew)")
        return False
    progress.say(f"exporting {request.name} to {request.target}")
    weights = _find_weights(request, progress)
    compute.use_all_cpus()
    compute.keep_freed_memory()
    compute.run_torchscript_uncompiled()
    module = build_module(request.architecture, weights)
    picture_set = _load_pictures(request, progress)
    _check_classes(request, picture_set)
    with package.staged(request.target) as folder:
        draft = _Draft(notes=list(request.architecture.notes))
        if not weights.trained:
            draft.notes.append("untrained: random weights, answers mean "
                               "nothing; no int8")
        elif request.scores == manifest.SIGMOID:
            draft.notes.append("neither bf16 nor int8 was judged: several "
                               "classes may be right at once")
        elif picture_set is None:
            draft.notes.append("no int8: no pictures to calibrate with")
        _write_fp32(folder, request, module, draft, progress)
        if picture_set is not None:
            _judge(request.architecture, module, picture_set, folder, draft,
                   progress)
        _finish(folder, request, weights, draft)
    progress.say(f"{request.target} is ready: "
                 f"{' and '.join(draft.precisions)}, "
                 f"{progress.seconds():.0f} s")
    return True


def is_done(request):
    """Whether the target already is what the request asks for."""
    if request.force or package.problems(request.target):
        return False
    contents = manifest.read(request.target)
    asked = {"input": request.architecture.input_spec.manifest(),
             "scores": request.scores}
    if any(contents.get(key, manifest.SOFTMAX) != value
           for key, value in asked.items()):
        return False
    if labels.read_own_labels(request.target / LABELS_FILE) != request.labels:
        return False
    named = explicit_file(request.architecture.name, request.search)
    if request.random:
        return True
    if named is not None and named.is_file():
        return contents["source"]["sha256"] == sha256_of(named)
    return contents["trained"]


def _find_weights(request, progress):
    if request.random:
        return RANDOM
    if request.architecture.load_state is None:
        return weights_of_program(request.search)
    return find_weights(request.architecture.name, request.search, progress)


def build_module(architecture, weights):
    """The module in eval mode with its weights."""
    torch.manual_seed(_RANDOM_SEED)
    module = architecture.build()
    if weights.trained and architecture.load_state is not None:
        try:
            architecture.load_state(module, weights.state)
        except RuntimeError as error:
            raise ExportError(
                f"{weights.source} does not hold {architecture.name}: "
                + " ".join(str(error).split())[:300]) from error
    return module.eval()


def _check_classes(request, picture_set):
    if picture_set is None or picture_set.classes is None:
        return
    if picture_set.classes.max().item() >= len(request.labels):
        raise ExportError(
            f"{request.pictures}/labels.tsv has class_index "
            f"{picture_set.classes.max().item()}, but there are "
            f"{len(request.labels)} labels")


def _load_pictures(request, progress):
    # What the bounds are about is one class per picture.
    if request.random or request.scores == manifest.SIGMOID:
        return None
    if request.pictures is not None:
        with progress.step(f"decode pictures of {request.pictures}"):
            return pictures.load_pictures(
                request.pictures, request.architecture.input_spec, progress)
    if request.photographs is not None:
        with progress.step(f"make crops of {request.photographs}"):
            return crops.load_crops(
                request.photographs, request.architecture.input_spec, progress)
    return None


def _write_fp32(folder, request, module, draft, progress):
    path = folder / FP32_FILE
    spec = request.architecture.input_spec
    example = spec.normalise(torch.randint(
        0, 256, (3, 3, spec.side, spec.side), dtype=torch.uint8,
        generator=torch.Generator().manual_seed(_RANDOM_SEED)))
    with progress.step("write fp32"):
        frozen = request.architecture.freeze(module, example)
        _check_answers(request, frozen, example)
        frozen.save(str(path))
    draft.precisions["fp32"] = {"file": FP32_FILE, "sha256": sha256_of(path),
                                "input": {"dtype": "float32"}}


@torch.inference_mode()
def _check_answers(request, frozen, example):
    try:
        answers = frozen(example)
    except RuntimeError as error:
        raise ExportError(
            f"{request.name} cannot take pictures of {list(example.shape)}: "
            f"{str(error).strip().splitlines()[-1]}") from error
    wanted = (len(example), len(request.labels))
    if (not isinstance(answers, torch.Tensor) or answers.shape != wanted
            or answers.dtype != torch.float32):
        shape = getattr(answers, "shape", type(answers).__name__)
        raise ExportError(
            f"{request.name} answers {len(example)} pictures with {shape}; "
            f"{len(request.labels)} labels want float32 {list(wanted)}")


def _judge(architecture, module, picture_set, folder, draft, progress):
    """Measures fp32 and adds int8 where it is within the bound."""
    with progress.step("run fp32 on the pictures"):
        logits = _run(torchscript.load_for_measuring(folder / FP32_FILE),
                      architecture, picture_set, progress)
    fp32 = accuracy.measure(logits, picture_set.classes)
    if picture_set.classes is not None:
        progress.say(f"fp32 on {len(picture_set)} pictures: {fp32}")
    draft.measured = {"set": picture_set.description,
                      "images": len(picture_set),
                      "fp32": fp32.manifest()}
    if isinstance(module, torch.jit.ScriptModule):
        draft.notes.append("bf16 was not judged: that needs the network's "
                           "Python code")
    else:
        _judge_bf16(architecture, module, picture_set, logits, draft, progress)
    reason = why_no_int8(architecture, picture_set)
    if reason:
        draft.notes.append(f"no int8: {reason}")
        progress.say(draft.notes[-1])
        return
    result = int8.make_int8(architecture.network(module),
                            architecture.input_spec, picture_set.pixels,
                            progress)
    judged = accuracy.measure(result.logits, picture_set.classes, logits)
    _keep_int8(result.model, architecture, folder, draft,
               Verdict(fp32, judged, len(picture_set)))
    progress.say(f"int8, cross-validated: {judged}")


def _judge_bf16(architecture, module, picture_set, logits, draft, progress):
    with progress.step("run bf16 on the pictures"):
        rounded = _run(bfloat16.emulate(module), architecture, picture_set,
                       progress, bfloat16.as_input)
    judged = accuracy.measure(rounded, picture_set.classes, logits)
    progress.say(f"bf16: {judged}")
    draft.measured["bf16"] = {**judged.manifest(), "method": bfloat16.METHOD}


@dataclasses.dataclass(frozen=True)
class Verdict:
    fp32: accuracy.Accuracy
    int8: accuracy.Accuracy
    pictures: int


def _keep_int8(model, architecture, folder, draft, verdict):
    if not accuracy.within_bound(verdict.fp32, verdict.int8):
        draft.notes.append(
            "no int8: outside the bound (top-1 at most "
            f"{100 * accuracy.MAX_TOP1_LOSS} points under fp32, at least "
            f"{100 * accuracy.MIN_AGREEMENT:.0f} % the same top-1): "
            f"{verdict.int8} on {verdict.pictures} pictures, {int8.METHOD}")
        return
    path = folder / INT8_FILE
    _write_int8(path, model, architecture.input_spec)
    affine = int8.input_affine(model)
    draft.precisions["int8"] = {
        "file": INT8_FILE, "sha256": sha256_of(path), "engine": ENGINE,
        "input": {"dtype": "quint8", "scale": affine.scale,
                  "zero_point": affine.zero_point}}
    draft.measured["int8"] = {**verdict.int8.manifest(),
                              "method": int8.METHOD}


def _write_int8(path, model, input_spec):
    """Writes, and reads back to see that the file says the same."""
    example = int8.example_input(model, input_spec)
    torchscript.freeze_quantised(model, example).save(str(path))
    with torch.inference_mode():
        wanted = model(example[:1])
        got = torch.jit.load(str(path))(example[:1])
    if not torch.equal(wanted, got):
        raise ExportError(f"{path.name} answers otherwise than the model it "
                          "was written from")


def why_no_int8(architecture, picture_set):
    """Why int8 is not even tried, or an empty text."""
    if architecture.network is None:
        return architecture.why_no_int8
    if len(picture_set) < int8.MIN_PICTURES:
        return (f"{len(picture_set)} pictures are too few to calibrate and "
                f"judge with, {int8.MIN_PICTURES} are needed")
    if not engine_available():
        return f"this PyTorch has no {ENGINE} engine"
    return ""


@torch.inference_mode()
def _run(module, architecture, picture_set, progress, convert=None):
    """convert: what becomes of the input before the module gets it."""
    logits = []
    for done, part in enumerate(picture_set.pixels.split(_MEASURING_BATCH)):
        progress.update(done * _MEASURING_BATCH, len(picture_set))
        values = architecture.input_spec.normalise(part)
        logits.append(module(convert(values) if convert else values))
    return torch.cat(logits)


def _finish(folder, request, weights, draft):
    labels.write_labels(folder / LABELS_FILE, request.labels)
    manifest.write(folder, {
        "format_version": manifest.FORMAT_VERSION,
        "name": request.name,
        "version": request.target.name,
        "architecture": request.architecture.name,
        "trained": weights.trained,
        "created": manifest.now(),
        "source": weights.manifest(),
        "input": request.architecture.input_spec.manifest(),
        "scores": request.scores,
        "labels": {"file": LABELS_FILE,
                   "sha256": sha256_of(folder / LABELS_FILE),
                   "count": len(request.labels)},
        "precisions": draft.precisions,
        "measured": draft.measured,
        "notes": draft.notes,
    })
    wrong = package.problems(folder)
    if wrong:
        raise ExportError("the package came out wrong: " + "; ".join(wrong))
