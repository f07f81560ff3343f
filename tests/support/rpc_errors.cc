#include "tests/support/rpc_errors.h"

namespace wanwu::test_support {

google::rpc::Status DetailsOf(const grpc::Status& status) {
  google::rpc::Status details;
  details.ParseFromString(status.error_details());
  return details;
}

std::string ReasonOf(const google::rpc::Status& status) {
  const auto info = FindDetail<google::rpc::ErrorInfo>(status);
  return info.has_value() ? info->reason() : std::string();
}

std::string ReasonOf(const grpc::Status& status) {
  return ReasonOf(DetailsOf(status));
}

}  // namespace wanwu::test_support
