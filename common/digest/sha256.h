#pragma once

#include <openssl/types.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace wanwu {

using Sha256Digest = std::array<uint8_t, 32>;

// SHA-256 of what comes piece by piece. Throws bad_alloc where there is no
// memory for it, so that no digest is ever a wrong one.
class Sha256 {
 public:
  Sha256();

  void Update(std::string_view bytes);

  // Either of the two once, at the end.
  Sha256Digest Digest();
  // 64 lower-case hexadecimal digits.
  std::string Finish();

 private:
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context_;
};

// Of all bytes at once.
std::string Sha256Hex(std::string_view bytes);

}  // namespace wanwu
