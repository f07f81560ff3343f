#!/usr/bin/python3
"""Makes an image's root out of programs and the machine that built them.

make_root.py NAME VERSION FOLDER PROGRAM… fills FOLDER/libraries with the
libraries that the programs load (less those that are named but not used), what
they read at run time, their packages' copyright files, entries of dpkg's
database (var/lib/dpkg/status.d, where scanners look) and a bill of materials;
and FOLDER/programs with the programs."""

import json
import os
import pathlib
import shutil
import subprocess
import sys

import bill_of_materials
import debian_packages
from library_closure import Closure, loaded_by

# What libheif loads when it runs (since Debian 13), where it is used at all.
PLUGINS = {"libheif.so.1": "libheif/plugins/libheif-libde265.so"}
USER = 65532
CERTIFICATES = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")
# gRPC's and OpenSSL's names for it.
CERTIFICATES_TOO = ("usr/share/grpc/roots.pem", "usr/lib/ssl/cert.pem")
STATE = "var/lib/wanwu"
# The others are where containers get theirs mounted.
FOLDERS = (STATE, "dev", "proc", "run", "sys", "tmp")
FILES = {
    "etc/passwd": "root:x:0:0:root:/:/usr/sbin/nologin\n"
                  f"wanwu:x:{USER}:{USER}::/:/usr/sbin/nologin\n",
    "etc/group": f"root:x:0:\nwanwu:x:{USER}:\n",
    "etc/nsswitch.conf": "hosts: files dns\n",
}


class Root:
    def __init__(self, folder):
        self.folder = folder
        self.taken = set()

    def place(self, target):
        target = self.folder / target
        target.parent.mkdir(parents=True, exist_ok=True)
        return target

    def write(self, target, text):
        self.place(target).write_text(text)

    def link(self, target, to):
        self.place(target).symlink_to(to)

    def take(self, source, target):
        shutil.copyfile(source, self.place(target))
        self.taken.add(source)
        return self.folder / target


def plugins_of(libraries):
    """Paths of what these load without naming it."""
    found = []
    for name, plugin in PLUGINS.items():
        if name in libraries:
            path = libraries[name].parent / plugin
            found += [path] if path.exists() else []
    return found


def add_libraries(root, programs):
    libraries = loaded_by(programs)
    plugins = plugins_of(libraries)
    if plugins:
        libraries |= loaded_by(plugins)
    closure = Closure([*programs, *plugins], libraries)
    removals = closure.to_remove()
    home = libraries["libc.so.6"].parent.relative_to("/")
    for plugin in plugins:
        root.take(plugin.resolve(), plugin.relative_to("/")).chmod(0o755)
    for name in sorted(closure.kept):
        copy = root.take(libraries[name], home / name)
        copy.chmod(0o755)
        for vain in removals.get(name, ()):
            print(f"{name} names {vain} in vain", file=sys.stderr)
            subprocess.run(["patchelf", "--remove-needed", vain, copy],
                           check=True)
        if name.startswith("ld-linux"):
            root.link(pathlib.Path("usr/lib64", name),
                      os.path.relpath(home / name, "usr/lib64"))
    for folder in ("lib", "lib64"):
        root.link(folder, f"usr/{folder}")


def add_system(root):
    for target, text in FILES.items():
        root.write(target, text)
    # Made when its package was configured, so that it belongs to none.
    shutil.copyfile(CERTIFICATES, root.place(
        CERTIFICATES.relative_to("/")))
    root.taken.add(pathlib.Path("/usr/share/ca-certificates/mozilla"))
    for target in CERTIFICATES_TOO:
        root.link(target, CERTIFICATES)
    for folder in FOLDERS:
        (root.folder / folder).mkdir(parents=True)
    (root.folder / "tmp").chmod(0o1777)
    os.chown(root.folder / STATE, USER, USER)


def add_packages(root, name, version, epoch):
    packages = sorted(set(debian_packages.owners(root.taken).values()),
                      key=lambda package: package.name)
    for package in packages:
        shutil.copyfile(
            package.copyright_file().resolve(),
            root.place(f"usr/share/doc/{package.name}/copyright"))
        root.write(f"var/lib/dpkg/status.d/{package.name}", package.status())
    root.write("usr/share/doc/wanwu/sbom.spdx.json", json.dumps(
        bill_of_materials.spdx(name, version, packages, epoch), indent=1))


def settle(folder, epoch):
    """Rights and times that do not hang on who built when."""
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink() and path.name != "tmp":
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100
                       else 0o644)
        os.utime(path, (epoch, epoch), follow_symlinks=False)


def main(name, version, folder, *programs):
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH", "0"))
    folder = pathlib.Path(folder)
    libraries = Root(folder / "libraries")
    add_libraries(libraries, programs)
    add_system(libraries)
    shutil.copyfile("/etc/os-release", libraries.place("etc/os-release"))
    add_packages(libraries, name, version, epoch)
    for program in programs:
        copy = Root(folder / "programs").place(
            f"usr/bin/{pathlib.Path(program).name}")
        shutil.copyfile(program, copy)
        copy.chmod(0o755)
    settle(folder, epoch)


if __name__ == "__main__":
    main(*sys.argv[1:])
