// What the gateway adds to a picture's way: the same pictures in turn over gRPC
// and over HTTP, one at a time, then both processes' CPU per picture. The
// server's own time, which each answer states, is taken out of the former.
// Started by tests/bench/gateway.sh.
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

// Of its threads, to the nanosecond: /proc/PID/stat counts in ticks, which
// overstates a process that wakes up often and briefly.
double CpuSeconds(int pid) {
  double nanoseconds = 0;
  const std::string tasks = "/proc/" + std::to_string(pid) + "/task";
  for (const auto& task : std::filesystem::directory_iterator(tasks)) {
    double on_cpu = 0;
    std::ifstream(task.path() / "schedstat") >> on_cpu;
    nanoseconds += on_cpu;
  }
  return 1e-9 * nanoseconds;
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
  double Classify(const std::string& picture) {
    const auto start = Clock::now();
    const std::string body =
        Exchange(http::verb::post, "/v1/classify", picture);
    const double ms = SinceMs(start);
    const auto answer = nlohmann::json::parse(body);
    return ms - 1e3 * std::stod(answer["timings"]["total"].get<std::string>());
  }

  // Milliseconds of an exchange in which the gateway has nothing to do.
  double AskNothing() {
    const auto start = Clock::now();
    Exchange(http::verb::get, "/healthz", "");
    return SinceMs(start);
  }

 private:
  std::string Exchange(http::verb method, const std::string& path,
                       const std::string& body) {
    http::request<http::string_body> request(method, path, 11, body);
    request.set(http::field::host, "localhost");
    request.prepare_payload();
    http::write(socket_, request);
    http::response<http::string_body> response;
    http::read(socket_, buffer_, response);
    if (response.result() != http::status::ok) {
      throw std::runtime_error(response.body());
    }
    return response.body();
  }

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
  std::vector<double> for_nothing;
  for (int i = 0; i < options.requests; ++i) {
    const std::string& picture = pictures[i % pictures.size()];
    over_grpc.push_back(CallGrpc(grpc_caller, picture));
    over_http.push_back(http_caller.Classify(picture));
    for_nothing.push_back(http_caller.AskNothing());
  }
  const double grpc_ms = Percentile(over_grpc, 0.5);
  const double http_ms = Percentile(over_http, 0.5);
  std::printf(
      "beyond the server's own time, p50 of %d pictures: gRPC %.3f ms, "
      "HTTP %.3f ms; the gateway adds %.3f ms, and a GET /healthz takes "
      "%.3f ms\n",
      options.requests, grpc_ms, http_ms, http_ms - grpc_ms,
      Percentile(for_nothing, 0.5));
}

void CompareCpu(const Options& options,
                const std::vector<std::string>& pictures) {
  HttpCaller http_caller(options.http_address);
  const double server = CpuSeconds(options.server_pid);
  const double gateway = CpuSeconds(options.gateway_pid);
  const int count = 4 * options.requests;
  for (int i = 0; i < count; ++i) {
    http_caller.Classify(pictures[i % pictures.size()]);
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
