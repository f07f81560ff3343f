"""What tests have shown of each client, kept in the build folder.

A test that shows a feature of a client says so with the mark `shows(FEATURE)`,
or with `shows(FEATURE, client=NAME)` where no parameter `program` names it. A
client's file is as old as the tests and examples it is of: a change of these
makes it void.
"""

import collections
import hashlib
import json
import pathlib

from environment import BIN_DIR, REPO

FEATURES = ("unary", "stream", "deadline", "errors", "retries", "TLS, token",
            "health")
FOLDER = BIN_DIR.parent / "interop-proofs"
# What the tests and the clients are made of.
SOURCES = ("tests/interop", "client/examples", "client/python", "proto",
           "docs/service-config.json")
_SUFFIXES = {".py", ".sh", ".cc", ".js", ".go", ".java", ".rs", ".json",
             ".toml", ".mod", ".xml", ".txt", ".proto"}
# Of builds.
_NOT_OURS = {"bin", "build", "node_modules", "pb", "target", "wanwu.egg-info"}


def _files(place):
    if place.is_file():
        return [place]
    return [path for path in place.rglob("*")
            if path.suffix in _SUFFIXES
            and not _NOT_OURS & set(path.relative_to(place).parts)]


def digest(root=REPO):
    """Of all that the tests and the clients are made of."""
    found = hashlib.sha256()
    for place in SOURCES:
        for path in sorted(_files(root / place)):
            found.update(str(path.relative_to(root)).encode() + b"\0")
            found.update(path.read_bytes() + b"\0")
    return found.hexdigest()


def read(folder=FOLDER):
    """{client: {feature: "yes" or "no"}}, of what has run."""
    found = {}
    now = digest()
    for path in sorted(folder.glob("*.json")):
        kept = json.loads(path.read_text())
        if kept["digest"] != now:
            continue
        outcomes = collections.defaultdict(list)
        for shown in kept["tests"].values():
            outcomes[shown["feature"]].append(shown["passed"])
        found[path.stem] = {
            feature: "yes" if all(passed) else "no"
            for feature, passed in outcomes.items()}
    return found


class Recorder:
    """A plugin of pytest's: writes at its end what the tests have shown."""

    def __init__(self, folder=FOLDER):
        self._folder = folder
        self._tests = collections.defaultdict(dict)

    def pytest_configure(self, config):
        config.addinivalue_line(
            "markers", "shows(feature, client=None): a cell of docs/clients.md")

    def pytest_runtest_logreport(self, report):
        """Skipped ones have shown nothing."""
        shown = dict(report.user_properties).get("shows")
        if shown is None or report.skipped:
            return
        client, feature = shown
        test = self._tests[client].setdefault(
            report.nodeid, {"feature": feature, "passed": True})
        test["passed"] = test["passed"] and report.passed

    def pytest_collection_modifyitems(self, items):
        for item in items:
            for mark in item.iter_markers("shows"):
                feature, = mark.args
                assert feature in FEATURES, feature
                client = mark.kwargs.get("client") or (
                    item.callspec.params["program"])
                item.user_properties.append(("shows", (client, feature)))

    def pytest_sessionfinish(self):
        """Keeps what other runs have shown of the same sources."""
        self._folder.mkdir(parents=True, exist_ok=True)
        now = digest()
        for client, tests in self._tests.items():
            path = self._folder / f"{client}.json"
            kept = json.loads(path.read_text()) if path.exists() else {}
            if kept.get("digest") != now:
                kept = {"digest": now, "tests": {}}
            kept["tests"].update(
                {pathlib.PurePath(name).name: test
                 for name, test in tests.items()})
            path.write_text(json.dumps(kept, indent=1) + "\n")
