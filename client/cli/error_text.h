#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "client/lib/rpc_error.h"

namespace wanwu::cli {

// The error with a message for people: what gRPC says about a lost connection
// or a passed deadline is put in our words.
client::RpcError ErrorForUser(const absl::Status& status);

// "wanwu: SUBJECT: MESSAGE (REASON)" and '\n'; without SUBJECT if it is empty.
// Always one line that is harmless on a terminal.
std::string ErrorLine(std::string_view subject, const absl::Status& status);

// "wanwu: SUBJECT: warning: MESSAGE" and '\n', likewise.
std::string WarningLine(std::string_view subject, std::string_view message);

}  // namespace wanwu::cli
