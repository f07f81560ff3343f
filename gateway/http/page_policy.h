#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace wanwu::gateway {

// The Content-Security-Policy of our pages: nothing but our own files is ever
// loaded, and nothing inline runs. From `picture_origins` the page may also
// fetch what somebody pastes the address of.
std::string PagePolicy(const std::vector<std::string>& picture_origins = {});

// What is wrong with an origin of pictures; empty: nothing. It is
// SCHEME://HOST or SCHEME://HOST:PORT with http or https, where HOST may begin
// with "*." for all names under it; or "https:" for every address of https.
std::string_view MistakeInPictureOrigin(std::string_view origin);

}  // namespace wanwu::gateway
