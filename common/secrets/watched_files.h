#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/secrets/read_secret.h"

namespace wanwu::secrets {

// Something that follows files.
class Refreshable {
 public:
  virtual ~Refreshable() = default;
  // Looks whether they have changed. Reads files, so for a thread that may
  // wait. One call at a time.
  virtual void Refresh() = 0;
};

// What some files hold. When one of them has changed they are loaded anew; what
// cannot be loaded, a half-written file or a key without its certificate, is
// reported once, and what was there before stays until they change again.
template <typename Content>
class WatchedFiles final : public Refreshable {
 public:
  using Load = std::function<absl::StatusOr<Content>()>;
  // OK: there is new content. Else: why the changed files were not taken.
  using OnChange = std::function<void(const absl::Status&)>;

  // Fails if they cannot be loaded now.
  static absl::StatusOr<std::unique_ptr<WatchedFiles>> Open(
      std::vector<std::string> paths, Load load, OnChange on_change) {
    std::unique_ptr<WatchedFiles> files(new WatchedFiles(
        std::move(paths), std::move(load), std::move(on_change)));
    absl::Status loaded = files->TryLoad();
    if (!loaded.ok()) return loaded;
    return files;
  }

  // Thread-safe; waits for no file.
  std::shared_ptr<const Content> Current() const {
    const std::lock_guard lock(mutex_);
    return current_;
  }

  void Refresh() override {
    if (Stamps() != stamps_) on_change_(TryLoad());
  }

 private:
  WatchedFiles(std::vector<std::string> paths, Load load, OnChange on_change)
      : paths_(std::move(paths)),
        load_(std::move(load)),
        on_change_(std::move(on_change)) {}

  std::vector<FileStamp> Stamps() const {
    std::vector<FileStamp> stamps;
    for (const std::string& path : paths_) stamps.push_back(StampOf(path));
    return stamps;
  }

  absl::Status TryLoad() {
    // Before the files: what changes meanwhile is seen the next time.
    stamps_ = Stamps();
    absl::StatusOr<Content> content = load_();
    if (!content.ok()) return content.status();
    auto loaded = std::make_shared<const Content>(*std::move(content));
    const std::lock_guard lock(mutex_);
    current_ = std::move(loaded);
    return absl::OkStatus();
  }

  const std::vector<std::string> paths_;
  const Load load_;
  const OnChange on_change_;
  std::vector<FileStamp> stamps_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Content> current_;  // guarded by mutex_
};

}  // namespace wanwu::secrets
