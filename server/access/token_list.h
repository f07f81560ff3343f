#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/access/method_policy.h"

namespace wanwu::access {

// Who holds a token, and what it is good for.
struct TokenHolder {
  std::string name;
  Role role = Role::kMonitor;
};

// Tokens, of which only the SHA-256 is kept.
class TokenList {
 public:
  static constexpr size_t kLeastTokenBytes = 16;

  // One a line: NAME ROLE TOKEN, or NAME ROLE sha256:HEX; "#" begins a comment.
  // A name may have several tokens, so that one can take another's place.
  // INVALID_ARGUMENT names the line, and never shows the token.
  static absl::StatusOr<TokenList> Parse(std::string_view text);

  size_t size() const { return tokens_.size(); }

  // Null if nobody holds it. Takes equally long wherever a wrong token differs.
  const TokenHolder* Find(std::string_view token) const;

 private:
  using Digest = std::array<unsigned char, 32>;

  struct Token {
    Digest digest;
    TokenHolder holder;
  };

  static Digest DigestOf(std::string_view token);
  static absl::StatusOr<Token> ParseLine(
      const std::vector<std::string_view>& words);
  absl::Status Add(Token token);

  std::vector<Token> tokens_;
};

}  // namespace wanwu::access
