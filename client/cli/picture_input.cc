#include "client/cli/picture_input.h"

#include "client/cli/picture_file.h"

namespace wanwu::cli {

absl::StatusOr<std::string> PictureInput::Read(const std::string& name,
                                               const std::atomic<bool>* stop) {
  return client::IsUrl(name) ? fetcher_.Fetch(name, stop) : ReadPicture(name);
}

}  // namespace wanwu::cli
