#include "common/options/option_table.h"

#include <algorithm>
#include <stdexcept>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"

namespace wanwu::options {
namespace {

std::string Described(const Option& option) {
  return absl::StrCat(FlagName(option.text.name), "=", option.value(), " (",
                      option.origin, ")");
}

}  // namespace

std::string FlagName(std::string_view name) { return "--" + std::string(name); }

std::string VariableName(std::string_view name) {
  return "WANWU_" +
         absl::AsciiStrToUpper(absl::string_view(name.data(), name.size()));
}

void OptionTable::Require(std::vector<std::string> names,
                          std::function<std::string()> violation) {
  for (const std::string& name : names) Get(name);
  conditions_.push_back({std::move(names), std::move(violation)});
}

void OptionTable::RequireKeyPair(const std::string& certificate_name,
                                 const std::string& certificate,
                                 const std::string& key_name,
                                 const std::string& key) {
  Require({certificate_name, key_name}, [&certificate, &key] {
    return certificate.empty() == key.empty()
               ? ""
               : "a certificate and its key go together";
  });
}

Option* OptionTable::Find(std::string_view name) {
  const auto found = std::find_if(
      options_.begin(), options_.end(),
      [name](const Option& option) { return option.text.name == name; });
  return found == options_.end() ? nullptr : &*found;
}

std::vector<std::string> OptionTable::Names() const {
  std::vector<std::string> names;
  for (const Option& option : options_) names.push_back(option.text.name);
  return names;
}

std::vector<std::string> OptionTable::BrokenConditions(
    const std::set<std::string>& mistaken) const {
  std::vector<std::string> lines;
  for (const Condition& condition : conditions_) {
    const bool judged = std::none_of(
        condition.names.begin(), condition.names.end(),
        [&](const std::string& name) { return mistaken.contains(name); });
    if (!judged) continue;
    const std::string violation = condition.violation();
    if (violation.empty()) continue;
    const auto describe = [this](std::string* out, const std::string& name) {
      absl::StrAppend(out, Described(Get(name)));
    };
    lines.push_back(absl::StrCat(absl::StrJoin(condition.names, ", ", describe),
                                 ": ", violation));
  }
  return lines;
}

std::vector<std::string> OptionTable::Check() {
  std::vector<std::string> lines;
  std::set<std::string> mistaken;
  for (const Option& option : options_) {
    const absl::Status status = option.set(option.value());
    if (status.ok()) continue;
    mistaken.insert(option.text.name);
    lines.push_back(absl::StrCat(option.text.name, "=", option.value(), ": ",
                                 status.message()));
  }
  for (std::string& line : BrokenConditions(mistaken)) {
    lines.push_back(std::move(line));
  }
  return lines;
}

void OptionTable::AddOption(Option option) {
  if (Find(option.text.name) != nullptr) {
    throw std::logic_error("option defined twice: " + option.text.name);
  }
  if (option.text.default_shown.empty()) {
    option.text.default_shown = option.value();
  }
  options_.push_back(std::move(option));
}

const Option& OptionTable::Get(std::string_view name) const {
  for (const Option& option : options_) {
    if (option.text.name == name) return option;
  }
  throw std::logic_error("no such option: " + std::string(name));
}

}  // namespace wanwu::options
