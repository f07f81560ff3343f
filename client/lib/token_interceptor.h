#pragma once

#include <grpcpp/support/client_interceptor.h>

#include <functional>
#include <memory>
#include <string>

namespace wanwu::client {

// Adds "authorization: Bearer TOKEN" to every call of a channel. gRPC's own
// call credentials do so over TLS only, but a server of this machine may ask
// for a token, too.
std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>
TokenInterceptor(std::function<std::string()> token);

}  // namespace wanwu::client
