#include "gateway/http/static_files.h"

#include <map>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gateway/errors/gateway_error.h"
#include "gateway/http/media_type.h"

namespace wanwu::gateway {
namespace {

namespace asio = boost::asio;
using boost::beast::http::verb;

constexpr char kAllow[] = "OPTIONS, GET, HEAD";

using FilesByPath = std::map<std::string, const StaticFile*, std::less<>>;

struct Site {
  FilesByPath files;
  std::string page_policy;
};

FilesByPath ByPath(std::span<const StaticFile> files) {
  FilesByPath by_path;
  for (const StaticFile& file : files) {
    by_path[std::string(file.path)] = &file;
    if (file.path == "/index.html") by_path["/"] = &file;
    if (file.path == "/docs.html") by_path["/docs"] = &file;
  }
  return by_path;
}

bool TakesGzip(const RequestHead& head) {
  return Accepts(head.Header("Accept-Encoding"), "gzip");
}

// The caller's copy is the same. A proxy may have made the validator weak.
bool Matches(std::string_view if_none_match, std::string_view etag) {
  if (if_none_match == "*") return true;
  const absl::string_view list(if_none_match.data(), if_none_match.size());
  for (absl::string_view item : absl::StrSplit(list, ',')) {
    item = absl::StripAsciiWhitespace(item);
    absl::ConsumePrefix(&item, "W/");
    if (std::string_view(item.data(), item.size()) == etag) return true;
  }
  return false;
}

Headers HeadersOf(const StaticFile& file, const Site& site) {
  Headers headers = {
      {"ETag", std::string(file.etag)},
      {"Cache-Control",
       file.immutable ? "public, max-age=31536000, immutable" : "no-cache"}};
  if (!file.gzip.empty()) headers.emplace_back("Vary", "Accept-Encoding");
  if (file.content_type.starts_with("text/html")) {
    headers.emplace_back("Content-Security-Policy", site.page_policy);
    headers.emplace_back("Referrer-Policy", "no-referrer");
    headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
    headers.emplace_back("Permissions-Policy",
                         "camera=(self), microphone=(), geolocation=()");
  }
  return headers;
}

Response ContentOf(const StaticFile& file, const Site& site,
                   const RequestHead& head) {
  Response response{.headers = HeadersOf(file, site)};
  response.headers.emplace_back("Content-Type", file.content_type);
  response.static_body = file.content;
  if (!file.gzip.empty() && TakesGzip(head)) {
    response.headers.emplace_back("Content-Encoding", "gzip");
    response.static_body = file.gzip;
  }
  return response;
}

Response ResponseFor(const StaticFile& file, const Site& site,
                     const RequestHead& head) {
  if (!Matches(head.Header("If-None-Match"), file.etag)) {
    return ContentOf(file, site, head);
  }
  return {.status = 304, .headers = HeadersOf(file, site)};
}

// The page for people who mistyped an address. Programs, which do not ask for
// HTML by name, get the same error as everywhere.
const StaticFile* MissingPage(const FilesByPath& files,
                              const RequestHead& head) {
  const bool reads = head.method == verb::get || head.method == verb::head;
  if (!reads || !Accepts(head.Header("Accept"), "text/html")) return nullptr;
  const auto page = files.find("/404.html");
  return page == files.end() ? nullptr : page->second;
}

asio::awaitable<void> AnswerMissing(const Site& site, Exchange& exchange) {
  if (const StaticFile* page = MissingPage(site.files, exchange.head())) {
    Response response = ContentOf(*page, site, exchange.head());
    response.status = 404;
    auto respond = exchange.Respond(std::move(response));
    co_await std::move(respond);
    co_return;
  }
  auto fail =
      exchange.Fail(GatewayError(absl::StatusCode::kNotFound, kPathNotFound,
                                 "there is nothing at this path; see /docs"));
  co_await std::move(fail);
}

asio::awaitable<void> Serve(const Site& site, Exchange& exchange) {
  const RequestHead& head = exchange.head();
  const auto file = site.files.find(head.path);
  if (file == site.files.end()) {
    auto answer = AnswerMissing(site, exchange);
    co_await std::move(answer);
  } else if (head.method == verb::get || head.method == verb::head) {
    auto respond = exchange.Respond(ResponseFor(*file->second, site, head));
    co_await std::move(respond);
  } else if (head.method == verb::options) {
    Response response{.status = 204, .headers = {{"Allow", kAllow}}};
    auto respond = exchange.Respond(std::move(response));
    co_await std::move(respond);
  } else {
    exchange.AddHeader("Allow", kAllow);
    auto fail = exchange.Fail(GatewayError(
        absl::StatusCode::kUnimplemented, kMethodNotAllowed,
        absl::StrCat(head.path, " does not take ", head.method_text)));
    co_await std::move(fail);
  }
}

}  // namespace

Handler ServeStaticFiles(std::span<const StaticFile> files,
                         std::string page_policy) {
  return [site = Site{ByPath(files), std::move(page_policy)}](
             Exchange& exchange, const PathParameters& /*none*/) {
    return Serve(site, exchange);
  };
}

}  // namespace wanwu::gateway
