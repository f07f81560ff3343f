"""What is installed, where, and what of it is left alone the next time."""

import re
import subprocess

from conftest import install

PROGRAMS = {"wanwu", "wanwu-gateway", "wanwu-layers", "wanwu-preprocess",
            "wanwu-server"}
UNITS = {"wanwu-gateway.service", "wanwu-server.service"}


def names(folder, pattern="*"):
    return {path.name for path in folder.glob(pattern) if path.is_file()}


def test_programs_run_where_they_are_installed(root):
    assert names(root / "usr/bin") == PROGRAMS
    for name in PROGRAMS:
        done = subprocess.run([root / "usr/bin" / name, "--version"],
                              check=True, capture_output=True, text=True)
        assert re.search(r"\d+\.\d+\.\d+", done.stdout), name


def test_of_the_libraries_only_the_client_is_installed(root):
    assert names(root / "usr", "**/*.a") | names(root / "usr", "**/*.so*") == {
        "libwanwu_client.a"}


def test_services_have_units_and_configuration(root):
    assert names(root / "usr/lib/systemd/system") == UNITS
    assert names(root / "etc/wanwu") == {"gateway.yaml", "server.yaml"}
    assert names(root / "etc/default") == {"wanwu-gateway", "wanwu-server"}


def test_profiles_dashboards_and_protocol_are_installed(root):
    share = root / "usr/share/wanwu"
    assert names(share / "config") == {"high-throughput.yaml",
                                       "low-latency.yaml"}
    assert names(share / "monitoring") == {"wanwu-alerts.yml",
                                           "wanwu-dashboard.json"}
    assert names(share / "proto/wanwu/v1") >= {"admin.proto",
                                               "image_classifier.proto"}


def test_export_tool_runs_where_it_is_installed(root):
    done = subprocess.run(
        ["/usr/bin/python3", "-B",
         root / "usr/share/wanwu/tools/export_model.py", "--help"],
        check=True, capture_output=True, text=True)
    assert "--weights" in done.stdout


def test_headers_include_nothing_that_is_not_installed(root):
    include = root / "usr/include"
    headers = [*include.glob("**/*.h")]
    assert include / "wanwu/client/lib/classifier_client.h" in headers
    ours = re.compile(r'#include "((?:client|common|server|gateway|wanwu|grpc/'
                      r'health|google/rpc)/.+)"')
    for header in headers:
        for name in ours.findall(header.read_text()):
            assert (include / name).is_file() or (
                include / "wanwu" / name).is_file(), f"{header}: {name}"


def test_units_name_the_paths_of_another_prefix(tmp_path):
    install(tmp_path)
    unit = (tmp_path / "lib/systemd/system/wanwu-server.service").read_text()
    assert f"ExecStart={tmp_path}/bin/wanwu-server " in unit
    assert f"--config={tmp_path}/etc/wanwu/server.yaml" in unit


def test_changed_configuration_is_kept(tmp_path):
    install("/usr", destdir=tmp_path)
    config = tmp_path / "etc/wanwu/server.yaml"
    config.write_text("lanes: 1\n")
    install("/usr", destdir=tmp_path)
    assert config.read_text() == "lanes: 1\n"
