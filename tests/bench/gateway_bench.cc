// What the gateway adds to a picture's way: the same pictures in turn over gRPC
// and over HTTP, one at a time, then both processes' CPU per picture. The
// server's own time, which each answer states, is taken out of the former.
// Started by tests/bench/gateway.sh.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "client/lib/classifier_client.h"

namespace wanwu::bench {
namespace {

namespace http = boost::beast::http;
using boost::asio::ip::tcp;
using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

struct Options {
  std::string grpc_address;
  std::string http_address;
  std::string pictures;
  int server_pid = 0;
  int gateway_pid = 0;
  int requests = 400;
};

std::vector<std::string> LoadPictures(const std::string& folder) {
  std::vector<std::string> pictures;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string type = entry.path().extension();
    if (type != ".JPEG" && type != ".jpg" && type != ".png") continue;
    std::ostringstream bytes;
    bytes << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    pictures.push_back(bytes.str());
    if (pictures.size() == 50) break;
  }
  return pictures;
}

double CpuSeconds(int pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  std::getline(stat, line);
  std::istringstream fields(line.substr(line.rfind(')') + 2));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  double user = 0;
  double system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double ToMs(const google::protobuf::Duration& duration) {
  return 1e3 * static_cast<double>(duration.seconds()) +
         1e-6 * static_cast<double>(duration.nanos());
}

double SinceMs(Clock::time_point start) {
  return Milliseconds(Clock::now() - start).count();
}

// One connection that is kept alive.
class HttpCaller {
 public:
  explicit HttpCaller(const std::string& address) : socket_(context_) {
    const auto colon = address.rfind(':');
    tcp::resolver resolver(context_);
    boost::asio::connect(socket_, resolver.resolve(address.substr(0, colon),
                                                   address.substr(colon + 1)));
    socket_.set_option(tcp::no_delay(true));
  }

  // Milliseconds beyond what the server took.
  double Call(const std::string& picture) {
    const auto start = Clock::now();
    http::request<http::string_body> request(http::verb::post, "/v1/classify",
                                             11, picture);
    request.set(http::field::host, "localhost");
    request.prepare_payload();
    http::write(socket_, request);
    http::response<http::string_body> response;
    http::read(socket_, buffer_, response);
    const double ms = SinceMs(start);
    if (response.result() != http::status::ok) {
      throw std::runtime_error(response.body());
    }
    const auto answer = nlohmann::json::parse(response.body());
    return ms - 1e3 * std::stod(answer["timings"]["total"].get<std::string>());
  }

 private:
  boost::asio::io_context context_;
  tcp::socket socket_;
  boost::beast::flat_buffer buffer_;
};

double CallGrpc(client::ClassifierClient& client, const std::string& picture) {
  const auto start = Clock::now();
  v1::ClassifyRequest request;
  request.set_image(picture);
  const auto response = client.Classify(
      request, std::chrono::system_clock::now() + std::chrono::seconds(30));
  const double ms = SinceMs(start);
  if (!response.ok()) throw std::runtime_error(response.status().ToString());
  return ms - ToMs(response->timings().total());
}

double Percentile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(
      share * static_cast<double>(values.size() - 1))];
}

void CompareLatency(const Options& options,
                    const std::vector<std::string>& pictures) {
  client::ClassifierClient grpc_caller(options.grpc_address);
  HttpCaller http_caller(options.http_address);
  std::vector<double> over_grpc;
  std::vector<double> over_http;
  for (int i = 0; i < options.requests; ++i) {
    const std::string& picture = pictures[i % pictures.size()];
    over_grpc.push_back(CallGrpc(grpc_caller, picture));
    over_http.push_back(http_caller.Call(picture));
  }
  const double grpc_ms = Percentile(over_grpc, 0.5);
  const double http_ms = Percentile(over_http, 0.5);
  std::printf(
      "beyond the server's own time, p50 of %d pictures: gRPC %.3f ms, "
      "HTTP %.3f ms; the gateway adds %.3f ms\n",
      options.requests, grpc_ms, http_ms, http_ms - grpc_ms);
}

void CompareCpu(const Options& options,
                const std::vector<std::string>& pictures) {
  HttpCaller http_caller(options.http_address);
  const double server = CpuSeconds(options.server_pid);
  const double gateway = CpuSeconds(options.gateway_pid);
  const int count = 4 * options.requests;
  for (int i = 0; i < count; ++i) {
    http_caller.Call(pictures[i % pictures.size()]);
  }
  const double server_ms =
      1e3 * (CpuSeconds(options.server_pid) - server) / count;
  const double gateway_ms =
      1e3 * (CpuSeconds(options.gateway_pid) - gateway) / count;
  std::printf(
      "CPU per picture: server %.3f ms, gateway %.3f ms: %.1f %% on top\n",
      server_ms, gateway_ms, 100 * gateway_ms / server_ms);
}

}  // namespace
}  // namespace wanwu::bench

int main(int argc, char** argv) {
  wanwu::bench::Options options;
  CLI::App app("What the gateway adds to a picture's way.");
  app.add_option("--grpc", options.grpc_address)->required();
  app.add_option("--http", options.http_address)->required();
  app.add_option("--pictures", options.pictures)->required();
  app.add_option("--server_pid", options.server_pid)->required();
  app.add_option("--gateway_pid", options.gateway_pid)->required();
  app.add_option("--requests", options.requests);
  CLI11_PARSE(app, argc, argv);
  const auto pictures = wanwu::bench::LoadPictures(options.pictures);
  if (pictures.empty()) {
    std::cerr << "no pictures in " << options.pictures << '\n';
    return 1;
  }
  wanwu::bench::CompareLatency(options, pictures);
  wanwu::bench::CompareCpu(options, pictures);
  return 0;
}
