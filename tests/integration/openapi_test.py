"""The gateway does as its OpenAPI description says, checked by schemathesis."""

import re
import subprocess

import pytest

import pictures
from environment import DEPS_DIR, PATIENCE, REPO, SANITIZED, own_environment

SCHEMATHESIS = DEPS_DIR / "schemathesis/bin/schemathesis"
CONFIG = REPO / "tests/integration/schemathesis.toml"
EXAMPLES = 10 if SANITIZED else 100


@pytest.fixture
def sample_folder(tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    made = pictures.Image.open(
        pictures.io.BytesIO(pictures.generated_pictures(1)[0].encoded))
    for kind in ("JPEG", "PNG", "WEBP"):
        (folder / kind).write_bytes(pictures.encode(made, kind))
    return folder


def test_gateway_does_as_it_is_described(gateway, sample_folder, tmp_path):
    if not SCHEMATHESIS.is_file():
        pytest.skip(f"no {SCHEMATHESIS}; scripts/setup.sh --tests makes "
                    "it")
    done = subprocess.run(
        [SCHEMATHESIS, f"--config-file={CONFIG}", "--no-color", "run",
         f"http://127.0.0.1:{gateway.port}/openapi.json",
         f"--max-examples={EXAMPLES}", f"--request-timeout={PATIENCE}"],
        # Where it may write.
        cwd=tmp_path, check=False, capture_output=True, text=True,
        timeout=2 * PATIENCE,
        env={**own_environment(), "HOME": str(tmp_path),
             "PYTHONPATH": str(REPO / "tests/integration"),
             "PYTHONDONTWRITEBYTECODE": "1",
             "SCHEMATHESIS_PICTURES": str(sample_folder)})
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    # Nothing was left out.
    tested = re.search(r"Operations: .* (\d+) tested", done.stdout)
    described = gateway.get("/openapi.json").json["paths"]
    assert tested is None or int(tested[1]) == len(described)
    assert gateway.get("/v1/models").status == 200
