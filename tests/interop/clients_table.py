"""The table of docs/clients.md: what the tests have shown of each client.

As a program it makes the table (of the page that is named, or that one) of
what has run in this build folder, and leaves the cells as they are of which
nothing has; ctest -L interop runs all.
"""

import json
import pathlib
import re
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]
                    / "integration"))

# pylint: disable=wrong-import-position
import proofs  # noqa: E402
from environment import REPO  # noqa: E402
from examples import EXAMPLES, SOURCES  # noqa: E402

PAGE = REPO / "docs/clients.md"
COLUMNS = ("client", "version", *proofs.FEATURES)
_NOT_SHOWN = "–"


def _named(file, pattern):
    return re.search(pattern, (REPO / file).read_text())[1]


def _version_of_example(name):
    """The one that the example's manifest pins; Debian's have none here."""
    if name == "node":
        packages = json.loads((SOURCES / "node/package.json").read_text())
        return packages["dependencies"]["@grpc/grpc-js"]
    pins = {"go": ("go/go.mod", r"google\.golang\.org/grpc v(\S+)"),
            "java": ("java/pom.xml", r"<grpc.version>(.+?)<"),
            "rust": ("rust/Cargo.toml", r'tonic = \{ version = "=(.+?)"')}
    if name not in pins:
        return "Debian's"
    file, pattern = pins[name]
    return _named(f"client/examples/{file}", pattern)


def clients():
    """{name: (title, version)}, in the table's order."""
    found = {"wanwu": (
        "[Python, wanwu.Client and AsyncClient](../client/python/README.md)",
        _named("client/python/pyproject.toml", r'\nversion = "(.+?)"'))}
    for name, example in EXAMPLES.items():
        folder = name.removesuffix("_async")
        found[name] = (f"[{example.title}](../client/examples/{folder})",
                       _version_of_example(name))
    found["grpcurl"] = ("[grpcurl](#tools)", _named(
        "tests/interop/tools/go.mod", r"fullstorydev/grpcurl v(\S+)"))
    return found


def read(page):
    """The page's rows, {title: {column: cell}}."""
    rows = [re.findall(r"(?<=\| ).*?(?= \|)", line)
            for line in page.splitlines() if line.startswith("| ")]
    start = rows.index(list(COLUMNS))
    table = rows[start + 2:]
    return {row[0]: dict(zip(COLUMNS, row, strict=True)) for row in table}


def disagreements(page, shown):
    """What the page's table says otherwise than `shown`, by name of client,
    and than the manifests."""
    rows = read(page)
    known = clients()
    titles = [title for title, _ in known.values()]
    if list(rows) != titles:
        yield f"has the rows {list(rows)}, not {titles}"
        return
    for name, (title, version) in known.items():
        row = rows[title]
        if row["version"] != version:
            yield f"{name} is {version}, not {row['version']}"
        for feature in proofs.FEATURES if name in shown else ():
            cell = shown[name].get(feature, _NOT_SHOWN)
            if row[feature] != cell:
                yield f"{name}, {feature}: {row[feature]}, shown was {cell}"


def text(page, shown):
    rows = [COLUMNS, ("---",) * len(COLUMNS)]
    old = read(page)
    for name, (title, version) in clients().items():
        cells = ([shown[name].get(each, _NOT_SHOWN)
                  for each in proofs.FEATURES] if name in shown else
                 [old.get(title, {}).get(each, _NOT_SHOWN)
                  for each in proofs.FEATURES])
        rows.append((title, version, *cells))
    return "".join("| " + " | ".join(row) + " |\n" for row in rows)


def renewed(page, shown):
    """The page with that table in place of its own."""
    return re.sub(r"^\| client \|.*\n(\|.*\n)+",
                  lambda found: text(page, shown), page, count=1, flags=re.M)


def main(page=PAGE):
    path = pathlib.Path(page)
    path.write_text(renewed(path.read_text("utf-8"), proofs.read()), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
