#include "common/options/value_types.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace wanwu::options {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::HasSubstr;

template <typename T>
std::string Refusal(const ValueType<T>& type, std::string_view text) {
  const auto parsed = type.parse(text);
  return parsed.ok() ? "accepted" : std::string(parsed.status().message());
}

TEST(WholeNumberTest, ReadsBothLimits) {
  const auto type = WholeNumber<int>({1, 32});

  EXPECT_EQ(type.parse("1").value(), 1);
  EXPECT_EQ(type.parse("32").value(), 32);
}

TEST(WholeNumberTest, NamesTheLimitsWhenOutside) {
  const auto type = WholeNumber<int>({1, 32});

  EXPECT_EQ(Refusal(type, "0"), "too small; expected 1…32");
  EXPECT_EQ(Refusal(type, "33"), "too large; expected 1…32");
}

TEST(WholeNumberTest, RefusesWhatIsNotDigits) {
  const auto type = WholeNumber<int>({1, 32});

  for (const char* text : {"", "abc", "4x", " 4", "4.0", "0x4", "+4"}) {
    EXPECT_EQ(Refusal(type, text), "not a whole number; expected 1…32") << text;
  }
}

TEST(WholeNumberTest, RefusesNumbersBeyondItsOwnType) {
  const auto type = WholeNumber<int>({1, 32});

  EXPECT_THAT(Refusal(type, "4294967298"), HasSubstr("too large"));
  EXPECT_THAT(Refusal(type, "99999999999999999999"), HasSubstr("too large"));
  EXPECT_THAT(Refusal(type, "-99999999999999999999"), HasSubstr("too small"));
}

TEST(FractionTest, ReadsWhatIsBetweenNoneAndAll) {
  EXPECT_EQ(Fraction().parse("0").value(), 0);
  EXPECT_EQ(Fraction().parse("0.01").value(), 0.01);
  EXPECT_EQ(Fraction().parse("1").value(), 1);
}

TEST(FractionTest, RefusesWhatIsNoPart) {
  EXPECT_EQ(Refusal(Fraction(), "1.01"), "too large; expected 0…1");
  EXPECT_EQ(Refusal(Fraction(), "-0.1"), "too small; expected 0…1");
  for (const char* text : {"", "1%", "nan", "x", "0,1"}) {
    EXPECT_EQ(Refusal(Fraction(), text),
              "not a number such as 0.01; expected 0…1")
        << text;
  }
}

TEST(FractionTest, WritesWhatItReadsBack) {
  for (const char* text : {"0", "0.01", "0.000001", "0.3", "1"}) {
    EXPECT_EQ(Fraction().format(Fraction().parse(text).value()), text);
  }
}

TEST(DurationTest, ReadsEveryUnit) {
  const auto type = Duration({microseconds(0), minutes(10)});

  EXPECT_EQ(type.parse("500us").value(), microseconds(500));
  EXPECT_EQ(type.parse("2ms").value(), milliseconds(2));
  EXPECT_EQ(type.parse("1.5s").value(), milliseconds(1500));
  EXPECT_EQ(type.parse("1m").value(), minutes(1));
  EXPECT_EQ(type.parse("0").value(), microseconds(0));
}

TEST(DurationTest, RefusesANumberWithoutUnit) {
  const auto type = Duration({microseconds(0), seconds(1)});

  EXPECT_EQ(Refusal(type, "5"),
            "not a duration such as 500us, 2ms, 1.5s or 1m; expected 0…1s");
}

TEST(DurationTest, RefusesInfiniteNegativeAndTooFineOnes) {
  const auto type = Duration({microseconds(0), seconds(1)});

  EXPECT_THAT(Refusal(type, "inf"), HasSubstr("too large"));
  EXPECT_THAT(Refusal(type, "1001ms"), HasSubstr("too large"));
  EXPECT_THAT(Refusal(type, "-1ms"), HasSubstr("too small"));
  EXPECT_THAT(Refusal(type, "1ns"), HasSubstr("finer than a microsecond"));
}

TEST(DurationTest, WritesWhatItReadsBack) {
  const auto type = Duration({microseconds(0), minutes(10)});

  for (const auto value : {microseconds(0), microseconds(1500),
                           microseconds(seconds(30)), microseconds(90000001)}) {
    EXPECT_EQ(type.parse(type.format(value)).value(), value);
  }
}

TEST(ByteSizeTest, ReadsBinaryAndDecimalUnits) {
  const auto type = ByteSize({0, size_t{1} << 50});

  EXPECT_EQ(type.parse("20000000").value(), 20'000'000u);
  EXPECT_EQ(type.parse("16MiB").value(), 16u << 20);
  EXPECT_EQ(type.parse("16MB").value(), 16'000'000u);
  EXPECT_EQ(type.parse("3kB").value(), 3'000u);
  EXPECT_EQ(type.parse("3KiB").value(), 3u << 10);
  EXPECT_EQ(type.parse("7B").value(), 7u);
}

TEST(ByteSizeTest, RefusesUnknownUnitsAndNamesTheKnownOnes) {
  const auto type = ByteSize({0, size_t{1} << 50});

  EXPECT_THAT(Refusal(type, "16Mi"), HasSubstr("KiB, MiB, GiB and TiB"));
  EXPECT_THAT(Refusal(type, "1.5GiB"), HasSubstr("KiB, MiB, GiB and TiB"));
  EXPECT_THAT(Refusal(type, "MiB"), HasSubstr("not a size such as"));
  EXPECT_THAT(Refusal(type, "-1"), HasSubstr("not a size such as"));
}

TEST(ByteSizeTest, RefusesProductsThatOverflow) {
  const auto type = ByteSize({0, size_t{1} << 50});

  EXPECT_EQ(Refusal(type, "18446744073709551615TiB"),
            "too large; expected 0…1024TiB");
  EXPECT_THAT(Refusal(type, "99999999999999999999999"), HasSubstr("too large"));
}

TEST(ByteSizeTest, WritesTheLargestUnitThatFits) {
  const auto type = ByteSize({0, size_t{1} << 50});

  EXPECT_EQ(type.format(size_t{16} << 20), "16MiB");
  EXPECT_EQ(type.format(1536), "1536");
  EXPECT_EQ(type.format(0), "0");
}

TEST(BooleanTest, KnowsOnlyTrueAndFalse) {
  EXPECT_TRUE(Boolean().parse("true").value());
  EXPECT_FALSE(Boolean().parse("false").value());
  EXPECT_EQ(Refusal(Boolean(), "yes"),
            "not one of the choices; expected true|false");
}

TEST(TextTest, RefusesNothingnessWhereAskedTo) {
  EXPECT_EQ(Refusal(Path(Emptiness::kRefused), ""), "empty; expected a path");
  EXPECT_EQ(Path(Emptiness::kAllowed).parse("").value(), "");
}

TEST(AddressTest, ReadsHostsIpv6AndUnixSockets) {
  for (const char* text :
       {"127.0.0.1:8500", "localhost:0", "[::1]:8500", "[::]:65535",
        "unix:/run/wanwu.sock", "my-host.example:1"}) {
    EXPECT_EQ(Address().parse(text).value(), text);
  }
}

TEST(AddressTest, SaysWhatIsWrong) {
  EXPECT_EQ(Address(Emptiness::kAllowed).parse("").value(), "");
  EXPECT_THAT(Refusal(Address(), ""), HasSubstr("HOST:PORT or unix:/PATH"));
  EXPECT_EQ(Refusal(Address(), "localhost"),
            "no port; expected HOST:PORT or unix:/PATH");
  EXPECT_THAT(Refusal(Address(), ":8500"), HasSubstr("no host; 0.0.0.0"));
  EXPECT_THAT(Refusal(Address(), "h:65536"), HasSubstr("number 0…65535"));
  EXPECT_THAT(Refusal(Address(), "h:"), HasSubstr("number 0…65535"));
  EXPECT_THAT(Refusal(Address(), "h:80x"), HasSubstr("number 0…65535"));
  EXPECT_THAT(Refusal(Address(), "::1:8500"), HasSubstr("needs brackets"));
  EXPECT_THAT(Refusal(Address(), "[x]:1"), HasSubstr("not an IPv6 address"));
  EXPECT_THAT(Refusal(Address(), "http//h:1"), HasSubstr("not a host name"));
  EXPECT_THAT(Refusal(Address(), "unix:"), HasSubstr("no socket path"));
  EXPECT_THAT(Refusal(Address(), "unix:" + std::string(108, 'x')),
              HasSubstr("longer than 107 bytes"));
}

TEST(TcpAddressTest, IsAnAddressButNoUnixSocket) {
  EXPECT_EQ(TcpAddress().parse("[::1]:8501").value(), "[::1]:8501");
  EXPECT_EQ(Refusal(TcpAddress(), "localhost"), "no port; expected HOST:PORT");
  EXPECT_EQ(Refusal(TcpAddress(), "unix:/x"),
            "unix sockets are not served; expected HOST:PORT");
}

}  // namespace
}  // namespace wanwu::options
