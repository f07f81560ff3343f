#pragma once

#include <list>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>

namespace wanwu::test {

// Gives the bytes that a path stands for, as they are, to whoever asks for it
// over HTTP on a free port of 127.0.0.1, and closes the connection, unless the
// bytes are empty: then it says nothing until the other side leaves.
class WebHost {
 public:
  explicit WebHost(std::map<std::string, std::string> answers);
  ~WebHost();
  WebHost(const WebHost&) = delete;
  WebHost& operator=(const WebHost&) = delete;

  std::string Url(const std::string& path) const;

 private:
  void Accept();
  void Serve(int connection);

  const std::map<std::string, std::string> answers_;
  int listener_ = -1;
  int port_ = 0;
  std::mutex mutex_;
  // All below are guarded by mutex_.
  bool ended_ = false;
  std::set<int> open_;
  std::list<std::jthread> callers_;
  // Last: joins before what it uses goes.
  std::jthread acceptor_;
};

// With status line, and a length unless `headers` are given.
std::string HttpAnswer(const std::string& status, const std::string& body,
                       const std::string& headers = "");

}  // namespace wanwu::test
