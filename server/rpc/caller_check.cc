#include "server/rpc/caller_check.h"

#include <grpc/grpc_security_constants.h>

#include <memory>
#include <string_view>

#include "server/rpc/out_of_memory.h"

namespace wanwu::rpc {
namespace {

std::string_view ViewOf(grpc::string_ref text) {
  return {text.data(), text.size()};
}

access::Presented PresentedBy(const grpc::ServerContextBase& context,
                              const grpc::AuthContext* peer) {
  access::Presented presented;
  const auto& metadata = context.client_metadata();
  const auto authorization = metadata.find("authorization");
  // Of several nobody could say which one counts.
  if (metadata.count("authorization") == 1) {
    presented.authorization = ViewOf(authorization->second);
  }
  if (peer == nullptr || !peer->IsPeerAuthenticated()) return presented;
  for (const char* kind :
       {GRPC_PEER_URI_PROPERTY_NAME, GRPC_PEER_DNS_PROPERTY_NAME}) {
    for (const grpc::string_ref& name : peer->FindPropertyValues(kind)) {
      presented.certificate_names.push_back(ViewOf(name));
    }
  }
  return presented;
}

}  // namespace

absl::StatusOr<access::Caller> CheckCaller(
    const access::AccessControl& access, const grpc::ServerContextBase& context,
    const access::Method& method) {
  return OrOutOfMemory([&] {
    // Holds what the names refer to.
    const std::shared_ptr<const grpc::AuthContext> peer =
        context.auth_context();
    return access.Check(PresentedBy(context, peer.get()), method);
  });
}

absl::StatusOr<CallAttributes> AdmitCaller(const CallServices& services,
                                           const grpc::ServerContext& context,
                                           const access::Method& method) {
  const absl::StatusOr<access::Caller> caller =
      CheckCaller(services.access, context, method);
  if (!caller.ok()) return caller.status();
  return OrOutOfMemory([&] {
    absl::StatusOr<CallAttributes> attributes =
        ReadCallAttributes(context, services.clock, *caller);
    if (attributes.ok() && services.LogsRequests()) {
      attributes->caller =
          caller->identity.empty() ? context.peer() : caller->identity;
    }
    return attributes;
  });
}

}  // namespace wanwu::rpc
