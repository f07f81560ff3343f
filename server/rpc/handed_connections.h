#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <utility>

namespace wanwu::rpc {

// Takes connections that we have accepted to a gRPC server.
class HandedConnections {
 public:
  // Of the server that `builder` builds. Null credentials: in the clear.
  HandedConnections(grpc::ServerBuilder& builder,
                    std::shared_ptr<grpc::ServerCredentials> credentials)
      : acceptor_(builder.experimental().AddExternalConnectionAcceptor(
            grpc::ServerBuilder::experimental_type::ExternalConnectionType::
                FROM_FD,
            credentials != nullptr ? std::move(credentials)
                                   : grpc::InsecureServerCredentials())) {}

  // Once the server is started. Owns the descriptor from then on.
  void HandOver(int descriptor) {
    grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters
        connection;
    connection.fd = descriptor;
    acceptor_->HandleNewConnection(&connection);
  }

 private:
  const std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor>
      acceptor_;
};

}  // namespace wanwu::rpc
