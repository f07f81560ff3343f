#include "client/lib/status_from_rpc.h"

#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/string_view.h"

namespace wanwu::client {
namespace {

// Debian's abseil has a string_view of its own.
absl::string_view View(const std::string& text) {
  return {text.data(), text.size()};
}

}  // namespace

absl::Status StatusFrom(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  absl::Status result(static_cast<absl::StatusCode>(status.error_code()),
                      View(status.error_message()));
  if (!status.error_details().empty()) {
    result.SetPayload(kDetailsUrl, absl::Cord(View(status.error_details())));
  }
  return result;
}

absl::Status StatusFrom(const google::rpc::Status& error) {
  if (error.code() == 0) {
    return absl::InternalError("the server sent an error with the code OK");
  }
  absl::Status status(static_cast<absl::StatusCode>(error.code()),
                      View(error.message()));
  status.SetPayload(kDetailsUrl, absl::Cord(error.SerializeAsString()));
  return status;
}

}  // namespace wanwu::client
