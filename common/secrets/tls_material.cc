#include "common/secrets/tls_material.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <ctime>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/secrets/read_secret.h"

namespace wanwu::secrets {
namespace {

using std::chrono::system_clock;

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

Bio BioOf(const std::string& text) {
  return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())),
          &BIO_free};
}

// The first of the file.
Certificate ParseCertificate(const std::string& pem) {
  const Bio bio = BioOf(pem);
  return {PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), &X509_free};
}

// Nobody is there to type a password.
int NoPassword(char* /*buffer*/, int /*size*/, int /*write*/, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

absl::StatusOr<system_clock::time_point> TimeOf(const ASN1_TIME* time) {
  tm parts = {};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) {
    return absl::InvalidArgumentError("a time that cannot be read");
  }
  return system_clock::from_time_t(timegm(&parts));
}

std::string TimeText(system_clock::time_point time) {
  return absl::FormatTime(absl::RFC3339_sec, absl::FromChrono(time),
                          absl::UTCTimeZone());
}

absl::Status Wrong(const std::string& path, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(path, " ", why));
}

absl::StatusOr<Key> ParseKey(const std::string& path, const std::string& pem) {
  const Bio bio = BioOf(pem);
  bool asked = false;
  Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, &NoPassword, &asked),
          &EVP_PKEY_free);
  if (key != nullptr) return key;
  return asked ? Wrong(path,
                       "is encrypted; write it without a password: openssl "
                       "pkey -in KEY -out PLAIN_KEY")
               : Wrong(path, "is no private key (PEM)");
}

// Reads the files of an own certificate into `material`.
absl::Status LoadIdentity(const TlsFiles& files, system_clock::time_point now,
                          TlsMaterial& material) {
  const Certificate certificate = ParseCertificate(material.certificate);
  if (certificate == nullptr) {
    return Wrong(files.certificate, "is no certificate (PEM)");
  }
  const absl::StatusOr<Key> key = ParseKey(files.key, material.key);
  if (!key.ok()) return key.status();
  if (X509_check_private_key(certificate.get(), key->get()) != 1) {
    return Wrong(files.key,
                 absl::StrCat("is not the key of the certificate in ",
                              files.certificate));
  }
  const auto begins = TimeOf(X509_get0_notBefore(certificate.get()));
  const auto ends = TimeOf(X509_get0_notAfter(certificate.get()));
  if (!begins.ok() || !ends.ok()) {
    return Wrong(files.certificate, "has no period of validity");
  }
  if (now > *ends) {
    return Wrong(files.certificate,
                 absl::StrCat("has expired: it was valid until ",
                              TimeText(*ends), "; put a new one there"));
  }
  if (now < *begins) {
    return Wrong(
        files.certificate,
        absl::StrCat("is not valid yet: it will be from ", TimeText(*begins),
                     "; is this machine's clock right?"));
  }
  material.expires = *ends;
  return absl::OkStatus();
}

absl::Status ReadInto(const std::string& path, std::string& content) {
  if (path.empty()) return absl::OkStatus();
  absl::StatusOr<std::string> text = ReadSecret(path);
  if (!text.ok()) return text.status();
  content = *std::move(text);
  return absl::OkStatus();
}

}  // namespace

std::vector<std::string> TlsFiles::Paths() const {
  std::vector<std::string> paths;
  for (const std::string& path : {certificate, key, authorities}) {
    if (!path.empty()) paths.push_back(path);
  }
  return paths;
}

absl::StatusOr<TlsMaterial> LoadTlsMaterial(const TlsFiles& files,
                                            system_clock::time_point now) {
  TlsMaterial material;
  absl::Status status = ReadInto(files.certificate, material.certificate);
  status.Update(ReadInto(files.key, material.key));
  status.Update(ReadInto(files.authorities, material.authorities));
  if (status.ok() && !files.certificate.empty()) {
    status = LoadIdentity(files, now, material);
  }
  if (status.ok() && !files.authorities.empty() &&
      ParseCertificate(material.authorities) == nullptr) {
    status = Wrong(files.authorities, "holds no certificate (PEM)");
  }
  // Else a later failure of somebody else's would be taken for this one.
  ERR_clear_error();
  if (!status.ok()) return status;
  return material;
}

}  // namespace wanwu::secrets
