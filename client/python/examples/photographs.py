# %% [markdown]
# # What is on these photographs, and how sure is that?
#
# A notebook in the percent format: Jupyter (with jupytext), VS Code, Spyder
# and PyCharm open it as one, and `python photographs.py` runs all of it. It
# needs a server, a folder of photographs and
# `pip install -r requirements.txt ../`.

# %%
import os
import pathlib

import matplotlib.pyplot as plt
from PIL import Image

import wanwu

ADDRESS = os.environ.get("WANWU_ADDRESS", "127.0.0.1:8500")
PHOTOS = pathlib.Path(os.environ.get("WANWU_PHOTOS", "photos"))
SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}

client = wanwu.Client(ADDRESS)
for model in client.models().models:
    print(f"{model.name} {model.version}: {model.state}, {model.precision}")

# %% [markdown]
# ## All of them through one stream
#
# Answers come as they complete; a broken file is an answer, too.

# %%
paths = sorted(path for path in PHOTOS.iterdir()
               if path.suffix.lower() in SUFFIXES)
answers = sorted(client.classify_all(paths, progress=True),
                 key=lambda answer: answer.index)
for answer in answers:
    if answer.error is not None:
        print(f"{answer.picture.name}: {answer.error}")
        continue
    best = answer.result.top
    print(f"{answer.picture.name}: {best.label}, {best.probability:.4f}")

# %%
seen = [answer for answer in answers if answer.error is None]
figure, rows = plt.subplots(len(seen), 2, squeeze=False, layout="constrained",
                            figsize=(9, 2.2 * len(seen)))
for answer, (left, right) in zip(seen, rows):
    with Image.open(answer.picture) as image:
        left.imshow(image.convert("RGB"))
    left.set_title(answer.picture.name, fontsize=9)
    left.axis("off")
    classes = answer.result.classifications[::-1]  # The best on top.
    right.barh([each.label for each in classes],
               [each.probability for each in classes])
    right.set_xlim(0, 1)
    right.set_xlabel("probability", fontsize=8)
figure.savefig("photographs.png")

# %% [markdown]
# ## Does it still know when the camera is held aslant?
#
# Pillow's images go as they are, without a file.

# %%
ANGLES = range(-90, 91, 15)
chosen = max(seen, key=lambda answer: answer.result.top.probability)
best = chosen.result.top
probabilities = []
with Image.open(chosen.picture) as image:
    upright = image.convert("RGB")
for angle in ANGLES:
    result = client.classify(upright.rotate(angle), top_k=1000)
    probabilities.append(next(each.probability
                              for each in result.classifications
                              if each.index == best.index))
    print(f"{angle}°: {probabilities[-1]:.4f}")

# %%
figure, axes = plt.subplots(figsize=(7, 3), layout="constrained")
axes.plot(ANGLES, probabilities, marker="o")
axes.set(title=chosen.picture.name, xlabel="turned by (degrees)",
         ylabel=f'probability of "{best.label}"', ylim=(0, 1.05))
figure.savefig("turned.png")
plt.show()

# %%
client.close()
