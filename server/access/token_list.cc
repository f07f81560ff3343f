#include "server/access/token_list.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/secrets/read_secret.h"

namespace wanwu::access {
namespace {

constexpr std::string_view kHashed = "sha256:";
constexpr std::string_view kBlanks = " \t\r";

// Up to a word that begins with "#".
std::vector<std::string_view> WordsOf(std::string_view line) {
  std::vector<std::string_view> words;
  for (;;) {
    line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
    if (line.empty() || line.front() == '#') return words;
    const size_t end = std::min(line.find_first_of(kBlanks), line.size());
    words.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
}

bool IsHex(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdefABCDEF";
  return text.find_first_not_of(kDigits) == std::string_view::npos;
}

absl::Status Mistake(absl::string_view text) {
  return absl::InvalidArgumentError(text);
}

}  // namespace

TokenList::Digest TokenList::DigestOf(std::string_view token) {
  Digest digest;
  SHA256(reinterpret_cast<const unsigned char*>(token.data()), token.size(),
         digest.data());
  return digest;
}

absl::StatusOr<TokenList::Token> TokenList::ParseLine(
    const std::vector<std::string_view>& words) {
  if (words.size() != 3) return Mistake("expected NAME ROLE TOKEN");
  const std::optional<Role> role = ParseRole(words[1]);
  if (!role.has_value()) {
    return Mistake("the role must be monitor, classify, gateway or admin");
  }
  Token token = {.digest = {},
                 .holder = {.name = std::string(words[0]), .role = *role}};
  std::string_view secret = words[2];
  if (!secret.starts_with(kHashed)) {
    if (secret.size() < kLeastTokenBytes || !secrets::IsVisibleAscii(secret)) {
      return Mistake(absl::StrCat("a token has at least ", kLeastTokenBytes,
                                  " characters of visible ASCII; make one "
                                  "with: openssl rand -hex 32"));
    }
    token.digest = DigestOf(secret);
    return token;
  }
  secret.remove_prefix(kHashed.size());
  if (secret.size() != 2 * token.digest.size() || !IsHex(secret)) {
    return Mistake("sha256: is followed by 64 hexadecimal digits");
  }
  const char* digits = secret.data();
  for (unsigned char& byte : token.digest) {
    digits = std::from_chars(digits, digits + 2, byte, 16).ptr;
  }
  return token;
}

absl::Status TokenList::Add(Token token) {
  const bool known = std::any_of(
      tokens_.begin(), tokens_.end(),
      [&](const Token& each) { return each.digest == token.digest; });
  if (known) return Mistake("the same token stands on an earlier line");
  tokens_.push_back(std::move(token));
  return absl::OkStatus();
}

absl::StatusOr<TokenList> TokenList::Parse(std::string_view text) {
  TokenList list;
  for (int line = 1; !text.empty(); ++line) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::vector<std::string_view> words = WordsOf(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (words.empty()) continue;
    absl::StatusOr<Token> token = ParseLine(words);
    const absl::Status status =
        token.ok() ? list.Add(*std::move(token)) : token.status();
    if (!status.ok()) {
      return Mistake(absl::StrCat("line ", line, ": ", status.message()));
    }
  }
  if (list.tokens_.empty()) return Mistake("there is no token in it");
  return list;
}

const TokenHolder* TokenList::Find(std::string_view token) const {
  const Digest digest = DigestOf(token);
  const TokenHolder* found = nullptr;
  for (const Token& each : tokens_) {
    if (CRYPTO_memcmp(each.digest.data(), digest.data(), digest.size()) == 0) {
      found = &each.holder;
    }
  }
  return found;
}

}  // namespace wanwu::access
