"""Real controllers run the Job's pods, one for each shard."""

from conftest import condition_is_true
from manifests import JOBS

INDEX = "batch.kubernetes.io/job-completion-index"


def make_volume(api, namespace, claim, mode):
    """Bound by hand, as where no storage class is."""
    size = {"storage": "1Gi"}
    name = f"{namespace}-{claim}"
    api.call("POST", "/api/v1/persistentvolumes", {
        "apiVersion": "v1", "kind": "PersistentVolume",
        "metadata": {"name": name},
        "spec": {"capacity": size, "accessModes": [mode],
                 "storageClassName": "", "hostPath": {"path": "/nowhere"},
                 "claimRef": {"namespace": namespace, "name": claim}}})
    api.call("POST", f"/api/v1/namespaces/{namespace}/persistentvolumeclaims", {
        "apiVersion": "v1", "kind": "PersistentVolumeClaim",
        "metadata": {"name": claim},
        "spec": {"accessModes": [mode], "storageClassName": "",
                 "volumeName": name, "resources": {"requests": size}}})


def test_each_shard_has_its_pod_and_the_job_completes(cluster, api, nodes):
    assert nodes
    namespace = "run-classify"
    (job_folder,) = JOBS
    _, own = cluster.tree(job_folder, namespace)
    cluster.apply("-f", "-", text=f"""\
apiVersion: v1
kind: Namespace
metadata: {{name: {namespace}}}
""")
    make_volume(api, namespace, "wanwu-pictures", "ReadOnlyMany")
    make_volume(api, namespace, "wanwu-results", "ReadWriteMany")
    cluster.apply("-k", str(own), "--force-conflicts")

    (job,) = api.wait(f"/apis/batch/v1/namespaces/{namespace}/jobs",
                      lambda jobs: condition_is_true(jobs[0], "Complete"))
    number = job["spec"]["completions"]
    assert job["status"]["completedIndexes"] == f"0-{number - 1}"
    assert job["status"].get("failed", 0) == 0
    pods = api.get(f"/api/v1/namespaces/{namespace}/pods")["items"]
    indexes = sorted(int(pod["metadata"]["annotations"][INDEX])
                     for pod in pods)
    assert indexes == list(range(number))
    for pod in pods:
        assert pod["status"]["qosClass"] == "Guaranteed"
        (client,) = pod["spec"]["containers"]
        # What the call's $(…) stands for.
        assert "JOB_COMPLETION_INDEX" in [each["name"]
                                          for each in client["env"]]
