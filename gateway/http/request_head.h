#pragma once

#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/verb.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace wanwu::gateway {

// A request without its body.
struct RequestHead {
  boost::beast::http::verb method = boost::beast::http::verb::unknown;

  // As sent, for the log and for unknown methods.
  std::string method_text;

  // Decoded, without the query; begins with '/'.
  std::string path;

  // Decoded, in the order of the target.
  std::vector<std::pair<std::string, std::string>> query;

  boost::beast::http::fields headers;

  // HTTP/1.1 rather than HTTP/1.0.
  bool chunks_allowed = true;

  // What the caller wants after this request.
  bool keep_alive = true;

  // nullopt: the body comes in chunks, or there is none.
  std::optional<std::uint64_t> content_length;

  // A header's value, empty if it is not there.
  std::string_view Header(std::string_view name) const;
};

// Splits a request target, "/path?query" or a URL that ends so, and decodes it.
// INVALID_ARGUMENT if it is malformed.
absl::Status ParseTarget(std::string_view target, RequestHead& head);

}  // namespace wanwu::gateway
