#include "server/errors/reasons.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <vector>

namespace wanwu::errors {
namespace {

TEST(ReasonsTest, EveryReasonOfAServiceErrorIsListedOnce) {
  std::ifstream header(WANWU_SERVICE_ERROR_HEADER);
  const std::string text((std::istreambuf_iterator<char>(header)), {});
  const std::regex definition(R"re(string_view k\w+\s*=\s*"([A-Z_]+)")re");
  std::vector<std::string> defined;
  for (std::sregex_iterator found(text.begin(), text.end(), definition), end;
       found != end; ++found) {
    defined.push_back((*found)[1]);
  }

  std::vector<std::string> listed;
  for (const ReasonWithCode& each : kReasons) {
    listed.emplace_back(each.reason);
  }

  EXPECT_THAT(defined, testing::Contains("QUEUE_FULL"));
  EXPECT_THAT(listed, testing::UnorderedElementsAreArray(defined));
}

}  // namespace
}  // namespace wanwu::errors
