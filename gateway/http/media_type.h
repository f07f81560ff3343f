#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace wanwu::gateway {

// A Content-Type or Content-Disposition value, taken apart.
struct MediaType {
  // In lower case, such as "multipart/form-data". Empty if there was none.
  std::string name;

  // Names in lower case, values as given, quotes taken off.
  std::map<std::string, std::string> parameters;

  std::string Parameter(const std::string& parameter) const;
};

// Lenient as browsers are: what cannot be read is left out.
MediaType ParseMediaType(std::string_view value);

// Does an Accept value name exactly this type, with a quality above 0?
// Wildcards do not count: they leave the choice to us.
bool Accepts(std::string_view accept, std::string_view type);

}  // namespace wanwu::gateway
