// Classifies files and folders with libwanwu_client. See README.md beside this
// folder.
#include <wanwu/client/lib/classifier_client.h>
#include <wanwu/client/lib/rpc_error.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

namespace client = wanwu::client;
namespace fs = std::filesystem;
using SendResult = client::BatchSession::SendResult;

std::string Setting(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : otherwise;
}

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(file), {}};
}

// As the environment describes it.
client::ChannelOptions Connection() {
  client::ChannelOptions options;
  options.address = Setting("WANWU_ADDRESS", "127.0.0.1:8500");
  options.service_config =
      ReadFile(Setting("WANWU_SERVICE_CONFIG", "docs/service-config.json"));
  const std::string authorities = Setting("WANWU_CA_FILE", "");
  if (!authorities.empty()) {
    options.tls = client::ChannelTls{.files = {.authorities = authorities}};
  }
  const std::string token_file = Setting("WANWU_TOKEN_FILE", "");
  if (!token_file.empty()) {
    std::string token = ReadFile(token_file);
    token.erase(token.find_last_not_of(" \n") + 1);
    options.token = [token] { return token; };
  }
  // A file that cannot be used, or a token that would travel in the clear.
  const absl::Status usable = client::CheckChannel(options);
  if (!usable.ok()) throw std::runtime_error(usable.ToString());
  return options;
}

std::chrono::seconds Patience() {
  return std::chrono::seconds(std::stoi(Setting("WANWU_DEADLINE", "10")));
}

wanwu::v1::ClassifyRequest RequestOf(const fs::path& path) {
  wanwu::v1::ClassifyRequest request;
  request.set_image(ReadFile(path));
  return request;
}

void Print(const std::string& name,
           const absl::StatusOr<wanwu::v1::ClassifyResponse>& result) {
  if (result.ok()) {
    const auto& best = result->classifications(0);
    std::printf("%s\t%s\t%.4f\n", name.c_str(), best.label().c_str(),
                best.probability());
    return;
  }
  const client::RpcError error = client::DescribeError(result.status());
  std::string retry = "-";
  if (error.retry_delay.has_value()) {
    const std::chrono::duration<double> delay = *error.retry_delay;
    retry = std::to_string(delay.count());
    retry.resize(retry.find('.') + 4);
  }
  std::printf("%s\terror\t%s\t%s\t%s\t%s\n", name.c_str(), error.code.c_str(),
              error.reason.empty() ? "-" : error.reason.c_str(), retry.c_str(),
              error.message.c_str());
}

void ClassifyFile(client::ClassifierClient& server, const fs::path& path) {
  Print(path.filename(),
        server.Classify(RequestOf(path),
                        std::chrono::system_clock::now() + Patience()));
}

// One stream, in which WANWU_IN_FLIGHT pictures are unanswered at most.
void ClassifyFolder(client::ClassifierClient& server, const fs::path& folder) {
  std::vector<fs::path> files(fs::directory_iterator(folder), {});
  std::sort(files.begin(), files.end());
  const auto stream = server.OpenBatch(
      {.answer_timeout = Patience(),
       .max_in_flight = std::stoi(Setting("WANWU_IN_FLIGHT", "16")),
       .deadline = std::chrono::system_clock::now() + Patience()});
  // Send() waits while so many are unanswered.
  std::jthread sender([&] {
    for (const fs::path& file : files) {
      const SendResult sent = stream->Send(file.filename(), RequestOf(file));
      if (sent == SendResult::kEnded) return;  // Finish() says why.
      if (sent == SendResult::kTooLarge) {
        Print(file.filename(), absl::ResourceExhaustedError("too large"));
      }
    }
    stream->FinishSending();
  });
  while (const auto answer = stream->Read()) Print(answer->id, answer->result);
  const absl::Status end = stream->Finish();
  if (!end.ok()) Print(folder.filename(), end);
}

}  // namespace

int main(int argc, char** argv) try {
  client::ClassifierClient server(Connection());
  for (int i = 1; i < argc; ++i) {
    const fs::path path = argv[i];
    if (fs::is_directory(path)) {
      ClassifyFolder(server, path);
    } else {
      ClassifyFile(server, path);
    }
  }
  return EXIT_SUCCESS;
} catch (const std::exception& failure) {
  std::cerr << failure.what() << '\n';
  return EXIT_FAILURE;
}
