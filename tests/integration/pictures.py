"""Pictures to classify: the shared ones, and what every machine has."""

import csv
import dataclasses
import io

from PIL import Image, ImageOps

from environment import DEPS_DIR, FULL, SANITIZED, SHARED_DIR

EVERY = 25 if SANITIZED else 1 if FULL else 4


@dataclasses.dataclass(frozen=True)
class Picture:
    """class_index is None where the right class is not known."""

    name: str
    encoded: bytes
    class_index: int | None = None


def shared_pictures(every=EVERY):
    """Each `every`-th. Empty if they are not there."""
    labels = SHARED_DIR / "images/labels.tsv"
    if not labels.is_file():
        return []
    with labels.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))[::every]
    return [Picture(row["file"], (labels.parent / row["file"]).read_bytes(),
                    int(row["class_index"])) for row in rows]


def photograph_paths():
    """Empty if scripts/setup.sh could not fetch them."""
    return sorted(path for path in (DEPS_DIR / "photos").glob("*")
                  if path.suffix in (".png", ".jpg"))


def photographs():
    """The photographs themselves and pictures made of each."""
    pictures = []
    for path in photograph_paths():
        pictures.append(Picture(path.name, path.read_bytes()))
        with Image.open(path) as opened:
            pictures.extend(_made_of(path.stem, opened.convert("RGB")))
    return pictures


def generated_pictures(count):
    """Pictures of nothing, no two alike."""
    made = []
    for i in range(count):
        ramp = Image.linear_gradient("L").rotate(7 * i)
        bands = [ramp, ImageOps.mirror(ramp), Image.radial_gradient("L")]
        turned = bands[i % 3:] + bands[:i % 3]
        image = Image.merge("RGB", turned).resize(
            (200 + 3 * i, 300 - 2 * (i % 140)))
        made.append(Picture(f"gradient {i}", encode(image, "JPEG")))
    return made


def _made_of(name, image):
    width, height = image.size
    halves = {
        "left": (0, 0, width // 2, height),
        "right": (width // 2, 0, width, height),
        "top": (0, 0, width, height // 2),
        "bottom": (0, height // 2, width, height),
    }
    variants = {half: image.crop(box) for half, box in halves.items()}
    variants["mirrored"] = ImageOps.mirror(image)
    variants["negative"] = ImageOps.invert(image)
    variants["small"] = image.resize((width // 4, height // 4))
    for (variant, picture), kind in zip(variants.items(),
                                        ("JPEG", "PNG", "WEBP") * 3):
        yield Picture(f"{name} {variant} {kind}", encode(picture, kind))


def encode(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()
