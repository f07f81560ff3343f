#include "gateway/http/request_head.h"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "gateway/errors/gateway_error.h"

namespace wanwu::gateway {

namespace urls = boost::urls;

std::string_view RequestHead::Header(std::string_view name) const {
  const auto found = headers.find({name.data(), name.size()});
  if (found == headers.end()) return {};
  return {found->value().data(), found->value().size()};
}

absl::Status ParseTarget(std::string_view target, RequestHead& head) {
  // Proxies may send the whole URL, RFC 9112 §3.2.2.
  const auto url =
      target.starts_with("http://") || target.starts_with("https://")
          ? urls::parse_uri(target)
          : urls::parse_origin_form(target);
  if (url.has_error()) {
    return GatewayError(absl::StatusCode::kInvalidArgument, kHttpMalformed,
                        "the request target is malformed");
  }
  head.path = url->path();
  if (head.path.empty()) head.path.push_back('/');
  // As HTML forms encode spaces.
  urls::encoding_opts forms;
  forms.space_as_plus = true;
  for (const auto parameter : url->params(forms)) {
    head.query.emplace_back(parameter.key, parameter.value);
  }
  return absl::OkStatus();
}

}  // namespace wanwu::gateway
