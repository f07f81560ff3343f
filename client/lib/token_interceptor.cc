#include "client/lib/token_interceptor.h"

#include <utility>

namespace wanwu::client {
namespace {

using grpc::experimental::ClientInterceptorFactoryInterface;
using grpc::experimental::ClientRpcInfo;
using grpc::experimental::InterceptionHookPoints;
using grpc::experimental::Interceptor;
using grpc::experimental::InterceptorBatchMethods;

class AddsToken final : public Interceptor {
 public:
  explicit AddsToken(std::string token) : token_(std::move(token)) {}

  void Intercept(InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(
            InterceptionHookPoints::PRE_SEND_INITIAL_METADATA)) {
      methods->GetSendInitialMetadata()->emplace("authorization",
                                                 "Bearer " + token_);
    }
    methods->Proceed();
  }

 private:
  const std::string token_;
};

class Factory final : public ClientInterceptorFactoryInterface {
 public:
  explicit Factory(std::function<std::string()> token)
      : token_(std::move(token)) {}

  Interceptor* CreateClientInterceptor(ClientRpcInfo* /*info*/) override {
    return new AddsToken(token_());
  }

 private:
  const std::function<std::string()> token_;
};

}  // namespace

std::unique_ptr<ClientInterceptorFactoryInterface> TokenInterceptor(
    std::function<std::string()> token) {
  return std::make_unique<Factory>(std::move(token));
}

}  // namespace wanwu::client
