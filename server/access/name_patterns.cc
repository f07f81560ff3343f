#include "server/access/name_patterns.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace wanwu::access {
namespace {

bool IsUri(std::string_view name) {
  return name.find("://") != std::string_view::npos;
}

// Without the "*" of "*.example.org" or "spiffe://example.org/*".
std::string_view WithoutStar(std::string_view pattern) {
  if (IsUri(pattern)) {
    if (pattern.ends_with("/*")) pattern.remove_suffix(1);
  } else if (pattern.starts_with("*.")) {
    pattern.remove_prefix(1);
  }
  return pattern;
}

bool EqualNames(std::string_view one, std::string_view other) {
  return absl::EqualsIgnoreCase({one.data(), one.size()},
                                {other.data(), other.size()});
}

bool MatchesUri(std::string_view pattern, std::string_view name) {
  const std::string_view prefix = WithoutStar(pattern);
  if (prefix.size() == pattern.size()) return name == pattern;
  return name.size() > prefix.size() && name.starts_with(prefix);
}

bool MatchesDns(std::string_view pattern, std::string_view name) {
  const std::string_view suffix = WithoutStar(pattern);
  if (suffix.size() == pattern.size()) return EqualNames(pattern, name);
  const size_t label = name.find('.');
  return label != 0 && label != std::string_view::npos &&
         EqualNames(name.substr(label), suffix);
}

}  // namespace

absl::StatusOr<NamePatterns> NamePatterns::Parse(std::string_view text) {
  NamePatterns names;
  for (absl::string_view item :
       absl::StrSplit(absl::string_view(text.data(), text.size()), ',')) {
    const std::string pattern(absl::StripAsciiWhitespace(item));
    if (pattern.empty()) continue;
    if (WithoutStar(pattern).find('*') != std::string_view::npos) {
      return absl::InvalidArgumentError(
          absl::StrCat("'", pattern,
                       "': a * may stand for the first label of a DNS name "
                       "(*.example.org) or what is below a URI "
                       "(spiffe://example.org/*)"));
    }
    names.patterns_.push_back(pattern);
  }
  return names;
}

bool NamePatterns::Match(std::string_view name) const {
  return std::any_of(patterns_.begin(), patterns_.end(),
                     [&](const std::string& pattern) {
                       if (IsUri(pattern) != IsUri(name)) return false;
                       return IsUri(name) ? MatchesUri(pattern, name)
                                          : MatchesDns(pattern, name);
                     });
}

}  // namespace wanwu::access
