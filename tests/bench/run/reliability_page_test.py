"""docs/reliability.md has a row for everything that is played."""

import re

from run import places
from run.attacks import ATTACKS
from run.overload import PRESSURES

PAGE = (places.REPO / "docs/reliability.md").read_text()


def test_every_attack_has_its_row_and_its_words():
    rows = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    assert rows == [attack.__name__ for attack in ATTACKS]
    assert all(attack.__doc__ for attack in ATTACKS)


def test_every_load_has_its_row():
    for each in PRESSURES:
        deadline = ("250 ms" if each.deadline_s < 1
                    else f"{each.deadline_s:g} s")
        what = f"| {each.times} ×, {deadline}, {each.calls}"
        assert what in PAGE, what
