#pragma once

#include <functional>
#include <string>

namespace wanwu::ops {

struct PageRequest {
  std::string path;
  std::string query;  // what is behind '?'
};

struct Page {
  int status = 200;
  std::string body;
  std::string content_type = "text/plain; charset=utf-8";
};

// Called on the listener's thread, which serves nobody else meanwhile.
using MakePage = std::function<Page(const PageRequest&)>;

}  // namespace wanwu::ops
