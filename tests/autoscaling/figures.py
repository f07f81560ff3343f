"""What the simulation is fed with, and where each figure comes from.

ResNet-18 in int8 on AMD EPYC (Zen 4), pictures of 110 KB. Another machine's
figures move every curve by the same factor; what is chosen from them is a
share of a pod, or a time in which many pictures fit.
"""

# docs/benchmark-results.md: 8 clients, two virtual CPUs.
PICTURES_PER_CPU = 191 / 2
# docs/benchmark-results.md: p50 of one client alone.
ALONE = 10.6e-3
# docs/benchmark-results.md: "start to SERVING, batch times measured", since a
# new pod has an empty state folder.
START_TO_SERVING = 2.76
# docs/reliability.md: under ten times the load 0.67 of C reach their callers;
# the rest of the CPU time goes into 9.33 C refusals, most of it into receiving
# them. In parts of a picture's CPU time.
REFUSAL = (1 - 0.67) / 9.33

# pipeline/admission.cc: a request with a deadline enters if one and a half
# times its wait, and then its own decoding and batch, fit in.
CAUTION = 1.5

# k8s/base: startupProbe and readinessProbe of the server, minReadySeconds does
# not hold endpoints back. On average half a period passes.
STARTUP_PROBE = 2
# Assumed: the scheduler's decision, volumes and two containers, whose images
# are on the node.
SCHEDULE_AND_CREATE = 4
TO_READY = SCHEDULE_AND_CREATE + START_TO_SERVING + STARTUP_PROBE
# gRPC's DNS resolver asks again when a connection ends, at most every 30 s
# (grpc.dns_min_time_between_resolutions_ms); CoreDNS' answers live 5 s.
CLIENTS_LOOK_AGAIN = 30
DNS_TTL = 5
# k8s/base/config/server.yaml: connection_age, drain_delay. With n pods a
# client's connections end every CONNECTION_AGE / n.
CONNECTION_AGE = 120

# metrics-server: --metric-resolution, and the window of a usage; kubelet's
# figures are some seconds old by then (assumed).
METRICS_SERVER = 15
METRICS_SERVER_AGE = 5
# k8s/components/monitoring: interval.
SCRAPE_INTERVAL = 15

# A lost node: kube-controller-manager's --node-monitor-grace-period, then
# tolerationSeconds of node.kubernetes.io/unreachable.
NODE_GRACE = 50
EVICTION = 300
# Callers' channels must find out by themselves: docs/operations.md, "More than
# one replica": keepalive of 10 s, 10 s to answer.
KEEPALIVE = 20
