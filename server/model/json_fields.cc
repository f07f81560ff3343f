#include "server/model/json_fields.h"

#include <cmath>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "nlohmann/json.hpp"

namespace wanwu::model {
namespace {

using nlohmann::json;

const json& EmptyObject() {
  static const json empty = json::object();
  return empty;
}

absl::string_view ToAbsl(std::string_view text) {
  return {text.data(), text.size()};
}

bool FitsInt64(const json& value) {
  if (!value.is_number_unsigned()) return value.is_number_integer();
  return value.get<uint64_t>() <=
         static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
}

}  // namespace

JsonFields::JsonFields(const json& object, std::string where,
                       absl::Status& status)
    : object_(&object), where_(std::move(where)), status_(&status) {
  if (object.is_object()) return;
  object_ = &EmptyObject();
  if (status_->ok()) {
    *status_ =
        absl::InvalidArgumentError(absl::StrCat(where_, ": must be an object"));
  }
}

bool JsonFields::Has(std::string_view key) const {
  const auto found = object_->find(std::string(key));
  return found != object_->end() && !found->is_null();
}

std::string JsonFields::Text(std::string_view key) const {
  const json* value = Find(key);
  if (value == nullptr) return {};
  if (value->is_string()) return value->get<std::string>();
  Fail(key, "must be a string");
  return {};
}

std::string JsonFields::NonEmptyText(std::string_view key) const {
  std::string text = Text(key);
  if (text.empty()) Fail(key, "must not be empty");
  return text;
}

bool JsonFields::Flag(std::string_view key) const {
  const json* value = Find(key);
  if (value == nullptr) return false;
  if (value->is_boolean()) return value->get<bool>();
  Fail(key, "must be true or false");
  return false;
}

int64_t JsonFields::Integer(std::string_view key, IntegerRange range) const {
  const json* value = Find(key);
  if (value == nullptr) return 0;
  if (FitsInt64(*value)) {
    const int64_t number = value->get<int64_t>();
    if (number >= range.min && number <= range.max) return number;
  }
  Fail(key, "must be a whole number from " + std::to_string(range.min) +
                " to " + std::to_string(range.max));
  return 0;
}

double JsonFields::Number(std::string_view key) const {
  const json* value = Find(key);
  if (value == nullptr) return 0;
  if (value->is_number()) return value->get<double>();
  Fail(key, "must be a number");
  return 0;
}

double JsonFields::PositiveNumber(std::string_view key) const {
  const double number = Number(key);
  if (!(number > 0)) Fail(key, "must be greater than 0");
  return number;
}

std::vector<double> JsonFields::Numbers(std::string_view key,
                                        size_t size) const {
  std::vector<double> numbers(size);
  const json* value = Find(key);
  if (value == nullptr) return numbers;
  const bool right_size = value->is_array() && value->size() == size;
  for (size_t i = 0; right_size && i < size; ++i) {
    if (!(*value)[i].is_number()) break;
    numbers[i] = (*value)[i].get<double>();
    if (i + 1 == size) return numbers;
  }
  Fail(key, "must be a list of " + std::to_string(size) + " numbers");
  return std::vector<double>(size);
}

JsonFields JsonFields::Object(std::string_view key) const {
  const json* value = Find(key);
  return {value == nullptr ? EmptyObject() : *value, Path(key), *status_};
}

void JsonFields::Fail(std::string_view key, std::string_view problem) const {
  if (!status_->ok()) return;
  *status_ = absl::InvalidArgumentError(
      absl::StrCat(Path(key), ": ", ToAbsl(problem)));
}

const json* JsonFields::Find(std::string_view key) const {
  const auto found = object_->find(std::string(key));
  if (found != object_->end()) return &*found;
  Fail(key, "is missing");
  return nullptr;
}

std::string JsonFields::Path(std::string_view key) const {
  // The file's name ends in a colon, a field's path does not.
  const bool in_file = !where_.empty() && where_.back() == ':';
  return absl::StrCat(where_, in_file ? " " : ".", ToAbsl(key));
}

}  // namespace wanwu::model
