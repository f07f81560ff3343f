#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace wanwu::model {

// Which versions of one model are to be served.
struct VersionRule {
  enum class Kind {
    kLatest,  // the newest `count` that can be loaded
    kAll,
    kPinned,  // those in `versions`
  };

  Kind kind = Kind::kLatest;
  size_t count = 1;
  std::vector<int64_t> versions = {};

  bool Allows(int64_t version) const;
  // So many versions, the newest first, are all that is wanted.
  bool IsEnough(size_t served) const;

  bool operator==(const VersionRule&) const = default;
};

// A rule for every model, and others for some.
class VersionPolicy {
 public:
  // "latest", "latest:2", "all" or "pinned:1+3"; with "MODEL=" before it, the
  // rule of that model only. Several are separated by commas.
  static absl::StatusOr<VersionPolicy> Parse(std::string_view text);

  // What Parse takes.
  std::string ToString() const;

  const VersionRule& RuleFor(std::string_view model) const;

  bool operator==(const VersionPolicy&) const = default;

 private:
  VersionRule general_;
  std::map<std::string, VersionRule, std::less<>> of_models_;
};

}  // namespace wanwu::model
