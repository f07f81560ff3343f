"""The project's own class labels."""

import csv
import pathlib

from export.errors import ExportError

FILE = (pathlib.Path(__file__).resolve().parent.parent / "labels"
        / "imagenet1k.tsv")
COLUMNS = ["index", "wordnet_id", "label_en", "label_zh"]


def read_own_labels(path):
    """Rows as read_labels gives them of a user's file.

    It is a table with the header of the project's own, in which ids and
    Chinese labels may be empty, or has one label per line.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, ValueError) as error:
        raise ExportError(f"cannot read the labels {path}: {error}") from error
    if lines and lines[0].split("\t") == COLUMNS:
        rows = [dict(zip(COLUMNS, line.split("\t"))) for line in lines[1:]]
        return _checked(path, rows, ["label_en"])
    rows = [{"index": str(index), "wordnet_id": "", "label_en": line.strip(),
             "label_zh": ""} for index, line in enumerate(lines)]
    return _checked(path, rows, ["label_en"])


def write_labels(path, rows):
    lines = ["\t".join(row[name] for name in COLUMNS) for row in rows]
    path.write_text("\n".join(["\t".join(COLUMNS), *lines]) + "\n",
                    encoding="utf-8")


def read_labels(path=FILE):
    """Rows as dicts, checked: indices 0 to n-1 in order, nothing empty."""
    try:
        with open(path, encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream, delimiter="\t",
                                    quoting=csv.QUOTE_NONE)
            rows = list(reader)
    except OSError as error:
        raise ExportError(f"cannot read the labels: {error}") from error
    if reader.fieldnames != COLUMNS:
        raise ExportError(f"{path}: expected the columns {COLUMNS}")
    return _checked(path, rows, COLUMNS)


def _checked(path, rows, needed):
    if not rows:
        raise ExportError(f"{path}: no labels")
    for position, row in enumerate(rows):
        if row.get("index") != str(position):
            raise ExportError(f"{path}: row {position} has index "
                              f"{row.get('index')}")
        if (set(row) != set(COLUMNS) or not all(row[name] for name in needed)
                or any("\t" in (cell or "") for cell in row.values())):
            raise ExportError(f"{path}: row {position} has empty or "
                              "surplus fields")
    return rows
