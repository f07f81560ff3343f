#include "client/cli/file_list.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "client/lib/rpc_error.h"

namespace wanwu::cli {
namespace {

namespace fs = std::filesystem;

ListedFile Unlistable(const fs::path& directory, const std::error_code& error) {
  return {directory.string(),
          client::MakeError(absl::ErrnoToStatusCode(error.value()),
                            "FILE_UNREADABLE", error.message())};
}

bool IsHidden(const fs::path& path) {
  return path.filename().string().starts_with('.');
}

class Listing {
 public:
  explicit Listing(Descend descend) : descend_(descend) {}

  void Add(const std::string& path) { files_.push_back({path}); }

  void AddDirectory(const fs::path& directory) {
    std::error_code error;
    std::vector<fs::directory_entry> entries;
    fs::directory_iterator each(directory, error);
    while (!error && each != fs::directory_iterator()) {
      if (!IsHidden(each->path())) entries.push_back(*each);
      each.increment(error);
    }
    if (error) files_.push_back(Unlistable(directory, error));
    std::sort(entries.begin(), entries.end());
    for (const fs::directory_entry& entry : entries) AddEntry(entry);
  }

  std::vector<ListedFile> Take() { return std::move(files_); }

 private:
  void AddEntry(const fs::directory_entry& entry) {
    std::error_code ignored;
    if (entry.is_regular_file(ignored)) {
      Add(entry.path().string());
    } else if (descend_ == Descend::kYes && !entry.is_symlink(ignored) &&
               entry.is_directory(ignored)) {
      AddDirectory(entry.path());
    }
  }

  const Descend descend_;
  std::vector<ListedFile> files_;
};

}  // namespace

std::vector<ListedFile> ListFiles(const std::vector<std::string>& arguments,
                                  Descend descend) {
  Listing listing(descend);
  for (const std::string& argument : arguments) {
    if (IsDirectory(argument)) {
      listing.AddDirectory(argument);
    } else {
      listing.Add(argument);
    }
  }
  return listing.Take();
}

bool IsDirectory(const std::string& path) {
  std::error_code ignored;
  return path != "-" && fs::is_directory(path, ignored);
}

}  // namespace wanwu::cli
