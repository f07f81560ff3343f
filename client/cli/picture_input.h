#pragma once

#include <atomic>
#include <string>

#include "absl/status/statusor.h"
#include "client/fetch/picture_fetcher.h"

namespace wanwu::cli {

// What users name a picture by: a file, "-" for standard input, or a URL. For
// one thread.
class PictureInput {
 public:
  // Errors as ReadPicture and PictureFetcher::Fetch.
  absl::StatusOr<std::string> Read(const std::string& name,
                                   const std::atomic<bool>* stop = nullptr);

 private:
  client::PictureFetcher fetcher_;
};

}  // namespace wanwu::cli
