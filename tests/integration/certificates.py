"""Self-signed certificates for 127.0.0.1."""

import dataclasses
import pathlib
import ssl
import subprocess


@dataclasses.dataclass(frozen=True)
class Certificate:
    certificate: pathlib.Path
    key: pathlib.Path

    def client_context(self):
        """Trusts just this one."""
        return ssl.create_default_context(cafile=str(self.certificate))


def make_certificate(folder, name="own"):
    made = Certificate(folder / f"{name}.pem", folder / f"{name}.key")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
         "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1",
         # Python 3.13 asks it of what signs.
         "-addext", "keyUsage=critical,digitalSignature,keyCertSign,cRLSign",
         "-keyout", made.key, "-out", made.certificate],
        check=True, capture_output=True)
    return made


class Authority:
    """Signs certificates for servers and clients, in a folder of its own."""

    def __init__(self, folder, name="authority"):
        folder.mkdir(exist_ok=True)
        self._folder = folder
        self._own = make_certificate(folder, name)
        self.certificate = self._own.certificate

    def issue(self, name, *alternative_names):
        """Replaces what was issued to `name` before, in one step each."""
        made = Certificate(self._folder / f"{name}.pem",
                           self._folder / f"{name}.key")
        request = self._folder / "next.csr"
        extensions = self._folder / "next.ext"
        extensions.write_text(f"subjectAltName={','.join(alternative_names)}\n"
                              "authorityKeyIdentifier=keyid\n")
        next_key = self._folder / "next.key"
        next_certificate = self._folder / "next.pem"
        subprocess.run(
            ["openssl", "req", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:prime256v1", "-nodes", "-subj", f"/CN={name}",
             "-keyout", next_key, "-out", request],
            check=True, capture_output=True)
        subprocess.run(
            ["openssl", "x509", "-req", "-in", request, "-days", "2",
             "-CA", self._own.certificate, "-CAkey", self._own.key,
             "-CAcreateserial", "-extfile", extensions,
             "-out", next_certificate], check=True, capture_output=True)
        # The key as late as a careless script would bring it.
        next_certificate.replace(made.certificate)
        next_key.replace(made.key)
        return made

    def issue_server(self, name="server"):
        return self.issue(name, "IP:127.0.0.1", "DNS:localhost")
