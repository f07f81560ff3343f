#include "common/options/config_file.h"

#include <yaml-cpp/yaml.h>

#include <cerrno>
#include <cstdio>
#include <map>
#include <memory>
#include <system_error>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace wanwu::options {
namespace {

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

absl::StatusOr<std::string> ReadText(const std::string& path) {
  const auto failure = [] {
    return absl::NotFoundError(absl::StrCat(
        "cannot be read: ", std::generic_category().message(errno)));
  };
  const std::unique_ptr<std::FILE, FileCloser> file(
      std::fopen(path.c_str(), "re"));
  if (file == nullptr) return failure();
  std::string text;
  char block[4096];
  while (const size_t count = std::fread(block, 1, sizeof(block), file.get())) {
    text.append(block, count);
  }
  if (std::ferror(file.get()) != 0) return failure();
  return text;
}

class Reader {
 public:
  explicit Reader(std::string path) : path_(std::move(path)) {}

  ConfigFile Read() {
    if (path_.empty()) {
      file_.mistakes.push_back("config: the file has no name");
      return std::move(file_);
    }
    const absl::StatusOr<std::string> text = ReadText(path_);
    if (!text.ok()) {
      const absl::string_view why = text.status().message();
      file_.mistakes.push_back(absl::StrCat(path_, ": ", why));
      return std::move(file_);
    }
    try {
      ReadDocuments(YAML::LoadAll(*text));
    } catch (const YAML::Exception& error) {
      Mistake(error.mark, absl::StrCat("not YAML: ", error.msg));
    }
    return std::move(file_);
  }

 private:
  static int Line(const YAML::Mark& mark) { return mark.line + 1; }

  void Mistake(const YAML::Mark& mark, absl::string_view message) {
    file_.mistakes.push_back(
        absl::StrCat(path_, ":", Line(mark), ": ", message));
  }

  void ReadDocuments(const std::vector<YAML::Node>& documents) {
    if (documents.size() > 1) {
      Mistake(documents[1].Mark(), "more than one YAML document");
    }
    if (documents.empty() || documents.front().IsNull()) return;
    const YAML::Node& root = documents.front();
    if (!root.IsMap()) {
      Mistake(root.Mark(), "not a list of 'option: value' lines");
      return;
    }
    for (const auto& entry : root) ReadEntry(entry.first, entry.second);
  }

  void ReadEntry(const YAML::Node& key, const YAML::Node& value) {
    if (!key.IsScalar()) {
      Mistake(key.Mark(), "a key is not plain text");
      return;
    }
    const std::string& name = key.Scalar();
    const auto [first, added] = lines_.emplace(name, Line(key.Mark()));
    if (!added) {
      Mistake(key.Mark(), absl::StrCat("'", name, "' is already set in line ",
                                       first->second));
    } else if (value.IsNull()) {
      Mistake(key.Mark(), absl::StrCat("'", name, "' has no value"));
    } else if (!value.IsScalar()) {
      Mistake(key.Mark(),
              absl::StrCat("'", name, "' takes one value, not a list or map"));
    } else {
      file_.entries.push_back({name, value.Scalar(), Line(key.Mark())});
    }
  }

  const std::string path_;
  ConfigFile file_;
  std::map<std::string, int> lines_;
};

}  // namespace

ConfigFile ReadConfigFile(const std::string& path) {
  return Reader(path).Read();
}

}  // namespace wanwu::options
