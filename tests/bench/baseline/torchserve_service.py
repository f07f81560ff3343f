"""TorchServe over TorchScript: two Python workers.

torchserve_service.py FOLDER PORT MANAGEMENT METRICS GRPC GRPC_MANAGEMENT, the
last five ports. A picture is POSTed as it is to /predictions/classify.
BENCH_PACKAGE names the model package. FOLDER is made anew; all that is
written goes there. Without Java it says so and ends.
"""

import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
SOURCES = ("classes.py", "package.py", "torchscript.py")
PACKAGE_FILES = ("labels.tsv", "manifest.json")


def archive(package, folder):
    """Writes classify.mar."""
    extra = [*(HERE / name for name in SOURCES),
             *(package / name for name in PACKAGE_FILES)]
    subprocess.run(
        [pathlib.Path(sys.executable).with_name("torch-model-archiver"),
         "--model-name", "classify", "--version", "1", "--force",
         "--serialized-file", package / "model.fp32.pt",
         "--handler", HERE / "torchserve_handler.py",
         "--config-file", HERE / "torchserve_model.yaml",
         "--extra-files", ",".join(map(str, extra)),
         "--export-path", folder], check=True)


def write_settings(file, port, management, metrics, grpc, grpc_management):
    file.write_text(f"""\
inference_address=http://127.0.0.1:{port}
management_address=http://127.0.0.1:{management}
metrics_address=http://127.0.0.1:{metrics}
grpc_inference_address=127.0.0.1
grpc_inference_port={grpc}
grpc_management_address=127.0.0.1
grpc_management_port={grpc_management}
disable_system_metrics=true
disable_token_authorization=true
""")


def serve(folder, *ports):
    shutil.rmtree(folder, ignore_errors=True)
    temporary = folder / "tmp"
    temporary.mkdir(parents=True)
    archive(pathlib.Path(os.environ["BENCH_PACKAGE"]), folder)
    settings = folder / "config.properties"
    write_settings(settings, *ports)
    # Its own temporary folder, or it would meet the TorchServe of another.
    os.environ.update(TMPDIR=str(temporary), TEMP=str(temporary),
                      LOG_LOCATION=str(folder), METRICS_LOCATION=str(folder),
                      TS_CONFIG_FILE=str(settings))
    os.execv(sys.executable, [
        sys.executable, "-m", "ts.model_server", "--start", "--foreground",
        "--no-config-snapshots", "--model-store", str(folder),
        "--models", "classify=classify.mar",
        "--log-config", str(HERE / "torchserve_log.xml")])


if __name__ == "__main__":
    serve(pathlib.Path(sys.argv[1]), *sys.argv[2:7])
