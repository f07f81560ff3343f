#include "common/secrets/tls_material.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

#include "tests/common/secrets/temporary_folder.h"

namespace wanwu::secrets {
namespace {

using std::chrono::hours;
using std::chrono::system_clock;
using ::testing::AllOf;
using ::testing::HasSubstr;

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;

std::string TextOf(BIO* bio) {
  char* data = nullptr;
  const auto size = static_cast<size_t>(BIO_get_mem_data(bio, &data));
  return {data, size};
}

Key NewKey() { return {EVP_EC_gen("P-256"), &EVP_PKEY_free}; }

std::string PemOf(EVP_PKEY* key, const char* password = nullptr) {
  const Bio bio(BIO_new(BIO_s_mem()), &BIO_free);
  PEM_write_bio_PrivateKey(bio.get(), key,
                           password == nullptr ? nullptr : EVP_aes_128_cbc(),
                           nullptr, 0, nullptr, const_cast<char*>(password));
  return TextOf(bio.get());
}

// Valid for a day from now on.
std::string CertificateOf(EVP_PKEY* key) {
  const Certificate certificate(X509_new(), &X509_free);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 24 * 3600);
  X509_set_pubkey(certificate.get(), key);
  X509_sign(certificate.get(), key, EVP_sha256());
  const Bio bio(BIO_new(BIO_s_mem()), &BIO_free);
  PEM_write_bio_X509(bio.get(), certificate.get());
  return TextOf(bio.get());
}

class TlsMaterialTest : public ::testing::Test {
 protected:
  TlsMaterialTest()
      : key_(NewKey()),
        files_{
            .certificate = folder_.Write("own.pem", CertificateOf(key_.get())),
            .key = folder_.Write("own.key", PemOf(key_.get())),
            .authorities = ""} {}

  std::string Mistake(system_clock::time_point now = system_clock::now()) {
    return std::string(LoadTlsMaterial(files_, now).status().message());
  }

  const test_support::TemporaryFolder folder_;
  const Key key_;
  TlsFiles files_;
};

TEST_F(TlsMaterialTest, GivesACertificateItsKeyAndItsEnd) {
  const auto now = system_clock::now();

  const TlsMaterial material = LoadTlsMaterial(files_).value();

  EXPECT_EQ(material.key, PemOf(key_.get()));
  EXPECT_THAT(material.certificate, HasSubstr("BEGIN CERTIFICATE"));
  EXPECT_GT(material.expires, now + hours(23));
  EXPECT_LT(material.expires, now + hours(25));
}

TEST_F(TlsMaterialTest, NeedsNoOwnCertificateToTrustOthers) {
  files_ = {.certificate = "", .key = "", .authorities = files_.certificate};

  EXPECT_THAT(LoadTlsMaterial(files_).value().authorities,
              HasSubstr("BEGIN CERTIFICATE"));
}

TEST_F(TlsMaterialTest, SaysWhichFileIsMissing) {
  files_.key = folder_.Path("none");

  EXPECT_THAT(Mistake(), AllOf(HasSubstr("cannot read"), HasSubstr("/none")));
}

TEST_F(TlsMaterialTest, TellsAKeyOfAnotherCertificate) {
  folder_.Write("own.key", PemOf(NewKey().get()));

  EXPECT_THAT(Mistake(), AllOf(HasSubstr("own.key is not the key of"),
                               HasSubstr("own.pem")));
}

TEST_F(TlsMaterialTest, TellsAnEncryptedKeyAndHowToDecryptIt) {
  folder_.Write("own.key", PemOf(key_.get(), "password"));

  EXPECT_THAT(Mistake(), AllOf(HasSubstr("own.key is encrypted"),
                               HasSubstr("openssl pkey")));
}

TEST_F(TlsMaterialTest, TellsWhatIsNoCertificateOrNoKey) {
  files_.authorities = folder_.Write("ca.pem", "nothing");
  EXPECT_THAT(Mistake(), HasSubstr("ca.pem holds no certificate"));

  folder_.Write("own.key", "nothing");
  EXPECT_THAT(Mistake(), HasSubstr("own.key is no private key"));

  folder_.Write("own.pem", "nothing");
  EXPECT_THAT(Mistake(), HasSubstr("own.pem is no certificate"));
}

TEST_F(TlsMaterialTest, RefusesACertificateBeforeAndAfterItsTime) {
  const auto now = system_clock::now();

  EXPECT_THAT(Mistake(now + hours(25)), HasSubstr("own.pem has expired"));
  EXPECT_THAT(Mistake(now - hours(1)), HasSubstr("own.pem is not valid yet"));
}

}  // namespace
}  // namespace wanwu::secrets
