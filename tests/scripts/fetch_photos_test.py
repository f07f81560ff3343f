"""Where the photographs come from and what lies beside them."""

import pytest

PHOTOS = {"chelsea.png", "coffee.png", "camera.png", "rocket.jpg"}
DATA = "usr/lib/python3/dist-packages/skimage/data"


@pytest.fixture
def fetch(checkout):
    """fetch() runs the script and gives the folder."""
    checkout.put_command("sudo", 'exec "$@"')
    checkout.put_command("dpkg-deb", f"""
mkdir -p "$3/{DATA}"
cd "$3/{DATA}" && touch {" ".join(PHOTOS)} _fetchers.py""")

    def run():
        folder = checkout.root / "build/deps/photos"
        done = checkout.run("fetch_photos.sh", folder)
        assert done.returncode == 0, done.stderr
        return folder

    return run


def has_only_photos(folder):
    return ({path.name for path in folder.iterdir()} == PHOTOS
            and (folder.parent / "photos_origin.py").exists())


def test_folder_has_only_pictures(fetch, checkout):
    checkout.put_command("apt-get", "touch python3-skimage_1.deb")
    assert has_only_photos(fetch())
    assert not any("update" in call for call in checkout.calls("apt-get"))


def test_origin_moves_out_of_an_older_folder(fetch, checkout):
    checkout.put_command("apt-get", "false")
    for name in (*PHOTOS, "_fetchers.py"):
        checkout.put(f"build/deps/photos/{name}", "")
    assert has_only_photos(fetch())


def test_missing_lists_are_fetched(fetch, checkout):
    checkout.put_command("apt-get", """
case "$*" in
  update*) touch "$0.lists" ;;
  *) [ -e "$0.lists" ] && touch python3-skimage_1.deb ;;
esac""")
    assert has_only_photos(fetch())
