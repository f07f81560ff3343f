#include "tests/gateway/support/api_server.h"

#include <thread>
#include <utility>

#include "gateway/api/model_handlers.h"
#include "gateway/api/status_handler.h"

namespace wanwu::test {
namespace {

using boost::beast::http::verb;

constexpr char kFormHeader[] =
    "Content-Type: multipart/form-data; boundary=\"Xy-7\"\r\n";

std::string AddressOr(const std::string& address, const FakeServer& server) {
  return address.empty() ? server.address() : address;
}

}  // namespace

ApiServer::ApiServer(Script script, const ApiOptions& options)
    : server_(std::move(script)),
      client_({.address = AddressOr(options.server_address, server_)}),
      http_(
          [&](gateway::Router& router) {
            const gateway::CallDefaults& defaults = options.defaults;
            router.Add(
                verb::post, "/v1/classify",
                gateway::ServeClassify(client_, defaults, options.limits));
            router.Add(verb::get, "/v1/models",
                       gateway::ServeModelList(client_, defaults));
            router.Add(verb::get, "/v1/models/{model}",
                       gateway::ServeModel(client_, defaults));
            router.Add(verb::get, "/v1/status",
                       gateway::ServeStatus(client_, defaults));
          },
          options.http) {}

void SeenCall::Note(const grpc::ServerContext& context) {
  const std::lock_guard lock(mutex_);
  for (const auto& [name, value] : context.client_metadata()) {
    metadata_[{name.data(), name.size()}] = {value.data(), value.size()};
  }
  deadline_ = context.deadline();
}

std::string SeenCall::Metadata(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = metadata_.find(name);
  return found == metadata_.end() ? "" : found->second;
}

std::optional<std::chrono::milliseconds> SeenCall::TimeLeft() const {
  const std::lock_guard lock(mutex_);
  const auto left = deadline_ - std::chrono::system_clock::now();
  if (left > std::chrono::hours(24)) return std::nullopt;
  return std::chrono::duration_cast<std::chrono::milliseconds>(left);
}

grpc::Status WaitForCancel(grpc::ServerContext& context) {
  while (!context.IsCancelled()) std::this_thread::yield();
  return grpc::Status::CANCELLED;
}

Form& Form::File(const std::string& name, const std::string& bytes) {
  return Raw(
      "--Xy-7\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" +
      name + "\"\r\n\r\n" + bytes + "\r\n");
}

Form& Form::Field(const std::string& name, const std::string& value) {
  return Raw("--Xy-7\r\nContent-Disposition: form-data; name=\"" + name +
             "\"\r\n\r\n" + value + "\r\n");
}

Form& Form::Raw(const std::string& text) {
  body_ += text;
  return *this;
}

std::string Form::Request(const std::string& headers) const {
  return Post("/v1/classify", body_ + "--Xy-7--\r\n", kFormHeader + headers);
}

std::string Form::UnfinishedRequest(const std::string& headers) const {
  return Post("/v1/classify", body_, kFormHeader + headers);
}

std::string JsonPost(const std::string& body, const std::string& headers) {
  return Post("/v1/classify", body,
              "Content-Type: application/json\r\n" + headers);
}

}  // namespace wanwu::test
