#!/usr/bin/python3
"""Puts files into a program: writes an assembler source that includes their
bytes, and a C++ source that lists them for wanwu::gateway::EmbeddedFiles().

A folder's files are served below its URL path. What is smaller for it is also
included compressed. Names with a hash in them, as the bundler makes them below
assets/, may be kept by browsers for good. Of the sample photographs, those that
are there are included, each with a thumbnail where Pillow is there to make it,
and the list of them is made accordingly. The names of classes become one table.
"""

import argparse
import gzip
import hashlib
import json
import pathlib
import re
import sys

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
# Twice what the page shows, for dense screens.
THUMBNAIL = (480, 320)
HASHED = re.compile(r"/assets/.*-[\w-]{8,}\.\w+$")

SOURCE = """\
// Written by gateway/embed_files.py.
#include <array>

#include "gateway/app/embedded_files.h"

namespace {{
extern "C" {{
{symbols}
}}

std::string_view View(const char* begin, const char* end) {{
  return {{begin, static_cast<std::size_t>(end - begin)}};
}}
}}  // namespace

namespace wanwu::gateway {{

std::span<const StaticFile> EmbeddedFiles() {{
  static const std::array<StaticFile, {count}> files = {{{{
{entries}
  }}}};
  return files;
}}

}}  // namespace wanwu::gateway
"""


def files_of(arguments):
    """Pairs of URL path and file, sorted."""
    for argument in arguments:
        url, _, name = argument.partition("=")
        path = pathlib.Path(name)
        if path.is_dir():
            prefix = url.rstrip("/")
            for file in sorted(path.rglob("*")):
                if file.is_file():
                    yield f"{prefix}/{file.relative_to(path).as_posix()}", file
        else:
            yield url, path


def samples_of(description, folder, output):
    """As files_of: the photographs in `folder` and their list."""
    there = [sample for sample in json.loads(description.read_text())
             if (folder / sample["file"]).is_file()]
    for sample in there:
        photograph = folder / sample["file"]
        yield f"/samples/{sample['file']}", photograph
        thumbnail = output / f"{photograph.stem}-small.jpg"
        if make_thumbnail(photograph, thumbnail):
            sample["thumbnail"] = thumbnail.name
            yield f"/samples/{thumbnail.name}", thumbnail
    listing = output / "samples.json"
    listing.write_text(json.dumps(there, ensure_ascii=False))
    yield "/samples/index.json", listing


def label_table_of(labels, groups, output):
    """As files_of: the names of classes in each language, and the kinds of
    things that they are, for pages that name answers anew without asking."""
    def rows(path):
        lines = path.read_text(encoding="utf-8").splitlines()
        return [line.split("\t") for line in lines[1:]]

    kinds = {}
    classes = []
    for (_, wordnet_id, *names), (same_id, _, *kind) in zip(
            rows(labels), rows(groups), strict=True):
        if wordnet_id != same_id:
            sys.exit(f"embed_files.py: {groups} has {same_id} where {labels} "
                     f"has {wordnet_id}")
        number = kinds.setdefault(tuple(kind), len(kinds))
        classes.append([wordnet_id, *names, number])
    table = output / "labels.json"
    table.write_text(json.dumps(
        {"languages": ["en", "zh"], "groups": list(kinds), "classes": classes},
        ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
    yield "/labels/imagenet1k.json", table


def make_thumbnail(photograph, thumbnail):
    """Whether there is one now: a page with full-size samples would weigh four
    times as much."""
    try:
        from PIL import Image, ImageOps
    except ImportError:
        return False
    with Image.open(photograph) as image:
        small = ImageOps.fit(image.convert("RGB"), THUMBNAIL)
        small.save(thumbnail, quality=80, optimize=True)
    return True


def content_type(path):
    try:
        return TYPES[path.suffix.lower()]
    except KeyError:
        sys.exit(f"embed_files.py: no content type known for {path}")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--samples", nargs=2, type=pathlib.Path, required=True,
                        metavar=("DESCRIPTION.json", "FOLDER"))
    parser.add_argument("--labels", nargs=2, type=pathlib.Path, required=True,
                        metavar=("LABELS.tsv", "GROUPS.tsv"))
    parser.add_argument("output", type=pathlib.Path)
    parser.add_argument("files", nargs="+", metavar="URL_PATH=FILE_OR_FOLDER")
    arguments = parser.parse_args()
    output = arguments.output
    output.mkdir(parents=True, exist_ok=True)
    assembly, symbols, entries = [".section .rodata"], [], []

    def include(name, file):
        assembly.extend([f".global {name}_begin", f".global {name}_end",
                         f"{name}_begin:", f'.incbin "{file.resolve()}"',
                         f"{name}_end:", ".byte 0"])
        symbols.append(f"extern const char {name}_begin[], {name}_end[];")
        return f"View({name}_begin, {name}_end)"

    files = list(files_of(arguments.files))
    files += samples_of(*arguments.samples, output)
    files += label_table_of(*arguments.labels, output)
    for number, (url, file) in enumerate(files):
        data = file.read_bytes()
        content = include(f"wanwu_file_{number}", file)
        packed = gzip.compress(data, 9, mtime=0)
        compressed = "{}"
        if len(packed) < 0.9 * len(data):
            packed_file = output / f"{number}.gz"
            packed_file.write_bytes(packed)
            compressed = include(f"wanwu_file_{number}_gzip", packed_file)
        etag = hashlib.sha256(data).hexdigest()[:32]
        immutable = "true" if HASHED.search(url) else "false"
        entries.append(f'      StaticFile{{"{url}", "{content_type(file)}", '
                       f'"\\"{etag}\\"", {immutable}, {content}, '
                       f"{compressed}}},")
    assembly.append('.section .note.GNU-stack,"",@progbits')
    (output / "embedded_files.S").write_text("\n".join(assembly) + "\n")
    (output / "embedded_files.cc").write_text(
        SOURCE.format(symbols="\n".join(symbols), count=len(files),
                      entries="\n".join(entries)))


main()
