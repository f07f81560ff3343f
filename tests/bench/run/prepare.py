"""What has to be there before the first measurement."""

import json
import shutil
import subprocess

from . import places
from .say import say
from .unavailable import Unavailable

# Of pictures that take longer to decode than to classify.
LARGE = (3000, 2250)
LARGE_COUNT = 8


def default_model():
    """As the server's: the first of these that there is a package of."""
    models = ("resnet18", "efficientnet_lite0")
    return next((model for model in models if _versions_of(model)), models[0])


def _versions_of(model):
    return [folder for folder in (places.MODELS / model).glob("[0-9]*")
            if (folder / "manifest.json").exists()]


def package_of(model):
    """The newest version of a model's package."""
    versions = _versions_of(model)
    if not versions:
        raise SystemExit(f"no package of {model} in {places.MODELS}")
    return max(versions, key=lambda folder: int(folder.name))


def repository_of(model):
    """A folder with that model alone, so that memory is that of one model."""
    repository = places.OUT / "models" / model
    repository.mkdir(parents=True, exist_ok=True)
    link = repository / model
    link.unlink(missing_ok=True)
    link.symlink_to(places.MODELS / model)
    return repository


def pictures():
    """A folder of JPEGs: the shared ones, else the example photographs."""
    if places.SHARED_PICTURES.is_dir():
        return places.SHARED_PICTURES
    photos = sorted(places.PHOTOS.glob("*.[jp][pn]g"))
    if not photos:
        raise SystemExit("no pictures; make setup fetches some")
    folder = places.OUT / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    for photo in photos:
        _save_as_jpeg(photo, folder / f"{photo.stem}.jpg")
    return folder


def folders(ordinary):
    """{name: folder} of what an overloaded server is asked."""
    return {"ordinary": str(ordinary), "large": str(large_pictures(ordinary))}


def large_pictures(folder):
    """JPEGs of LARGE pixels, out of some of a folder's."""
    out = places.OUT / "large_pictures"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    for photo in sorted(folder.glob("*.[jJ][pP]*[gG]"))[:LARGE_COUNT]:
        _save_as_jpeg(photo, out / f"{photo.stem}.jpg", LARGE)
    return out


def _save_as_jpeg(photo, out, size=None):
    from PIL import Image  # pylint: disable=import-outside-toplevel
    with Image.open(photo) as picture:
        picture = picture.convert("RGB")
        if size:
            picture = picture.resize(size, Image.Resampling.BICUBIC)
        picture.save(out, quality=90)


def openvino_models(package, folder):
    """{precision: file}, made anew where the package is another one."""
    if not places.VENV_PYTHON.exists():
        raise Unavailable("PyPI's packages could not be fetched")
    out = places.OUT / "openvino" / package.parent.name
    files = {precision: out / f"{precision}.xml"
             for precision in ("fp32", "int8")}
    mark = out / "made_of.json"
    origin = _digest(package)
    if not mark.exists() or mark.read_text() != origin:
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir(parents=True)
        say("converting the model for OpenVINO and quantising it (30 s, once)")
        _convert(package, folder, out)
        mark.write_text(origin)
    return files


def _digest(package):
    manifest = json.loads((package / "manifest.json").read_text())
    return manifest["precisions"]["fp32"]["sha256"]


def _convert(package, folder, out):
    onnx = out / "model.onnx"
    for command in (
            [places.PYTHON, places.BASELINE / "onnx_export.py", package, onnx],
            [places.VENV_PYTHON, places.BASELINE / "openvino_model.py",
             package, onnx, folder, out]):
        done = subprocess.run([str(word) for word in command], text=True,
                              capture_output=True, check=False)
        if done.returncode != 0:
            raise Unavailable("the model could not be converted: "
                              + done.stderr.strip().splitlines()[-1])
