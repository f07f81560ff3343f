#include "server/model/class_labels.h"

#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "server/model/utf8.h"

namespace wanwu::model {
namespace {

// So that an answer with a thousand of them fits into what clients take.
constexpr size_t kMaxCellBytes = 1024;

constexpr absl::string_view kHeader = "index\twordnet_id\tlabel_en\tlabel_zh";

absl::string_view ToAbsl(std::string_view text) {
  return {text.data(), text.size()};
}

// Line `number` counts from 1, the header being the first.
absl::Status LineError(std::string_view source, size_t number,
                       absl::string_view problem) {
  return absl::InvalidArgumentError(
      absl::StrCat(ToAbsl(source), ", line ", number, ": ", problem));
}

}  // namespace

Language ParseLanguage(std::string_view bcp47) {
  const absl::string_view tag = ToAbsl(bcp47);
  // With '_' as POSIX writes it.
  return absl::EqualsIgnoreCase(tag, "zh") ||
                 absl::StartsWithIgnoreCase(tag, "zh-") ||
                 absl::StartsWithIgnoreCase(tag, "zh_")
             ? Language::kChinese
             : Language::kEnglish;
}

absl::StatusOr<ClassLabels> ClassLabels::Parse(std::string_view tsv, int count,
                                               std::string_view source) {
  // Labels travel in protobuf strings, which refuse anything else.
  if (!IsUtf8(tsv)) {
    return absl::InvalidArgumentError(
        absl::StrCat(ToAbsl(source), ": is not UTF-8"));
  }
  const std::vector<absl::string_view> lines =
      absl::StrSplit(absl::StripSuffix(ToAbsl(tsv), "\n"), '\n');
  if (absl::StripSuffix(lines[0], "\r") != kHeader) {
    return LineError(source, 1, absl::StrCat("the header must be ", kHeader));
  }
  if (lines.size() - 1 != static_cast<size_t>(count)) {
    return absl::InvalidArgumentError(
        absl::StrCat(ToAbsl(source), ": has ", lines.size() - 1,
                     " classes where the manifest states ", count));
  }
  ClassLabels labels;
  for (size_t i = 1; i < lines.size(); ++i) {
    const std::vector<absl::string_view> cells =
        absl::StrSplit(absl::StripSuffix(lines[i], "\r"), '\t');
    if (cells.size() != 4) return LineError(source, i + 1, "needs 4 cells");
    int64_t index = -1;
    if (!absl::SimpleAtoi(cells[0], &index) ||
        index != static_cast<int64_t>(i) - 1) {
      return LineError(source, i + 1, absl::StrCat("index must be ", i - 1));
    }
    if (cells[2].empty()) {
      return LineError(source, i + 1, "label_en must not be empty");
    }
    for (const absl::string_view cell : cells) {
      if (cell.size() <= kMaxCellBytes) continue;
      return LineError(
          source, i + 1,
          absl::StrCat("a cell is longer than ", kMaxCellBytes, " bytes"));
    }
    labels.classes_.push_back(
        {std::string(cells[1]), std::string(cells[2]), std::string(cells[3])});
  }
  return labels;
}

const std::string& ClassLabels::Label(int index, Language language) const {
  const Class& entry = At(index);
  return language == Language::kChinese && !entry.chinese.empty()
             ? entry.chinese
             : entry.english;
}

const std::string& ClassLabels::WordnetId(int index) const {
  return At(index).wordnet_id;
}

}  // namespace wanwu::model
