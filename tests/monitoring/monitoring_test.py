"""Alerts and dashboard mean metrics that there are, and work."""

import json
import os
import pathlib
import re
import subprocess

import pytest

REPO = pathlib.Path(__file__).resolve().parents[2]
ALERTS = REPO / "monitoring/wanwu-alerts.yml"
DASHBOARD = REPO / "monitoring/wanwu-dashboard.json"
PROMTOOL = pathlib.Path(os.environ.get(
    "WANWU_DEPS_DIR", REPO / "build/deps")) / "prometheus/promtool"

needs_promtool = pytest.mark.skipif(
    not PROMTOOL.exists(),
    reason=f"no {PROMTOOL}; scripts/setup.sh --tests puts it there")


def page():
    return (REPO / "docs/operations.md").read_text()


def documented():
    """By tests/integration/operators_test.py exactly those there are."""
    return set(re.findall(r"`((?:wanwu|process)_[a-z_]+)`", page()))


def named_in(text):
    names = re.findall(r"\b(?:wanwu|process)_[a-z_]+", text)
    return {re.sub(r"_(bucket|sum|count)$", "", name) for name in names}


def expressions():
    panels = json.loads(DASHBOARD.read_text())["panels"]
    return [target["expr"] for panel in panels
            for target in panel.get("targets", ())]


def promtool(*arguments):
    done = subprocess.run([PROMTOOL, *arguments], capture_output=True,
                          text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_alerts_use_metrics_that_there_are():
    used = named_in(ALERTS.read_text())
    assert used and used <= documented()


def test_each_alert_has_its_advice():
    alerts = re.findall(r"^  - alert: (\w+)$", ALERTS.read_text(),
                        flags=re.MULTILINE)
    advised = re.findall(r"^\| `(Wanwu\w+)` \|", page(), flags=re.MULTILINE)
    assert alerts and alerts == advised


@needs_promtool
def test_alerts_rise_when_they_should_and_only_then():
    promtool("check", "rules", ALERTS)
    promtool("test", "rules", ALERTS.with_name("wanwu-alerts-test.yml"))


def test_dashboard_uses_metrics_that_there_are():
    used = named_in("\n".join(expressions()))
    assert used and used <= documented()


@needs_promtool
def test_dashboards_queries_can_be_parsed(tmp_path):
    """As rules, which promtool parses; with what Grafana puts in."""
    queries = [expression.replace("$__rate_interval", "1m")
               for expression in expressions()]
    assert queries
    rules = tmp_path / "rules.yml"
    rules.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": [
        {"record": f"panel:{i}", "expr": query}
        for i, query in enumerate(queries)]}]}))
    promtool("check", "rules", rules)


def test_dashboard_answers_the_questions_of_use_and_red():
    titles = [panel["title"] for panel in
              json.loads(DASHBOARD.read_text())["panels"]]
    for question in ("Rate", "Errors", "Duration", "Utilisation",
                     "Saturation"):
        assert any(title.startswith(f"{question}: ") for title in titles)
