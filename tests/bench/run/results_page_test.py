"""The page that is generated as a whole."""

from run import places, results_page, tables
from run.results import Results

MACHINE = {
    "date": "2026-11-25", "commit": "abc", "cpus": 2, "virtual": True,
    "cpu": "a CPU", "instructions": ["avx2"], "siblings": ["0", "1"],
    "memory_gb": 25, "kernel": "6.1", "governor": "not known",
    "packages": {f"package{i}": "1.0" for i in range(20)}}
SETUP = {"model": "resnet18 version 1", "rounds": 3, "seconds": 3,
         "pictures": 500, "picture_kb": 110}


def results():
    results = Results()
    results.machine.update(MACHINE)
    results.setup.update(SETUP)
    results.begin_round()
    results.add_overload("2 ×, 0.25 s, ordinary, unary", {
        "capacity": 190, "goodput": 171, "of_capacity": 0.9,
        "of_what_is_left": 0.97})
    return results


def test_every_table_is_on_the_page_and_prose_is_wrapped():
    text = results_page.render(results())
    assert "| 2 × | 0.25 s | ordinary | unary | 190 | 0.9 | 0.97 |" in text
    prose = [line for line in text.splitlines() if not line.startswith("|")]
    assert max(map(len, prose)) <= results_page.COLUMNS


def test_both_pages_are_written(tmp_path):
    results_page.write(results(), tmp_path / "page", tmp_path / "results")
    assert "0.97 | yes |" in (tmp_path / "page").read_text()
    assert (tmp_path / "results").read_text().startswith("# Benchmark results")


def test_the_headline_is_five_targets_that_are_nowhere_else():
    headline = tables.headline(results()).splitlines()[2:]
    assert len(headline) == 5
    for line in headline:
        assert line.split("|")[1].strip() not in tables.targets(results())


def test_the_page_in_docs_is_one_of_this_template():
    begin, _, _ = results_page.TEMPLATE.partition("{machine}")
    assert places.RESULTS_PAGE.read_text().startswith(begin)
