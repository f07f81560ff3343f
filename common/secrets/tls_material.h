#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace wanwu::secrets {

// Paths of PEM files; empty: none.
struct TlsFiles {
  std::string certificate = {};  // the chain, own certificate first
  std::string key = {};
  std::string authorities = {};  // whose certificates the peer may show

  std::vector<std::string> Paths() const;
};

// Their content, which belongs together.
struct TlsMaterial {
  std::string certificate;
  std::string key;
  std::string authorities;
  // When the own certificate ends; max() without one.
  std::chrono::system_clock::time_point expires =
      std::chrono::system_clock::time_point::max();
};

// Errors say which file is at fault, and what to do: it cannot be read, is not
// PEM, the key is encrypted or another certificate's, the certificate has
// expired or is not valid yet.
absl::StatusOr<TlsMaterial> LoadTlsMaterial(
    const TlsFiles& files, std::chrono::system_clock::time_point now =
                               std::chrono::system_clock::now());

}  // namespace wanwu::secrets
