#pragma once

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/system/error_code.hpp>

#include "server/ops/page.h"

namespace wanwu::ops {

using HttpRequest = boost::beast::http::request<boost::beast::http::empty_body>;
using HttpAnswer =
    boost::beast::http::response<boost::beast::http::string_body>;

// The page that is asked for, or why there is none. Never throws but for want
// of memory: an error of `make_page` is answered 500.
HttpAnswer AnswerTo(const HttpRequest& request, const MakePage& make_page);

// Is it the request that is wrong, and not its sender who is gone?
bool IsMalformed(const boost::system::error_code& error);

// To a request that is malformed.
HttpAnswer RefusalOf(const boost::system::error_code& error);

}  // namespace wanwu::ops
