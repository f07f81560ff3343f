#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace wanwu::access {

// Which names of certificates are let in. A pattern is
// - a DNS name, in any case; with "*." before it, any one label more;
// - a URI such as spiffe://example.org/web; with "/*" behind it, any below.
class NamePatterns {
 public:
  // Matches nothing.
  NamePatterns() = default;

  // Separated by commas. INVALID_ARGUMENT for a "*" anywhere else.
  static absl::StatusOr<NamePatterns> Parse(std::string_view text);

  bool empty() const { return patterns_.empty(); }
  bool Match(std::string_view name) const;

 private:
  std::vector<std::string> patterns_;
};

}  // namespace wanwu::access
