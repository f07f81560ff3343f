"""SPDX 2.3, as JSON: what Debian's packages an image has files of."""

import datetime
import hashlib
import re
import urllib.parse


def spdx(name, version, packages, epoch):
    created = datetime.datetime.fromtimestamp(epoch, datetime.timezone.utc)
    program = {
        "SPDXID": f"SPDXRef-{name}", "name": name, "versionInfo": version,
        "downloadLocation": "NOASSERTION", "filesAnalyzed": False,
        "primaryPackagePurpose": "CONTAINER"}
    entries = [_entry(package) for package in packages]
    digest = hashlib.sha256(repr(entries).encode()).hexdigest()[:32]
    return {
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT", "name": f"{name}-{version}",
        # A name for this document that no other has; nothing is there.
        "documentNamespace": f"urn:wanwu:spdx:{name}:{version}:{digest}",
        "creationInfo": {"created": created.strftime("%Y-%m-%dT%H:%M:%SZ"),
                         "creators": ["Tool: wanwu-images"]},
        "packages": [program, *entries],
        "relationships": [
            _relation("SPDXRef-DOCUMENT", "DESCRIBES", program["SPDXID"]),
            *(_relation(program["SPDXID"], "CONTAINS", entry["SPDXID"])
              for entry in entries)]}


def _relation(one, kind, other):
    return {"spdxElementId": one, "relationshipType": kind,
            "relatedSpdxElement": other}


def _entry(package):
    version = urllib.parse.quote(package.version, safe="")
    return {
        "SPDXID": "SPDXRef-deb-" + re.sub(r"[^a-zA-Z0-9.-]", "-",
                                          package.name),
        "name": package.name, "versionInfo": package.version,
        "supplier": "Person: " + package.maintainer,
        "downloadLocation": "NOASSERTION", "filesAnalyzed": False,
        "sourceInfo": f"source package {package.source} "
                      f"{package.source_version}",
        "externalRefs": [{
            "referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
            "referenceLocator": f"pkg:deb/debian/{package.name}@{version}"
                                f"?arch={package.architecture}"}]}
