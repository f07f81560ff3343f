#include "server/model/version_policy.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "server/model/manifest.h"

namespace wanwu::model {
namespace {

constexpr absl::string_view kLatest = "latest";
constexpr absl::string_view kAll = "all";
constexpr absl::string_view kPinned = "pinned";
constexpr int kMostVersions = 100;

absl::Status Malformed(absl::string_view rule) {
  return absl::InvalidArgumentError(absl::StrCat(
      "'", rule, "' is none of latest, latest:COUNT, all, pinned:VERSION+…"));
}

absl::StatusOr<VersionRule> ParsePinned(absl::string_view rule,
                                        absl::string_view versions) {
  VersionRule parsed{.kind = VersionRule::Kind::kPinned};
  for (const absl::string_view text : absl::StrSplit(versions, '+')) {
    const std::optional<int64_t> version =
        ParseModelVersion(std::string_view(text.data(), text.size()));
    if (!version.has_value()) return Malformed(rule);
    parsed.versions.push_back(*version);
  }
  if (parsed.versions.empty()) return Malformed(rule);
  return parsed;
}

absl::StatusOr<VersionRule> ParseRule(absl::string_view rule) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(rule, absl::MaxSplits(':', 1));
  if (rule == kAll) return VersionRule{.kind = VersionRule::Kind::kAll};
  if (rule == kLatest) return VersionRule{};
  if (parts.first == kPinned) return ParsePinned(rule, parts.second);
  int count = 0;
  if (parts.first != kLatest || !absl::SimpleAtoi(parts.second, &count) ||
      count < 1 || count > kMostVersions) {
    return Malformed(rule);
  }
  return VersionRule{.count = static_cast<size_t>(count)};
}

std::string RuleText(const VersionRule& rule) {
  switch (rule.kind) {
    case VersionRule::Kind::kLatest:
      return rule.count == 1 ? std::string(kLatest)
                             : absl::StrCat(kLatest, ":", rule.count);
    case VersionRule::Kind::kAll:
      return std::string(kAll);
    case VersionRule::Kind::kPinned:
      return absl::StrCat(kPinned, ":", absl::StrJoin(rule.versions, "+"));
  }
  return {};
}

}  // namespace

bool VersionRule::Allows(int64_t version) const {
  return kind != Kind::kPinned ||
         std::find(versions.begin(), versions.end(), version) != versions.end();
}

bool VersionRule::IsEnough(size_t served) const {
  return kind == Kind::kLatest && served >= count;
}

absl::StatusOr<VersionPolicy> VersionPolicy::Parse(std::string_view text) {
  VersionPolicy policy;
  bool general = false;
  for (const absl::string_view item :
       absl::StrSplit(absl::string_view(text.data(), text.size()), ',')) {
    const size_t equals = item.find('=');
    const bool of_model = equals != absl::string_view::npos;
    const absl::StatusOr<VersionRule> rule =
        ParseRule(of_model ? item.substr(equals + 1) : item);
    if (!rule.ok()) return rule.status();
    if (!of_model) {
      if (std::exchange(general, true)) {
        return absl::InvalidArgumentError("two rules for every model");
      }
      policy.general_ = *rule;
      continue;
    }
    const std::string model(item.substr(0, equals));
    if (!IsModelName(model)) {
      return absl::InvalidArgumentError(
          absl::StrCat("'", model, "' is no name for a model"));
    }
    if (!policy.of_models_.emplace(model, *rule).second) {
      return absl::InvalidArgumentError(absl::StrCat("two rules for ", model));
    }
  }
  return policy;
}

std::string VersionPolicy::ToString() const {
  std::string text = RuleText(general_);
  for (const auto& [model, rule] : of_models_) {
    absl::StrAppend(&text, ",", model, "=", RuleText(rule));
  }
  return text;
}

const VersionRule& VersionPolicy::RuleFor(std::string_view model) const {
  const auto found = of_models_.find(model);
  return found == of_models_.end() ? general_ : found->second;
}

}  // namespace wanwu::model
