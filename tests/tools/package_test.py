"""Packages on disk: whole, broken and half-written ones; the labels."""

import json

import pytest

from export import labels, manifest, package
from export.errors import ExportError
from export.hashing import sha256_of


def fill(folder, text="model"):
    """A minimal whole package."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.fp32.pt").write_text(text)
    (folder / "labels.tsv").write_text("labels")
    manifest.write(folder, {
        "format_version": 1, "name": "m", "version": "1",
        "architecture": "resnet18", "trained": True,
        "created": manifest.now(),
        "source": {"weights": "w", "sha256": "s", "licence": "l"},
        "input": {"width": 224, "height": 224, "color": "RGB",
                  "resize_shorter_side": 256,
                  "interpolation": "bilinear_antialias", "divisor": 255.0,
                  "mean": [0.0] * 3, "std": [1.0] * 3},
        "labels": {"file": "labels.tsv", "count": 1,
                   "sha256": sha256_of(folder / "labels.tsv")},
        "precisions": {"fp32": {
            "file": "model.fp32.pt",
            "sha256": sha256_of(folder / "model.fp32.pt"),
            "input": {"dtype": "float32"}}},
        "measured": None, "notes": []})


def edit(folder, change):
    contents = manifest.read(folder)
    change(contents)
    manifest.write(folder, contents)


def test_whole_package_has_no_problems(tmp_path):
    fill(tmp_path)
    assert package.problems(tmp_path) == []


@pytest.mark.parametrize("change,problem", [
    (lambda c: c.pop("trained"), "trained is missing"),
    (lambda c: c.update(notes="x"), "notes has the wrong type"),
    (lambda c: c.update(format_version=2), "format_version is not 1"),
    (lambda c: c["input"].pop("mean"), "input.mean is missing"),
    (lambda c: c["precisions"].pop("fp32"), "precisions.fp32 is missing"),
    (lambda c: c["precisions"]["fp32"].pop("sha256"),
     "precisions.fp32.sha256 is missing"),
    (lambda c: c.update(measured={"images": 1}), "measured.set is missing"),
])
def test_manifest_problem_is_named(tmp_path, change, problem):
    fill(tmp_path)
    edit(tmp_path, change)
    assert problem in package.problems(tmp_path)


def test_int8_must_say_how_its_input_is_quantised(tmp_path):
    fill(tmp_path)
    edit(tmp_path, lambda c: c["precisions"].update(
        int8={**c["precisions"]["fp32"], "engine": "onednn"}))
    assert ("precisions.int8.input.scale is missing"
            in package.problems(tmp_path))


def test_changed_file_is_noticed(tmp_path):
    fill(tmp_path)
    (tmp_path / "model.fp32.pt").write_text("other")
    assert package.problems(tmp_path) == [
        "model.fp32.pt does not match its sha256"]


def test_missing_package_is_a_problem(tmp_path):
    assert package.problems(tmp_path / "none")


def test_manifest_that_is_not_json_is_a_problem(tmp_path):
    (tmp_path / "manifest.json").write_text("{")
    assert package.problems(tmp_path)


def test_staged_package_appears_only_when_done(tmp_path):
    target = tmp_path / "m" / "1"
    with package.staged(target) as folder:
        fill(folder)
        assert not target.exists()
        assert folder.name.startswith(".")
    assert package.problems(target) == []
    assert [path.name for path in target.parent.iterdir()] == ["1"]


def test_failed_export_leaves_nothing(tmp_path):
    target = tmp_path / "m" / "1"
    with pytest.raises(ExportError):
        with package.staged(target) as folder:
            fill(folder)
            raise ExportError("stop")
    assert list(target.parent.iterdir()) == []


def test_failed_export_keeps_the_package_that_was_there(tmp_path):
    target = tmp_path / "m" / "1"
    fill(target, "old")
    with pytest.raises(ExportError):
        with package.staged(target) as folder:
            fill(folder, "new")
            raise ExportError("stop")
    assert (target / "model.fp32.pt").read_text() == "old"


def test_finished_export_replaces_the_package_that_was_there(tmp_path):
    target = tmp_path / "m" / "1"
    fill(target, "old")
    (target / "model.int8.pt").write_text("old")
    with package.staged(target) as folder:
        fill(folder, "new")
    assert (target / "model.fp32.pt").read_text() == "new"
    assert not (target / "model.int8.pt").exists()
    assert [path.name for path in target.parent.iterdir()] == ["1"]


def test_what_a_killed_export_left_is_removed(tmp_path):
    target = tmp_path / "m" / "1"
    # No process has this number: it is above the kernel's limit.
    abandoned = tmp_path / "m" / ".1.partial-99999999"
    fill(abandoned)
    with package.staged(target) as folder:
        fill(folder)
    assert not abandoned.exists()


def test_project_labels_name_each_of_1000_classes():
    rows = labels.read_labels()
    assert len(rows) == 1000
    assert len({row["wordnet_id"] for row in rows}) == 1000
    for row in rows:
        assert row["wordnet_id"][0] == "n"
        assert len(row["wordnet_id"]) == 9
        assert all(row[name].strip() for name in labels.COLUMNS)


def test_project_labels_are_unambiguous_in_chinese():
    names = [row["label_zh"] for row in labels.read_labels()]
    assert len(set(names)) == len(names)
    assert [name for name in names if name != name.strip()] == []


@pytest.mark.parametrize("text,problem", [
    ("index\tlabel\n", "expected the columns"),
    ("index\twordnet_id\tlabel_en\tlabel_zh\n1\tn\ta\tb\n", "row 0"),
    ("index\twordnet_id\tlabel_en\tlabel_zh\n0\tn\ta\t\n", "empty"),
])
def test_broken_labels_are_refused(tmp_path, text, problem):
    path = tmp_path / "labels.tsv"
    path.write_text(text)
    with pytest.raises(ExportError, match=problem):
        labels.read_labels(path)


def test_manifest_is_readable_by_other_tools(tmp_path):
    fill(tmp_path)
    text = (tmp_path / manifest.FILE).read_text(encoding="utf-8")
    assert json.loads(text)["format_version"] == 1
