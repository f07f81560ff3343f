#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <optional>
#include <string>

namespace wanwu::client {

struct ChannelOptions {
  // HOST:PORT, [IPV6]:PORT or unix:PATH.
  std::string address;

  // Certificates (PEM) that the server's is checked against; an empty string
  // means those of the system. nullopt: no TLS.
  std::optional<std::string> tls_root_certificates = {};

  // Channels to one address share a connection, unless their numbers differ.
  int number = 0;
};

// One connection to one server. It is made on first use, made again when it
// breaks, and never goes through an HTTP proxy.
std::shared_ptr<grpc::Channel> MakeChannel(const ChannelOptions& options);

}  // namespace wanwu::client
