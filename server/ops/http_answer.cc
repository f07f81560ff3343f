#include "server/ops/http_answer.h"

#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/http/verb.hpp>
#include <exception>
#include <string>
#include <utility>

namespace wanwu::ops {
namespace {

namespace http = boost::beast::http;

HttpAnswer ToAnswer(Page page) {
  HttpAnswer answer;
  answer.result(static_cast<unsigned>(page.status));
  answer.set(http::field::content_type, page.content_type);
  answer.set(http::field::cache_control, "no-store");
  answer.set("X-Content-Type-Options", "nosniff");
  answer.keep_alive(false);
  answer.body() = std::move(page.body);
  answer.prepare_payload();
  return answer;
}

PageRequest ToPageRequest(const HttpRequest& request) {
  const std::string target(request.target());
  const std::size_t mark = target.find('?');
  if (mark == std::string::npos) return {.path = target, .query = ""};
  return {.path = target.substr(0, mark), .query = target.substr(mark + 1)};
}

}  // namespace

HttpAnswer AnswerTo(const HttpRequest& request, const MakePage& make_page) {
  if (request.method() != http::verb::get &&
      request.method() != http::verb::head) {
    HttpAnswer answer =
        ToAnswer({.status = 405, .body = "only GET and HEAD are served\n"});
    answer.set(http::field::allow, "GET, HEAD");
    return answer;
  }
  try {
    return ToAnswer(make_page(ToPageRequest(request)));
  } catch (const std::exception& error) {
    return ToAnswer({.status = 500, .body = std::string(error.what()) + "\n"});
  }
}

bool IsMalformed(const boost::system::error_code& error) {
  return error.category() ==
             http::make_error_code(http::error::bad_target).category() &&
         error != http::error::end_of_stream &&
         error != http::error::partial_message;
}

HttpAnswer RefusalOf(const boost::system::error_code& error) {
  const bool too_long = error == http::error::header_limit;
  return ToAnswer({.status = too_long ? 431 : 400,
                   .body = std::string(error.message()) + "\n"});
}

}  // namespace wanwu::ops
