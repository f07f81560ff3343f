#include "server/access/name_patterns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wanwu::access {
namespace {

using ::testing::HasSubstr;

bool Match(const char* patterns, const char* name) {
  return NamePatterns::Parse(patterns).value().Match(name);
}

TEST(NamePatternsTest, MatchNothingWhereThereIsNone) {
  EXPECT_TRUE(NamePatterns::Parse(" , ").value().empty());
  EXPECT_FALSE(NamePatterns().Match(""));
}

TEST(NamePatternsTest, MatchDnsNamesInAnyCase) {
  EXPECT_TRUE(Match("a.example.org, Web.example.org", "web.EXAMPLE.org"));
  EXPECT_FALSE(Match("example.org", "web.example.org"));
  EXPECT_FALSE(Match("web.example.org", "web.example.org.evil.org"));
}

TEST(NamePatternsTest, AStarIsOneLabel) {
  EXPECT_TRUE(Match("*.example.org", "web.example.org"));
  EXPECT_FALSE(Match("*.example.org", "example.org"));
  EXPECT_FALSE(Match("*.example.org", ".example.org"));
  EXPECT_FALSE(Match("*.example.org", "a.b.example.org"));
  EXPECT_FALSE(Match("*.example.org", "webexample.org"));
}

TEST(NamePatternsTest, MatchUrisToTheLetter) {
  EXPECT_TRUE(Match("spiffe://example.org/web", "spiffe://example.org/web"));
  EXPECT_FALSE(Match("spiffe://example.org/web", "spiffe://example.org/Web"));
  EXPECT_FALSE(Match("spiffe://example.org/web", "spiffe://example.org/web2"));
}

TEST(NamePatternsTest, AStarBehindAUriIsWhatIsBelow) {
  EXPECT_TRUE(Match("spiffe://example.org/*", "spiffe://example.org/ns/web"));
  EXPECT_FALSE(Match("spiffe://example.org/*", "spiffe://example.org/"));
  EXPECT_FALSE(Match("spiffe://example.org/*", "spiffe://example.organ/web"));
}

TEST(NamePatternsTest, AStarAnywhereElseIsAMistake) {
  for (const char* pattern : {"*", "web.*.org", "w*.example.org", "*.*.org",
                              "spiffe://*/web", "spiffe://example.org*"}) {
    EXPECT_THAT(std::string(NamePatterns::Parse(pattern).status().message()),
                HasSubstr(pattern));
  }
}

}  // namespace
}  // namespace wanwu::access
