"""The project's own class labels."""

import csv
import pathlib

from export.errors import ExportError

FILE = (pathlib.Path(__file__).resolve().parent.parent / "labels"
        / "imagenet1k.tsv")
COLUMNS = ["index", "wordnet_id", "label_en", "label_zh"]


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
    for position, row in enumerate(rows):
        if row["index"] != str(position):
            raise ExportError(f"{path}: row {position} has index "
                              f"{row['index']}")
        if None in row or not all(row[name] for name in COLUMNS):
            raise ExportError(f"{path}: row {position} has empty or "
                              "surplus fields")
    return rows
