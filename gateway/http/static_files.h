#pragma once

#include <span>
#include <string>
#include <string_view>

#include "gateway/http/page_policy.h"
#include "gateway/http/router.h"

namespace wanwu::gateway {

// A file that was built into the program.
struct StaticFile {
  // As in a URL, such as "/assets/index-1a2b3c.js".
  std::string_view path;
  std::string_view content_type;
  // A strong validator, with its quotes.
  std::string_view etag;
  // Its name changes with its content.
  bool immutable = false;
  std::string_view content;
  // The same in gzip; empty where that is not smaller.
  std::string_view gzip;
};

// Serves `files` at their paths: "/" is "/index.html", and "/docs" is
// "/docs.html". Answers 404 for all other paths: with "/404.html" to those who
// ask for HTML. Pages get `page_policy` as their Content-Security-Policy.
Handler ServeStaticFiles(std::span<const StaticFile> files,
                         std::string page_policy = PagePolicy());

}  // namespace wanwu::gateway
