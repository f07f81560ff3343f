"""What docs/model-package.md shows, from training to an answer, as printed."""

import json
import random
import re
import shlex
import subprocess

from PIL import Image, ImageDraw

from environment import BIN_DIR, REPO, own_environment
from server_process import ServerProcess

COLOURS = ("blue", "brown", "green", "orange", "pink", "white", "yellow")
PER_CLASS = 16
SIDE = 80
# Of the whole training, beside whatever else the machine does.
TRAINING_SECONDS = 600


def picture(colour, seed):
    """Dots of a colour on grey noise."""
    chance = random.Random(seed)
    noise = Image.effect_noise((SIDE, SIDE), 20).convert("RGB")
    draw = ImageDraw.Draw(noise)
    for _ in range(12):
        x, y = chance.randrange(SIDE - 20), chance.randrange(SIDE - 20)
        draw.ellipse((x, y, x + 30, y + 30), fill=colour)
    return noise


def write_pictures(folder):
    for colour in COLOURS:
        (folder / colour).mkdir(parents=True)
        for index in range(PER_CLASS):
            picture(colour, index).save(folder / colour / f"{index}.jpg")


def blocks():
    """The section's code: the training program, then lines for the shell."""
    text = (REPO / "docs/model-package.md").read_text(encoding="utf-8")
    section = text.split("## My own seven classes\n")[1].split("\n## ")[0]
    found = re.findall(r"^```(\w*)\n(.*?)^```$", section, re.M | re.S)
    (language, program), *others = found
    assert language == "python"
    lines = "".join(block for _, block in others).replace("\\\n", " ")
    return program, [shlex.split(line) for line in lines.splitlines()]


def run(command, folder):
    done = subprocess.run(command, cwd=folder, env=own_environment(),
                          capture_output=True, text=True,
                          timeout=TRAINING_SECONDS, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def first_label(answer):
    """Of `wanwu classify --output=json`."""
    return answer["classifications"][0]["label"]


def test_seven_classes_go_from_training_to_an_answer(tmp_path):
    program, (train, export, serve, classify) = blocks()
    (tmp_path / "train.py").write_text(program)
    write_pictures(tmp_path / "pictures")
    (tmp_path / "tools").symlink_to(REPO / "tools")
    (tmp_path / "build/release").mkdir(parents=True)
    (tmp_path / "build/release/bin").symlink_to(BIN_DIR)

    run(train, tmp_path)
    run(export, tmp_path)
    assert serve[0].endswith("/wanwu-server") and serve[-1] == "&"
    server = ServerProcess(*serve[1:-1], f"--state_dir={tmp_path}/state",
                           f"--model_repository={tmp_path}/models")
    try:
        server.wait_until_serving()
        ready = server.log.wait_for("model_ready")
        assert ready["engine"] == "onednn"
        assert ready["own_operators"] == ready["operators"]
        right = 0
        for colour in COLOURS:
            other = tmp_path / f"{colour}.jpg"
            picture(colour, PER_CLASS).save(other)
            answer = json.loads(run(
                [*classify[:-1], f"--address={server.address}",
                 "--output=json", "--top_k=1", other], tmp_path))
            right += first_label(answer) == colour
        assert right >= len(COLOURS) - 1
        server.stop()
    finally:
        server.close()
