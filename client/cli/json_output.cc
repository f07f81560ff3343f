#include "client/cli/json_output.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "client/cli/error_text.h"
#include "client/lib/proto_json.h"

namespace wanwu::cli {
namespace {

std::string ErrorJson(const absl::Status& status) {
  const client::RpcError error = ErrorForUser(status);
  return absl::StrCat("{\"code\":", client::JsonString(error.code),
                      ",\"reason\":", client::JsonString(error.reason),
                      ",\"message\":", client::JsonString(error.message), "}");
}

}  // namespace

void JsonOutput::Write(const PictureResult& picture) {
  out_ << "{\"file\":" << client::JsonString(picture.file) << ',';
  if (picture.result.ok()) {
    // The fields come behind "file" in the same object.
    out_ << client::ToJson(*picture.result).substr(1) << '\n';
  } else {
    out_ << "\"error\":" << ErrorJson(picture.result.status()) << "}\n";
  }
}

}  // namespace wanwu::cli
