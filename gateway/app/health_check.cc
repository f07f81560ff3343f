#include "gateway/app/health_check.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include "absl/strings/str_cat.h"
#include "gateway/http/listener.h"

namespace wanwu::gateway {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

template <typename Stream>
http::status Ask(Stream& stream) {
  http::request<http::empty_body> request(http::verb::get, "/healthz", 11);
  request.set(http::field::host, "localhost");
  request.set(http::field::connection, "close");
  http::write(stream, request);
  boost::beast::flat_buffer buffer;
  http::response<http::string_body> response;
  http::read(stream, buffer, response);
  return response.result();
}

http::status AskAt(const GatewayConfig& config) {
  const auto [host, port] = SplitAddress(config.listen_address);
  asio::io_context context;
  tcp::resolver resolver(context);
  asio::ssl::context tls(asio::ssl::context::tls_client);
  asio::ssl::stream<tcp::socket> stream(context, tls);
  asio::connect(stream.next_layer(), resolver.resolve(host, port));
  if (config.tls_certificate_file.empty()) return Ask(stream.next_layer());
  stream.handshake(asio::ssl::stream_base::client);
  return Ask(stream);
}

}  // namespace

absl::Status CheckHealth(const GatewayConfig& config) {
  try {
    const http::status status = AskAt(config);
    if (status == http::status::ok) return absl::OkStatus();
    return absl::UnavailableError(
        absl::StrCat("/healthz answered ", static_cast<int>(status)));
  } catch (const boost::system::system_error& error) {
    return absl::UnavailableError(absl::StrCat(
        "no answer from ", config.listen_address, ": ", error.what()));
  }
}

}  // namespace wanwu::gateway
