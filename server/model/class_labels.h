#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace wanwu::model {

enum class Language { kEnglish, kChinese };

// "zh" and any tag that begins with "zh-", whatever the case, is Chinese;
// everything else is English.
Language ParseLanguage(std::string_view bcp47);

// The names of a model's classes. Immutable.
class ClassLabels {
 public:
  // `tsv`: a header line "index wordnet_id label_en label_zh" and one line per
  // class in the order 0 … count - 1, cells separated by one tab. The WordNet
  // id and the Chinese label may be empty. `source` names the text in errors
  // (INVALID_ARGUMENT).
  static absl::StatusOr<ClassLabels> Parse(std::string_view tsv, int count,
                                           std::string_view source);

  int count() const { return static_cast<int>(classes_.size()); }

  // `index`: 0 … count() - 1. English stands in for a missing Chinese label.
  const std::string& Label(int index, Language language) const;
  // Empty if the class has none.
  const std::string& WordnetId(int index) const;

 private:
  struct Class {
    std::string wordnet_id;
    std::string english;
    std::string chinese;
  };

  const Class& At(int index) const {
    return classes_[static_cast<size_t>(index)];
  }

  std::vector<Class> classes_;
};

}  // namespace wanwu::model
