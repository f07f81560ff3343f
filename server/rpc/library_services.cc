#include "server/rpc/library_services.h"

#include <grpc/grpc.h>
#include <grpcpp/support/server_interceptor.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/rpc/caller_check.h"

namespace wanwu::rpc {
namespace {

using grpc::experimental::InterceptionHookPoints;
using grpc::experimental::Interceptor;
using grpc::experimental::InterceptorBatchMethods;
using grpc::experimental::ServerInterceptorFactoryInterface;
using grpc::experimental::ServerRpcInfo;

// Of "/SERVICE/METHOD".
access::Method MethodAt(std::string_view path) {
  const size_t slash = path.rfind('/');
  if (slash == 0 || slash == std::string_view::npos) return {};
  return {.service = path.substr(1, slash - 1), .name = path.substr(slash + 1)};
}

class CallerCheck final : public Interceptor {
 public:
  CallerCheck(const access::AccessControl& access, ServerRpcInfo& call)
      : access_(access), call_(call) {}

  void Intercept(InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(
            InterceptionHookPoints::POST_RECV_INITIAL_METADATA)) {
      Check();
    }
    methods->Proceed();
  }

 private:
  // The handler still runs, but what it answers goes nowhere.
  void Check() {
    grpc::ServerContextBase& context = *call_.server_context();
    const absl::Status allowed =
        CheckCaller(access_, context, MethodAt(call_.method())).status();
    if (allowed.ok()) return;
    const std::string message(allowed.message());
    grpc_call_cancel_with_status(context.c_call(),
                                 static_cast<grpc_status_code>(allowed.code()),
                                 message.c_str(), nullptr);
  }

  const access::AccessControl& access_;
  ServerRpcInfo& call_;
};

class CallerChecks final : public ServerInterceptorFactoryInterface {
 public:
  explicit CallerChecks(access::AccessControl access)
      : access_(std::move(access)) {}

  Interceptor* CreateServerInterceptor(ServerRpcInfo* call) override {
    if (!access::IsOfLibrary(MethodAt(call->method()))) return nullptr;
    return new CallerCheck(access_, *call);
  }

 private:
  const access::AccessControl access_;
};

}  // namespace

void CheckCallersOfLibraryServices(grpc::ServerBuilder& builder,
                                   const access::AccessControl& access) {
  if (!access.asks()) return;
  std::vector<std::unique_ptr<ServerInterceptorFactoryInterface>> creators;
  creators.push_back(std::make_unique<CallerChecks>(access));
  builder.experimental().SetInterceptorCreators(std::move(creators));
}

}  // namespace wanwu::rpc
