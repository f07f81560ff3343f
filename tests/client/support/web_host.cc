#include "tests/client/support/web_host.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <utility>

namespace wanwu::test {
namespace {

// Up to the empty line, or as far as the other side went.
std::string ReadHead(int connection) {
  std::string head;
  char piece[1024];
  while (head.find("\r\n\r\n") == std::string::npos) {
    const ssize_t count = recv(connection, piece, sizeof(piece), 0);
    if (count <= 0) break;
    head.append(piece, static_cast<size_t>(count));
  }
  return head;
}

void SendAll(int connection, const std::string& bytes) {
  size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t count = send(connection, bytes.data() + sent,
                               bytes.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) return;
    sent += static_cast<size_t>(count);
  }
}

}  // namespace

WebHost::WebHost(std::map<std::string, std::string> answers)
    : answers_(std::move(answers)),
      listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener_, any, size) != 0 || listen(listener_, 16) != 0 ||
      getsockname(listener_, any, &size) != 0) {
    throw std::runtime_error("no web host");
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::jthread([this] { Accept(); });
}

WebHost::~WebHost() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    for (const int connection : open_) shutdown(connection, SHUT_RDWR);
  }
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  callers_.clear();
  close(listener_);
}

std::string WebHost::Url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + path;
}

void WebHost::Accept() {
  for (;;) {
    const int connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    const std::lock_guard lock(mutex_);
    if (connection < 0) return;
    if (ended_) {
      close(connection);
      return;
    }
    open_.insert(connection);
    callers_.emplace_back([this, connection] { Serve(connection); });
  }
}

void WebHost::Serve(int connection) {
  const std::string head = ReadHead(connection);
  const size_t begin = head.find(' ') + 1;
  const auto found =
      answers_.find(head.substr(begin, head.find(' ', begin) - begin));
  if (found == answers_.end()) {
    SendAll(connection, HttpAnswer("404 Not Found", "not here"));
  } else if (found->second.empty()) {
    char byte = 0;
    (void)recv(connection, &byte, 1, 0);
  } else {
    SendAll(connection, found->second);
  }
  const std::lock_guard lock(mutex_);
  open_.erase(connection);
  close(connection);
}

std::string HttpAnswer(const std::string& status, const std::string& body,
                       const std::string& headers) {
  const std::string length =
      headers.empty()
          ? "Content-Length: " + std::to_string(body.size()) + "\r\n"
          : headers;
  return "HTTP/1.1 " + status + "\r\nConnection: close\r\n" + length + "\r\n" +
         body;
}

}  // namespace wanwu::test
