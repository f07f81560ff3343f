"""The table of docs/clients.md: what each example is tested to do."""

import json
import re

from examples import EXAMPLES, SOURCES

COLUMNS = ("client", "version", "unary", "stream", "deadline", "errors",
           "retries", "TLS, token", "health, round_robin")


def _named(file, pattern):
    return re.search(pattern, (SOURCES / file).read_text())[1]


def version_of(name):
    """The one that the example's manifest pins; Debian's have none here."""
    if name == "node":
        packages = json.loads((SOURCES / "node/package.json").read_text())
        return packages["dependencies"]["@grpc/grpc-js"]
    if name == "go":
        return _named("go/go.mod", r"google\.golang\.org/grpc v(\S+)")
    if name == "java":
        return _named("java/pom.xml", r"<grpc.version>(.+?)<")
    if name == "rust":
        return _named("rust/Cargo.toml", r'tonic = \{ version = "=(.+?)"')
    return "Debian's"


def rows():
    """Every test of examples_test.py runs for every example: what is not
    told apart here is "yes"."""
    yield COLUMNS
    yield ("---",) * len(COLUMNS)
    for name, example in EXAMPLES.items():
        folder = name.removesuffix("_async")
        yield (f"[{example.title}](../client/examples/{folder})",
               version_of(name), "yes", "yes", "yes", "yes", example.retries,
               "yes", example.health)


def text():
    return "".join("| " + " | ".join(row) + " |\n" for row in rows())


if __name__ == "__main__":
    print(text(), end="")
