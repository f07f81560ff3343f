#pragma once

#include <openssl/types.h>

#include <memory>
#include <string>
#include <string_view>

namespace wanwu::shards {

// SHA-256 of what comes piece by piece.
class Sha256 {
 public:
  Sha256();

  void Update(std::string_view bytes);

  // In hexadecimal. Once, at the end.
  std::string Finish();

 private:
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context_;
};

}  // namespace wanwu::shards
