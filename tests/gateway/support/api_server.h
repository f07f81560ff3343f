#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "gateway/api/classify_handler.h"
#include "tests/client/support/fake_server.h"
#include "tests/gateway/support/http_server.h"

namespace wanwu::test {

struct ApiOptions {
  HttpServerOptions http = {};
  gateway::CallDefaults defaults = {};
  gateway::ClassifyLimits limits = {};
  // Empty: the fake server.
  std::string server_address = {};
};

// The gateway's API over HTTP in front of a fake server.
class ApiServer {
 public:
  explicit ApiServer(Script script, const ApiOptions& options = {});

  int port() const { return http_.port(); }
  HttpServer& http() { return http_; }

 private:
  FakeServer server_;
  client::AsyncClient client_;
  HttpServer http_;
};

// What the fake server saw of a call besides its message. Thread-safe.
class SeenCall {
 public:
  void Note(const grpc::ServerContext& context);

  // Empty if it was not sent.
  std::string Metadata(const std::string& name) const;
  // From now on; nullopt: without end.
  std::optional<std::chrono::milliseconds> TimeLeft() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string> metadata_;
  std::chrono::system_clock::time_point deadline_;
};

// Blocks until the caller gives up.
grpc::Status WaitForCancel(grpc::ServerContext& context);

// Writes a multipart/form-data request of POST /v1/classify.
class Form {
 public:
  Form& File(const std::string& name, const std::string& bytes);
  Form& Field(const std::string& name, const std::string& value);
  Form& Raw(const std::string& text);

  // The whole request; `headers` is lines that each end in CR LF.
  std::string Request(const std::string& headers = "") const;
  // Without the last boundary.
  std::string UnfinishedRequest(const std::string& headers = "") const;

 private:
  std::string body_;
};

// The same as JSON; pictures are their plain bytes here.
std::string JsonPost(const std::string& body, const std::string& headers = "");

}  // namespace wanwu::test
