#!/usr/bin/python3
"""Writes the alerts as the Prometheus operator takes them.

A test compares; after a change of monitoring/wanwu-alerts.yml run
  scripts/prometheus_rule.py > k8s/components/monitoring/prometheus_rule.yaml
"""

import pathlib

HEAD = """\
# Made by scripts/prometheus_rule.py from monitoring/wanwu-alerts.yml.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: wanwu
spec:
"""


def prometheus_rule():
    alerts = pathlib.Path(__file__).resolve().parent.parent.joinpath(
        "monitoring/wanwu-alerts.yml").read_text()
    groups = alerts[alerts.index("groups:"):]
    return HEAD + "".join(f"  {line}" if line.strip() else line
                          for line in groups.splitlines(keepends=True))


if __name__ == "__main__":
    print(prometheus_rule(), end="")
