"""Every object is valid, without a field that its kind does not have."""

import functools
import json

import pytest
import yaml

from manifests import JOBS, OVERLAYS, TOOLS, objects

jsonschema = pytest.importorskip("jsonschema")

EVERYTHING = OVERLAYS + JOBS
VERSIONS = sorted(path.name for path in TOOLS.glob("schemas/v*"))


@functools.cache
def definitions(version):
    text = (TOOLS / "schemas" / version / "_definitions.json").read_text()
    return json.loads(text.replace("/api/_definitions.json#", "#"))["$defs"]


@functools.cache
def builtin_kinds(version):
    """The definition's name by apiVersion and kind."""
    return {("/".join(filter(None, (kind["group"], kind["version"]))),
             kind["kind"]): name
            for name, definition in definitions(version).items()
            for kind in definition.get("x-kubernetes-group-version-kind", ())}


def closed(schema):
    """As an API server reads it: what is not named may not be there."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {key: closed(part) for key, part in schema.items()}
    if schema.get("x-kubernetes-int-or-string"):
        schema.pop("type", None)
    if (isinstance(schema.get("properties"), dict)
            and "additionalProperties" not in schema
            and schema.get("type") == "object"
            and not schema.get("x-kubernetes-preserve-unknown-fields")):
        schema["additionalProperties"] = False
    return schema


@functools.cache
def custom_kinds():
    kinds = {}
    for path in TOOLS.glob("crds/*.yaml"):
        spec = yaml.safe_load(path.read_text())["spec"]
        for version in spec["versions"]:
            schema = version["schema"]["openAPIV3Schema"]
            key = f"{spec['group']}/{version['name']}", spec["names"]["kind"]
            kinds[key] = closed(schema)
    return kinds


def complaints(schema, thing):
    validator = jsonschema.Draft7Validator(schema)
    return ["/".join(map(str, error.absolute_path)) + ": " + error.message
            for error in validator.iter_errors(thing)]


def key_of(thing):
    return thing["apiVersion"], thing["kind"]


def builtin_schema(version, key):
    return {"$ref": f"#/$defs/{builtin_kinds(version)[key]}",
            "$defs": definitions(version)}


@pytest.mark.skipif(not VERSIONS, reason=f"no {TOOLS}/schemas; "
                    "scripts/setup.sh --tests puts them there")
@pytest.mark.parametrize("version", VERSIONS or ["no version"])
def test_kubernetes_knows_every_field(version):
    checked = 0
    for overlay in EVERYTHING:
        for thing in objects(overlay):
            if key_of(thing) in builtin_kinds(version):
                found = complaints(builtin_schema(version, key_of(thing)),
                                   thing)
                assert not found, (overlay, key_of(thing), found)
                checked += 1
    assert checked >= 7 * len(OVERLAYS) + 5 * len(JOBS)


@pytest.mark.skipif(not VERSIONS, reason="no schemas")
def test_a_field_that_does_not_exist_is_found():
    (deployment,) = [thing for thing in objects("minimal")
                     if thing["kind"] == "Deployment"]
    deployment["spec"]["template"]["spec"]["containers"][0]["probes"] = {}
    schema = builtin_schema(VERSIONS[0], key_of(deployment))
    assert any("probes" in text for text in complaints(schema, deployment))


needs_crds = pytest.mark.skipif(
    not custom_kinds(), reason=f"no {TOOLS}/crds, which need Go")


@needs_crds
@pytest.mark.parametrize("overlay", EVERYTHING)
def test_operators_know_every_field(overlay):
    for thing in objects(overlay):
        if key_of(thing) in custom_kinds():
            found = complaints(custom_kinds()[key_of(thing)], thing)
            assert not found, (key_of(thing), found)


@needs_crds
def test_every_kind_has_a_schema():
    known = set(custom_kinds())
    for version in VERSIONS:
        known |= set(builtin_kinds(version))
    used = {key_of(thing) for overlay in EVERYTHING
            for thing in objects(overlay)}
    assert used <= known


@needs_crds
def test_a_custom_field_that_does_not_exist_is_found():
    (monitor,) = [thing for thing in objects("production")
                  if thing["kind"] == "ServiceMonitor"]
    monitor["spec"]["endpoints"][0]["intervall"] = "15s"
    assert any("intervall" in text for text in
               complaints(custom_kinds()[key_of(monitor)], monitor))
