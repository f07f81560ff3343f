#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "nlohmann/json_fwd.hpp"

namespace wanwu::model {

// Bounds of a number, both included.
struct IntegerRange {
  int64_t min = 0;
  int64_t max = 0;
};

// Reads the fields of a JSON object and remembers the first mistake, so that a
// whole object is read before its status is looked at. After a mistake values
// are empty or zero. The JSON value and the status must outlive it.
class JsonFields {
 public:
  // `where` is the prefix of messages: the file's name, or a path within it.
  // `status` gets the first mistake (INVALID_ARGUMENT).
  JsonFields(const nlohmann::json& object, std::string where,
             absl::Status& status);

  // Present and not null.
  bool Has(std::string_view key) const;

  std::string Text(std::string_view key) const;
  std::string NonEmptyText(std::string_view key) const;
  bool Flag(std::string_view key) const;
  int64_t Integer(std::string_view key, IntegerRange range) const;
  // Finite.
  double Number(std::string_view key) const;
  double PositiveNumber(std::string_view key) const;
  // Exactly `size` finite numbers.
  std::vector<double> Numbers(std::string_view key, size_t size) const;
  JsonFields Object(std::string_view key) const;

  // Records a mistake in field `key`.
  void Fail(std::string_view key, std::string_view problem) const;

 private:
  const nlohmann::json* Find(std::string_view key) const;
  std::string Path(std::string_view key) const;

  const nlohmann::json* object_;
  std::string where_;
  absl::Status* status_;
};

}  // namespace wanwu::model
