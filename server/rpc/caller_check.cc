#include "server/rpc/caller_check.h"

#include <grpc/grpc_security_constants.h>

#include <memory>
#include <string_view>

namespace wanwu::rpc {
namespace {

std::string_view ViewOf(grpc::string_ref text) {
  return {text.data(), text.size()};
}

}  // namespace

absl::StatusOr<access::Caller> CheckCaller(const access::AccessControl& access,
                                           const grpc::ServerContext& context,
                                           const access::Method& method) {
  access::Presented presented;
  const auto& metadata = context.client_metadata();
  const auto authorization = metadata.find("authorization");
  // Of several nobody could say which one counts.
  if (metadata.count("authorization") == 1) {
    presented.authorization = ViewOf(authorization->second);
  }
  const std::shared_ptr<const grpc::AuthContext> peer = context.auth_context();
  if (peer != nullptr && peer->IsPeerAuthenticated()) {
    for (const char* kind :
         {GRPC_PEER_URI_PROPERTY_NAME, GRPC_PEER_DNS_PROPERTY_NAME}) {
      for (const grpc::string_ref& name : peer->FindPropertyValues(kind)) {
        presented.certificate_names.push_back(ViewOf(name));
      }
    }
  }
  return access.Check(presented, method);
}

absl::StatusOr<CallAttributes> AdmitCaller(const CallServices& services,
                                           const grpc::ServerContext& context,
                                           const access::Method& method) {
  const absl::StatusOr<access::Caller> caller =
      CheckCaller(services.access, context, method);
  if (!caller.ok()) return caller.status();
  return ReadCallAttributes(context, services.clock, *caller);
}

}  // namespace wanwu::rpc
