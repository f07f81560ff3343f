#include "client/cli/bench_pictures.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "client/cli/error_text.h"
#include "client/cli/file_list.h"
#include "client/cli/picture_file.h"
#include "client/loadgen/picture_set.h"

namespace wanwu::cli {
namespace {

class Collection {
 public:
  explicit Collection(std::ostream& err) : err_(err) {}

  void AddDirectory(const std::string& path) {
    for (const ListedFile& file : ListFiles({path}, Descend::kYes)) {
      if (full_) return;
      absl::StatusOr<std::string> picture =
          file.problem.ok() ? ReadPicture(file.path) : file.problem;
      if (!picture.ok()) {
        err_ << ErrorLine(file.path, picture.status());
      } else if (loadgen::LooksLikePicture(*picture)) {
        Keep(*std::move(picture));
      }
    }
  }

  void Keep(std::string picture) {
    if (bytes_ + picture.size() > kMostPictureBytes) {
      full_ = true;
      err_ << absl::StrCat("wanwu: only the first ", pictures_.size(),
                           " pictures are used: more do not fit into ",
                           kMostPictureBytes >> 20, " MiB\n");
      return;
    }
    bytes_ += picture.size();
    pictures_.push_back(std::move(picture));
  }

  bool full() const { return full_; }
  std::vector<std::string> Take() { return std::move(pictures_); }

 private:
  std::ostream& err_;
  std::vector<std::string> pictures_;
  std::size_t bytes_ = 0;
  bool full_ = false;
};

}  // namespace

absl::StatusOr<std::vector<std::string>> ReadPictures(
    const std::vector<std::string>& paths, std::ostream& err) {
  Collection collection(err);
  for (const std::string& path : paths) {
    if (collection.full()) break;
    if (IsDirectory(path)) {
      collection.AddDirectory(path);
      continue;
    }
    absl::StatusOr<std::string> picture = ReadPicture(path);
    if (!picture.ok()) {
      return absl::Status(picture.status().code(),
                          absl::StrCat(path, ": ", picture.status().message()));
    }
    collection.Keep(*std::move(picture));
  }
  return collection.Take();
}

}  // namespace wanwu::cli
