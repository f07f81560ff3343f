#include "client/lib/connect.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "client/lib/status_from_rpc.h"
#include "grpc/health/v1/health.grpc.pb.h"

namespace wanwu::client {
namespace {

// A channel only tells it to calls, which then fail at once.
std::string WhyNot(const std::shared_ptr<grpc::Channel>& channel,
                   Deadline deadline) {
  grpc::ClientContext context;
  context.set_deadline(deadline);
  grpc::health::v1::HealthCheckResponse response;
  const grpc::Status failed = grpc::health::v1::Health::NewStub(channel)->Check(
      &context, {}, &response);
  return absl::StrCat("nothing answers at the address: ",
                      StatusFrom(failed).message());
}

}  // namespace

absl::Status Connect(const std::shared_ptr<grpc::Channel>& channel,
                     Deadline deadline) {
  for (;;) {
    const grpc_connectivity_state state = channel->GetState(true);
    if (state == GRPC_CHANNEL_READY) return absl::OkStatus();
    if (state == GRPC_CHANNEL_TRANSIENT_FAILURE) {
      return absl::UnavailableError(WhyNot(channel, deadline));
    }
    if (!channel->WaitForStateChange(state, deadline)) {
      return absl::UnavailableError("no answer from the address in time");
    }
  }
}

}  // namespace wanwu::client
