"""Debian's packages, by what they installed on this machine."""

import dataclasses
import pathlib
import subprocess

from command_output import output_of


@dataclasses.dataclass(frozen=True)
class Package:
    name: str
    version: str
    architecture: str
    maintainer: str
    source: str
    source_version: str

    def status(self):
        """Its entry in dpkg's database."""
        return output_of("dpkg-query", "--status",
                         f"{self.name}:{self.architecture}"
                         if self.architecture != "all" else self.name)

    def copyright_file(self):
        return pathlib.Path("/usr/share/doc", self.name, "copyright")


def owners(paths):
    """{path: the package that installed it}; fails if none did."""
    # /lib is /usr/lib; packages may say either.
    asked = {str(path): path for path in paths} | {
        str(path).removeprefix("/usr"): path for path in paths}
    listing = subprocess.run(["dpkg-query", "--search", *asked], check=False,
                             capture_output=True, text=True).stdout
    names = {}
    for line in listing.splitlines():
        packages, _, path = line.partition(": ")
        if path in asked:
            names[asked[path]] = packages.partition(",")[0]
    nobodys = set(paths) - set(names)
    if nobodys:
        raise ValueError(f"no package has installed {sorted(nobodys)}")
    described = {name: _describe(name) for name in set(names.values())}
    return {path: described[name] for path, name in names.items()}


def _describe(name):
    fields = ("Package", "Version", "Architecture", "Maintainer",
              "source:Package", "source:Version")
    query = "\\n".join("${" + field + "}" for field in fields)
    return Package(*output_of("dpkg-query", "--show",
                              f"--showformat={query}", name).split("\n"))
