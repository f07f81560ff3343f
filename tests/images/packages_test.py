"""Images say whose files they hold."""

import pathlib
import sys

import pytest

from repository import REPO

sys.path.insert(0, str(REPO / "images"))

# pylint: disable=wrong-import-position
from bill_of_materials import spdx  # noqa: E402
from debian_packages import Package, owners  # noqa: E402
from library_closure import loaded_by  # noqa: E402

PACKAGE = Package(name="libdemo1", version="1:2.0+dfsg-1", architecture="amd64",
                  maintainer="Somebody <somebody@example.org>",
                  source="demo", source_version="1:2.0+dfsg-1")


def test_each_file_has_its_package():
    found = loaded_by(["/bin/ls"])
    packages = owners(found.values())
    libc = packages[found["libc.so.6"]]
    assert libc.name == "libc6"
    assert f"Version: {libc.version}\n" in libc.status()
    assert libc.copyright_file().exists()


def test_file_of_no_package_is_told(tmp_path):
    (tmp_path / "library.so").touch()
    with pytest.raises(ValueError, match="library.so"):
        owners([tmp_path / "library.so", pathlib.Path("/bin/ls").resolve()])


def test_bill_contains_packages_by_their_purl():
    bill = spdx("wanwu-server", "1.2.3", [PACKAGE], epoch=0)
    whole, package = bill["packages"]
    assert (whole["name"], whole["versionInfo"]) == ("wanwu-server", "1.2.3")
    assert package["externalRefs"][0]["referenceLocator"] == (
        "pkg:deb/debian/libdemo1@1%3A2.0%2Bdfsg-1?arch=amd64")
    assert package["sourceInfo"] == "source package demo 1:2.0+dfsg-1"
    assert bill["creationInfo"]["created"] == "1970-01-01T00:00:00Z"
    assert {(relation["spdxElementId"], relation["relationshipType"],
             relation["relatedSpdxElement"])
            for relation in bill["relationships"]} == {
        ("SPDXRef-DOCUMENT", "DESCRIBES", whole["SPDXID"]),
        (whole["SPDXID"], "CONTAINS", package["SPDXID"])}


def test_bills_that_differ_have_different_names():
    bills = [spdx("wanwu-server", "1.2.3", packages, epoch=0)
             for packages in ([], [PACKAGE])]
    assert bills[0]["documentNamespace"] != bills[1]["documentNamespace"]
