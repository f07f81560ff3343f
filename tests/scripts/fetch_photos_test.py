"""Where the photographs come from and what lies beside them."""

import pytest

PHOTOS = {"chelsea.png", "coffee.png", "camera.png", "rocket.jpg"}
CALIBRATION = PHOTOS | {
    "astronaut.png", "brick.png", "coins.png", "grass.png", "gravel.png",
    "hubble_deep_field.jpg", "ihc.png", "moon.png", "motorcycle_left.png",
    "retina.jpg"}
DATA = "usr/lib/python3/dist-packages/skimage/data"


@pytest.fixture
def fetch(checkout):
    """fetch() runs the script and gives its folder."""
    checkout.put_command("sudo", 'exec "$@"')
    checkout.put_command("dpkg-deb", f"""
mkdir -p "$3/{DATA}"
cd "$3/{DATA}" && touch {" ".join(CALIBRATION)} _fetchers.py""")

    def run():
        folder = checkout.root / "build/deps"
        done = checkout.run("fetch_photos.sh", folder)
        assert done.returncode == 0, done.stderr
        return folder

    return run


def names_in(folder):
    return {path.name for path in folder.iterdir()}


def has_only_photos(folder):
    return (names_in(folder / "photos") == PHOTOS
            and names_in(folder / "calibration") == CALIBRATION
            and (folder / "photos_origin.py").exists())


def test_folder_has_only_pictures(fetch, checkout):
    checkout.put_command("apt-get", "touch python3-skimage_1.deb")
    assert has_only_photos(fetch())
    assert not any("update" in call for call in checkout.calls("apt-get"))


def test_origin_moves_out_of_an_older_folder(fetch, checkout):
    checkout.put_command("apt-get", "false")
    for name in (*PHOTOS, "_fetchers.py"):
        checkout.put(f"build/deps/photos/{name}", "")
    for name in CALIBRATION:
        checkout.put(f"build/deps/calibration/{name}", "")
    assert has_only_photos(fetch())


def test_an_older_folder_gets_what_calibration_needs(fetch, checkout):
    checkout.put_command("apt-get", "touch python3-skimage_1.deb")
    for name in PHOTOS:
        checkout.put(f"build/deps/photos/{name}", "")
    assert has_only_photos(fetch())


def test_missing_lists_are_fetched(fetch, checkout):
    checkout.put_command("apt-get", """
case "$*" in
  update*) touch "$0.lists" ;;
  *) [ -e "$0.lists" ] && touch python3-skimage_1.deb ;;
esac""")
    assert has_only_photos(fetch())
