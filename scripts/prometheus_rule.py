#!/usr/bin/python3
"""Writes the alerts as the Prometheus operator takes them.

From monitoring/wanwu-alerts.yml; a test says when it has to be done again.
"""

import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent
ALERTS = ROOT / "monitoring/wanwu-alerts.yml"
RULE = ROOT / "k8s/components/monitoring/prometheus_rule.yaml"

HEAD = """\
# Made by scripts/prometheus_rule.py from monitoring/wanwu-alerts.yml.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: wanwu
spec:
"""

if __name__ == "__main__":
    alerts = ALERTS.read_text()
    groups = alerts[alerts.index("groups:"):].splitlines(keepends=True)
    RULE.write_text(HEAD + "".join(
        f"  {line}" if line.strip() else line for line in groups))
