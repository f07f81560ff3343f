"""Generated parts in a page."""

import pytest

from run.page import fill
from run.places import PAGE

TEXT = """# Page
<!-- bench:begin one -->
old
<!-- bench:end one -->
between
<!-- bench:begin two -->
<!-- bench:end two -->
"""


def test_only_what_is_between_the_markers_changes():
    assert fill(TEXT, {"one": "new \\1"}) == TEXT.replace(
        "old", "\nnew \\1\n")


def test_filling_again_changes_nothing():
    once = fill(TEXT, {"one": "new", "two": "too"})
    assert fill(once, {"one": "new", "two": "too"}) == once


def test_a_part_without_a_place_is_refused():
    with pytest.raises(KeyError):
        fill(TEXT, {"three": "lost"})


def test_the_page_has_a_place_for_the_headline():
    fill(PAGE.read_text(), {"headline": ""})
