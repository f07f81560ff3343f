"""docs/clients.md says what is tested, and of which versions."""

import clients_table
from environment import REPO


def test_table_of_clients_is_what_is_tested():
    page = (REPO / "docs/clients.md").read_text(encoding="utf-8")
    assert clients_table.text() in page
