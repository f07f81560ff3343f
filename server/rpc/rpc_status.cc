#include "server/rpc/rpc_status.h"

#include <new>
#include <string>

#include "absl/strings/numbers.h"
#include "google/rpc/error_details.pb.h"
#include "server/errors/service_error.h"

namespace wanwu::rpc {
namespace {

constexpr char kDomain[] = "wanwu";

std::string Lookup(const errors::Metadata& metadata, std::string_view key) {
  const auto found = metadata.find(std::string(key));
  return found == metadata.end() ? std::string() : found->second;
}

int64_t RetryDelayMs(const errors::Metadata& metadata) {
  int64_t delay_ms = 0;
  if (!absl::SimpleAtoi(Lookup(metadata, errors::kRetryDelayMs), &delay_ms)) {
    return 0;
  }
  return delay_ms;
}

google::rpc::RetryInfo MakeRetryInfo(int64_t delay_ms) {
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(delay_ms / 1000);
  retry.mutable_retry_delay()->set_nanos(
      static_cast<int32_t>(delay_ms % 1000 * 1'000'000));
  return retry;
}

google::rpc::BadRequest MakeBadRequest(const errors::Metadata& metadata,
                                       const std::string& description) {
  google::rpc::BadRequest bad;
  auto* violation = bad.add_field_violations();
  violation->set_field(Lookup(metadata, errors::kField));
  violation->set_description(description);
  return bad;
}

google::rpc::ResourceInfo MakeResourceInfo(const errors::Metadata& metadata,
                                           const std::string& description) {
  google::rpc::ResourceInfo resource;
  resource.set_resource_type("model");
  resource.set_resource_name(Lookup(metadata, errors::kValue));
  resource.set_description(description);
  return resource;
}

google::rpc::QuotaFailure MakeQuotaFailure(const std::string& reason,
                                           const std::string& description) {
  google::rpc::QuotaFailure failure;
  auto* violation = failure.add_violations();
  violation->set_subject(reason);
  violation->set_description(description);
  return failure;
}

void AddTypedDetail(const absl::Status& status,
                    const errors::Metadata& metadata,
                    google::rpc::Status& out) {
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
      out.add_details()->PackFrom(MakeBadRequest(metadata, out.message()));
      break;
    case absl::StatusCode::kNotFound:
      out.add_details()->PackFrom(MakeResourceInfo(metadata, out.message()));
      break;
    case absl::StatusCode::kResourceExhausted:
      out.add_details()->PackFrom(
          MakeQuotaFailure(errors::Reason(status), out.message()));
      break;
    default:
      break;
  }
  const int64_t delay_ms = RetryDelayMs(metadata);
  if (delay_ms > 0) out.add_details()->PackFrom(MakeRetryInfo(delay_ms));
}

// Of a fault of ours the log tells more than callers may know: paths, and what
// libraries say.
std::string PublicMessage(const absl::Status& status) {
  return absl::IsInternal(status) ? "the server failed; its log says why"
                                  : std::string(status.message());
}

}  // namespace

google::rpc::Status ToRpcStatus(const absl::Status& status) {
  const errors::Metadata metadata = errors::ErrorMetadata(status);
  google::rpc::Status out;
  out.set_code(static_cast<int>(status.code()));
  out.set_message(PublicMessage(status));
  google::rpc::ErrorInfo info;
  info.set_reason(errors::Reason(status));
  info.set_domain(kDomain);
  info.mutable_metadata()->insert(metadata.begin(), metadata.end());
  out.add_details()->PackFrom(info);
  AddTypedDetail(status, metadata, out);
  return out;
}

grpc::Status ToGrpcStatus(const absl::Status& status) noexcept {
  if (status.ok()) return grpc::Status::OK;
  const auto code = static_cast<grpc::StatusCode>(status.code());
  try {
    const google::rpc::Status rpc_status = ToRpcStatus(status);
    return grpc::Status(code, rpc_status.message(),
                        rpc_status.SerializeAsString());
  } catch (const std::bad_alloc&) {
    return grpc::Status(code, "");
  }
}

void AddTrailers(const absl::Status& status, grpc::ServerContext& context) {
  if (status.code() != absl::StatusCode::kResourceExhausted) return;
  const int64_t delay_ms = RetryDelayMs(errors::ErrorMetadata(status));
  if (delay_ms > 0) {
    context.AddTrailingMetadata("grpc-retry-pushback-ms",
                                std::to_string(delay_ms));
  }
}

}  // namespace wanwu::rpc
