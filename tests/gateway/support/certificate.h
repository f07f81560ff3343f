#pragma once

#include <boost/asio/ssl/context.hpp>

namespace wanwu::test {

// A server's context with a new key and a certificate that it signed itself.
boost::asio::ssl::context SelfSignedContext();

}  // namespace wanwu::test
