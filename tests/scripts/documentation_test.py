"""What the documentation points at is there."""

import pathlib
import re

import pytest

REPO = pathlib.Path(__file__).resolve().parents[2]
PAGES = [REPO / "README.md", REPO / "ARCHITECTURE.md", REPO / "CONTRIBUTING.md",
         *(REPO / "docs").glob("*.md")]
# A file or folder of ours: it begins in one of these.
ROOTS = ("batching", "client", "common", "config", "docs", "gateway", "proto",
         "scripts", "server", "tests", "tools", "cmake", "k8s", "monitoring",
         "packaging")
COLUMNS = 120


def prose_of(page):
    """Its lines without code blocks."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(),
                  flags=re.MULTILINE | re.DOTALL)
    return text.splitlines()


def alternatives(path):
    """`a.{h,cc}` is two files."""
    found = re.match(r"(.*)\{(.*)\}(.*)", path)
    if not found:
        return [path]
    before, among, after = found.groups()
    return [before + each + after for each in among.split(",")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_files_that_are_named_exist(page):
    for name in re.findall(r"`([\w./{},*-]+)`", "\n".join(prose_of(page))):
        if name.split("/")[0] not in ROOTS or "/" not in name:
            continue
        for path in alternatives(name):
            found = [*REPO.glob(path)] or [*REPO.glob(path + ".h")]
            assert found, f"{page.name} names {path}, which is not there"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_to_files_and_headings(page):
    for link in re.findall(r"\]\(([^)\s]+)\)", "\n".join(prose_of(page))):
        if ":" in link:
            continue
        name, _, heading = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), f"{page.name} links to {name}"
        if heading:
            headings = [re.sub(r"[^\w -]", "", line.lstrip("# ").lower())
                        .replace(" ", "-") for line in prose_of(target)
                        if line.startswith("#")]
            assert heading in headings, f"{page.name} links to {link}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_prose_is_wrapped(page):
    for line in prose_of(page):
        # Neither a table nor a code span can be broken.
        if not line.startswith(("|", "![", "`{")):
            assert len(line) <= COLUMNS, f"{page.name}: {line}"
