#include "common/options/value_types.h"

#include <arpa/inet.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace wanwu::options {
namespace {

absl::string_view ToAbsl(std::string_view text) {
  return {text.data(), text.size()};
}

absl::Status Refused(std::string_view why, std::string_view expected) {
  return absl::InvalidArgumentError(
      absl::StrCat(ToAbsl(why), "; expected ", ToAbsl(expected)));
}

template <typename T>
absl::StatusOr<T> WithinLimits(T value, Limits<T> limits,
                               std::string_view expected) {
  if (value < limits.min) return Refused("too small", expected);
  if (value > limits.max) return Refused("too large", expected);
  return value;
}

template <typename T>
std::string Range(Limits<T> limits, std::string (*format)(const T&)) {
  return absl::StrCat(format(limits.min), "…", format(limits.max));
}

struct ByteUnit {
  std::string_view suffix;
  size_t bytes;
};

// Largest first among the binary ones, which is what is written.
constexpr std::array<ByteUnit, 9> kByteUnits = {{{"TiB", size_t{1} << 40},
                                                 {"GiB", size_t{1} << 30},
                                                 {"MiB", size_t{1} << 20},
                                                 {"KiB", size_t{1} << 10},
                                                 {"TB", 1'000'000'000'000},
                                                 {"GB", 1'000'000'000},
                                                 {"MB", 1'000'000},
                                                 {"kB", 1'000},
                                                 {"B", 1}}};
constexpr size_t kBinaryUnits = 4;

std::optional<size_t> UnitBytes(std::string_view suffix) {
  if (suffix.empty()) return 1;
  for (const ByteUnit& unit : kByteUnits) {
    if (unit.suffix == suffix) return unit.bytes;
  }
  return std::nullopt;
}

std::string FormatByteSize(const size_t& bytes) {
  for (size_t i = 0; i < kBinaryUnits; ++i) {
    const ByteUnit& unit = kByteUnits[i];
    if (bytes == 0 || bytes % unit.bytes != 0) continue;
    return absl::StrCat(bytes / unit.bytes, ToAbsl(unit.suffix));
  }
  return absl::StrCat(bytes);
}

absl::StatusOr<size_t> ParseByteSize(std::string_view text,
                                     Limits<size_t> limits,
                                     std::string_view expected) {
  size_t count = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, count);
  if (error == std::errc::invalid_argument) {
    return Refused("not a size such as 20000000 or 16MiB", expected);
  }
  const auto unit = UnitBytes({rest, static_cast<size_t>(end - rest)});
  if (!unit.has_value()) {
    return Refused(
        "not a size: the units are B, kB, MB, GB, TB, KiB, MiB, "
        "GiB and TiB",
        expected);
  }
  if (error == std::errc::result_out_of_range ||
      count > std::numeric_limits<size_t>::max() / *unit) {
    return Refused("too large", expected);
  }
  return WithinLimits(count * *unit, limits, expected);
}

std::string FormatDuration(const std::chrono::microseconds& duration) {
  return absl::FormatDuration(absl::FromChrono(duration));
}

absl::StatusOr<std::chrono::microseconds> ParseDuration(
    std::string_view text, Limits<std::chrono::microseconds> limits,
    std::string_view expected) {
  absl::Duration duration;
  if (!absl::ParseDuration(ToAbsl(text), &duration)) {
    return Refused("not a duration such as 500us, 2ms, 1.5s or 1m", expected);
  }
  if (duration > absl::FromChrono(limits.max)) {
    return Refused("too large", expected);
  }
  if (duration < absl::FromChrono(limits.min)) {
    return Refused("too small", expected);
  }
  if (duration % absl::Microseconds(1) != absl::ZeroDuration()) {
    return Refused("finer than a microsecond", expected);
  }
  return absl::ToChronoMicroseconds(duration);
}

bool IsIpv6(const std::string& text) {
  in6_addr address;
  return inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

bool IsHostCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' ||
         c == '-' || c == '_';
}

absl::Status CheckHost(std::string_view host) {
  if (host.empty()) {
    return absl::InvalidArgumentError(
        "no host; 0.0.0.0 and [::] stand for every interface");
  }
  if (host.front() == '[' && host.back() == ']') {
    return IsIpv6(std::string(host.substr(1, host.size() - 2)))
               ? absl::OkStatus()
               : absl::InvalidArgumentError("not an IPv6 address in brackets");
  }
  if (host.find(':') != std::string_view::npos) {
    return absl::InvalidArgumentError(
        "an IPv6 address needs brackets, as in [::1]:8500");
  }
  return std::all_of(host.begin(), host.end(), IsHostCharacter)
             ? absl::OkStatus()
             : absl::InvalidArgumentError("not a host name");
}

absl::Status CheckPort(std::string_view port) {
  constexpr unsigned kLastPort = 65535;
  unsigned number = 0;
  const char* const end = port.data() + port.size();
  const auto [rest, error] = std::from_chars(port.data(), end, number);
  return error == std::errc() && rest == end && number <= kLastPort
             ? absl::OkStatus()
             : absl::InvalidArgumentError("the port is not a number 0…65535");
}

constexpr std::string_view kUnixScheme = "unix:";

absl::Status CheckUnixPath(std::string_view path) {
  // The kernel's field holds a terminating zero too.
  constexpr size_t kLongestPath = sizeof(sockaddr_un::sun_path) - 1;
  if (path.empty()) return absl::InvalidArgumentError("no socket path");
  if (path.size() > kLongestPath) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the socket path is longer than ", kLongestPath, " bytes"));
  }
  return absl::OkStatus();
}

absl::Status CheckTcpAddress(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return absl::InvalidArgumentError("no port");
  }
  const absl::Status host = CheckHost(text.substr(0, colon));
  return host.ok() ? CheckPort(text.substr(colon + 1)) : host;
}

absl::Status CheckAddress(std::string_view text) {
  return text.starts_with(kUnixScheme)
             ? CheckUnixPath(text.substr(kUnixScheme.size()))
             : CheckTcpAddress(text);
}

// `check` decides of what is not empty.
ValueType<std::string> AddressOf(std::string expected, bool may_be_empty,
                                 absl::Status (*check)(std::string_view)) {
  return {.placeholder = "ADDRESS",
          .expected = expected,
          .parse = [expected, may_be_empty, check](
                       std::string_view text) -> absl::StatusOr<std::string> {
            if (text.empty() && may_be_empty) return std::string();
            const absl::Status status = check(text);
            if (!status.ok()) {
              const absl::string_view why = status.message();
              return Refused({why.data(), why.size()}, expected);
            }
            return std::string(text);
          },
          .format = [](const std::string& value) { return value; }};
}

ValueType<std::string> NamedText(std::string placeholder, Emptiness emptiness) {
  std::string expected = emptiness == Emptiness::kAllowed
                             ? "a " + placeholder + " or nothing"
                             : "a " + placeholder;
  for (char& c : expected) {
    c = absl::ascii_tolower(static_cast<unsigned char>(c));
  }
  return {.placeholder = std::move(placeholder),
          .expected = expected,
          .parse = [emptiness, expected](
                       std::string_view text) -> absl::StatusOr<std::string> {
            if (text.empty() && emptiness == Emptiness::kRefused) {
              return Refused("empty", expected);
            }
            return std::string(text);
          },
          .format = [](const std::string& value) { return value; }};
}

}  // namespace

absl::Status NotOneOf(std::string_view expected) {
  return Refused("not one of the choices", expected);
}

ValueType<int64_t> WholeNumber64(Limits<int64_t> limits) {
  const std::string expected = absl::StrCat(limits.min, "…", limits.max);
  return {.placeholder = "NUMBER",
          .expected = expected,
          .parse = [limits, expected](
                       std::string_view text) -> absl::StatusOr<int64_t> {
            int64_t value = 0;
            const char* const end = text.data() + text.size();
            const auto [rest, error] = std::from_chars(text.data(), end, value);
            if (error == std::errc::invalid_argument || rest != end) {
              return Refused("not a whole number", expected);
            }
            if (error == std::errc::result_out_of_range) {
              return Refused(text.front() == '-' ? "too small" : "too large",
                             expected);
            }
            return WithinLimits(value, limits, expected);
          },
          .format = [](const int64_t& value) { return absl::StrCat(value); }};
}

ValueType<double> Fraction() {
  const std::string expected = "0…1";
  return {.placeholder = "NUMBER",
          .expected = expected,
          .parse = [expected](std::string_view text) -> absl::StatusOr<double> {
            double value = 0;
            const char* const end = text.data() + text.size();
            const auto [rest, error] = std::from_chars(
                text.data(), end, value, std::chars_format::fixed);
            if (error == std::errc::invalid_argument || rest != end ||
                std::isnan(value)) {
              return Refused("not a number such as 0.01", expected);
            }
            return WithinLimits(value, {0, 1}, expected);
          },
          .format =
              [](const double& value) {
                std::array<char, 32> text;
                return std::string(
                    text.data(), std::to_chars(text.begin(), text.end(), value,
                                               std::chars_format::fixed)
                                     .ptr);
              }};
}

ValueType<std::chrono::microseconds> Duration(
    Limits<std::chrono::microseconds> limits) {
  const std::string expected = Range(limits, FormatDuration);
  return {.placeholder = "DURATION",
          .expected = expected,
          .parse =
              [limits, expected](std::string_view text) {
                return ParseDuration(text, limits, expected);
              },
          .format = FormatDuration};
}

ValueType<size_t> ByteSize(Limits<size_t> limits) {
  const std::string expected = Range(limits, FormatByteSize);
  return {.placeholder = "BYTES",
          .expected = expected,
          .parse =
              [limits, expected](std::string_view text) {
                return ParseByteSize(text, limits, expected);
              },
          .format = FormatByteSize};
}

ValueType<bool> Boolean() {
  return OneOf<bool>({{"true", true}, {"false", false}});
}

ValueType<std::string> Text(Emptiness emptiness) {
  return NamedText("NAME", emptiness);
}

ValueType<std::string> Path(Emptiness emptiness) {
  return NamedText("PATH", emptiness);
}

ValueType<std::string> Address(Emptiness emptiness) {
  const bool may_be_empty = emptiness == Emptiness::kAllowed;
  return AddressOf(may_be_empty ? "HOST:PORT, unix:/PATH or empty"
                                : "HOST:PORT or unix:/PATH",
                   may_be_empty, CheckAddress);
}

ValueType<std::string> TcpAddress() {
  return AddressOf("HOST:PORT", false, [](std::string_view text) {
    return text.starts_with(kUnixScheme)
               ? absl::InvalidArgumentError("unix sockets are not served")
               : CheckTcpAddress(text);
  });
}

}  // namespace wanwu::options
