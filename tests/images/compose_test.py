"""compose.yaml names files, ports and options that there are. Docker itself is
not asked: it is not needed to test."""

import json
import os
import pathlib
import subprocess

import pytest
import yaml

from programs import in_force
from repository import REPO, stage, version

COMPOSE = yaml.safe_load((REPO / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
OURS = {"server": "wanwu-server", "gateway": "wanwu-gateway"}
PROMTOOL = pathlib.Path(os.environ.get(
    "WANWU_DEPS_DIR", REPO / "build/deps")) / "prometheus/promtool"


def read(name):
    return yaml.safe_load((REPO / "monitoring/compose" / name).read_text())


def mounts(service):
    """{path in the container: path or volume here}"""
    entries = [entry.split(":") for entry in SERVICES[service]["volumes"]]
    return {target: source for source, target, *_ in entries}


def published(service):
    """{port in the container: address on this machine}"""
    pairs = [entry.rpartition(":") for entry in SERVICES[service]["ports"]]
    return {int(port): address for address, _, port in pairs}


def options(service):
    return in_force(OURS[service], *SERVICES[service]["command"])


@pytest.mark.parametrize("service", OURS)
def test_our_images_are_of_this_version_and_checkout(service):
    spec = SERVICES[service]
    assert spec["image"] == f"{OURS[service]}:{version()}"
    assert (REPO / spec["build"]["context"] / "Dockerfile").exists()
    assert "ENTRYPOINT" in stage(spec["build"]["target"])


@pytest.mark.parametrize("service", OURS)
def test_our_containers_can_do_no_more_than_they_must(service):
    spec = SERVICES[service]
    assert spec["read_only"] is True
    assert spec["cap_drop"] == ["ALL"]
    assert spec["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("service", SERVICES)
def test_only_this_machine_reaches_it(service):
    addresses = published(service)
    assert addresses
    for port, address in addresses.items():
        assert address == f"127.0.0.1:{port}"


def test_published_ports_are_those_listened_on():
    def port_of(value):
        return int(value.rpartition(":")[2])

    server, gateway = options("server"), options("gateway")
    assert set(published("server")) == {port_of(server["listen_address"]),
                                        port_of(server["metrics_address"])}
    assert set(published("gateway")) == {port_of(gateway["listen_address"])}
    assert gateway["server_address"] == (
        f"server:{port_of(server['listen_address'])}")
    scraped = {job["job_name"]: job["static_configs"][0]["targets"]
               for job in read("prometheus.yml")["scrape_configs"]}
    assert scraped == {
        "wanwu": [f"server:{port_of(server['metrics_address'])}"],
        "wanwu-gateway": [f"gateway:{port_of(gateway['listen_address'])}"]}
    (source,) = read("grafana-datasource.yml")["datasources"]
    (port,) = published("prometheus")
    assert source["url"] == f"http://prometheus:{port}"
    assert source["type"] == "prometheus" and source["isDefault"] is True


@pytest.mark.parametrize("service", OURS)
def test_there_is_time_to_drain(service):
    seconds = sum(float(str(options(service)[name]).removesuffix("s"))
                  for name in ("drain_delay", "drain_timeout"))
    grace = SERVICES[service]["stop_grace_period"]
    assert float(grace.removesuffix("s")) > seconds


@pytest.mark.parametrize("service",
                         [name for name in SERVICES if "volumes" in
                          SERVICES[name]])
def test_what_is_mounted_is_there(service):
    for target, source in mounts(service).items():
        assert target.startswith("/")
        if source.startswith("./"):
            assert (REPO / source).is_file()
        else:
            assert source in COMPOSE["volumes"]


def test_state_is_kept_where_the_image_keeps_it():
    assert (f"WANWU_STATE_DIR={next(iter(mounts('server')))}"
            in stage("server"))


def test_grafana_shows_the_dashboard():
    (provider,) = read("grafana-dashboards.yml")["providers"]
    shown = {target: source for target, source in mounts("grafana").items()
             if target.startswith(provider["options"]["path"] + "/")}
    ((target, source),) = shown.items()
    assert json.loads((REPO / source).read_text())["title"] == "Wanwu"
    home = SERVICES["grafana"]["environment"]
    assert home["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"] == target


def test_prometheus_takes_its_configuration(tmp_path):
    if not PROMTOOL.exists():
        pytest.skip(f"no {PROMTOOL}; scripts/setup.sh --tests puts it there")
    folder = "/etc/prometheus/"
    for target, source in mounts("prometheus").items():
        if target.startswith(folder):
            (tmp_path / target.removeprefix(folder)).write_text(
                (REPO / source).read_text())
    (config,) = [flag.partition("=")[2] for flag in
                 SERVICES["prometheus"]["command"]
                 if flag.startswith("--config.file=")]
    done = subprocess.run(
        [PROMTOOL, "check", "config",
         tmp_path / config.removeprefix(folder)],
        capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 rule files found" in done.stdout
