#include "tests/gateway/support/raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <stdexcept>
#include <utility>

namespace wanwu::test {

std::string RawResponse::Header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

RawClient::RawClient(int port) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
  const timeval patience = {.tv_sec = 60, .tv_usec = 0};
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(socket_, reinterpret_cast<sockaddr*>(&address),
              sizeof(address)) != 0) {
    throw std::runtime_error("cannot connect");
  }
}

RawClient::~RawClient() { Close(); }

void RawClient::Close() {
  if (socket_ >= 0) close(std::exchange(socket_, -1));
}

void RawClient::EndSending() { shutdown(socket_, SHUT_WR); }

void RawClient::Reset() {
  const linger at_once = {.l_onoff = 1, .l_linger = 0};
  setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  Close();
}

void RawClient::ShrinkReceiveBuffer() {
  const int bytes = 1;
  setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
}

bool RawClient::TrySend(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent =
        send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void RawClient::Send(std::string_view bytes) {
  if (!TrySend(bytes)) throw std::runtime_error("cannot send");
}

bool RawClient::Fill() {
  std::array<char, 16 << 10> piece;
  const ssize_t got = recv(socket_, piece.data(), piece.size(), 0);
  // A reset is an end, too.
  if (got < 0 && errno != ECONNRESET) {
    throw std::runtime_error("nothing came for a minute");
  }
  if (got <= 0) return false;
  buffer_.append(piece.data(), static_cast<std::size_t>(got));
  return true;
}

std::string RawClient::Take(std::size_t bytes) {
  while (buffer_.size() < bytes) {
    if (!Fill()) throw std::runtime_error("closed within: " + buffer_);
  }
  std::string taken = buffer_.substr(0, bytes);
  buffer_.erase(0, bytes);
  return taken;
}

std::string RawClient::ReadUntil(std::string_view end) {
  std::size_t found = 0;
  while ((found = buffer_.find(end)) == std::string::npos) {
    if (!Fill()) throw std::runtime_error("closed within: " + buffer_);
  }
  return Take(found + end.size());
}

std::string RawClient::ReadRest() {
  while (Fill()) {
  }
  return std::exchange(buffer_, {});
}

std::string RawClient::ReadChunks() {
  std::string body;
  while (true) {
    const std::size_t size = std::stoul(ReadUntil("\r\n"), nullptr, 16);
    body += Take(size);
    if (Take(2) != "\r\n") throw std::runtime_error("a chunk without end");
    if (size == 0) return body;
  }
}

RawResponse RawClient::Read(Content content) {
  RawResponse response;
  response.status_line = ReadUntil("\r\n");
  response.status_line.resize(response.status_line.size() - 2);
  response.status = std::stoi(response.status_line.substr(9));
  while (true) {
    std::string line = ReadUntil("\r\n");
    if (line.size() == 2) break;
    const std::size_t colon = line.find(": ");
    std::string name = line.substr(0, colon);
    std::transform(name.begin(), name.end(), name.begin(), [](char c) {
      return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    });
    response.headers[name] = line.substr(colon + 2, line.size() - colon - 4);
  }
  const bool bare = content == Content::kNone || response.status < 200 ||
                    response.status == 204 || response.status == 304;
  if (bare) return response;
  if (response.headers.contains("content-length")) {
    response.body = Take(std::stoul(response.Header("content-length")));
  } else if (response.Header("transfer-encoding") == "chunked") {
    response.body = ReadChunks();
  } else {
    response.body = ReadRest();
  }
  return response;
}

}  // namespace wanwu::test
