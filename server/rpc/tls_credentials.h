#pragma once

#include <grpcpp/security/server_credentials.h>

#include <memory>

#include "common/secrets/tls_material.h"
#include "common/secrets/watched_files.h"

namespace wanwu::rpc {

using TlsFile = secrets::WatchedFiles<secrets::TlsMaterial>;

// TLS with the certificate that is current when a connection comes; callers
// must show one of the authorities, if there are any. For one listener.
//
// gRPC's own FileWatcherCertificateProvider takes whatever it finds, so that
// between the replacement of a certificate and that of its key no connection
// could be made.
std::shared_ptr<grpc::ServerCredentials> TlsCredentials(
    std::shared_ptr<const TlsFile> files);

}  // namespace wanwu::rpc
