// Spoilt forms and types, for the sanitizers to watch.
#include <gtest/gtest.h>

#include <string>

#include "gateway/http/media_type.h"
#include "tests/gateway/support/multipart_events.h"
#include "tests/gateway/support/mutator.h"

namespace wanwu::gateway {
namespace {

using test::MultipartEvents;

constexpr int kRounds = 20'000;

TEST(MultipartParserMutationTest, GivesTheSameEventsHoweverAFormIsSplit) {
  const std::string sample =
      "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a\"\r\n"
      "X: y\r\n\r\ndata\r\n--b\r\nContent-Disposition: form-data; name=g\r\n"
      "\r\n\r\n--b--\r\n";
  const std::vector<std::string> words = {
      "\r\n", "--b", "--", "\r\n--b\r\n", "\r\n\r\n", "\r\n--b--", "\"", "="};
  test::Mutator mutator(1);
  int accepted = 0;
  for (int round = 0; round < kRounds; ++round) {
    const std::string form = mutator.Mutate(sample, words);

    const auto whole = MultipartEvents("b", {form});
    const auto pieces = MultipartEvents("b", mutator.Cut(form));

    ASSERT_EQ(pieces, whole) << testing::PrintToString(form);
    if (whole.back() == "end") ++accepted;
  }
  EXPECT_GT(accepted, kRounds / 50);
  EXPECT_LT(accepted, kRounds);
}

TEST(MediaTypeMutationTest, SurvivesAnyText) {
  const std::string sample =
      "form-data; name=\"a\\\"b\" ; filename=\"x; y\";z=1, text/html;q=0.5";
  const std::vector<std::string> words = {"\"", "\\", ";", "=", ",", "q=", " "};
  test::Mutator mutator(2);
  for (int round = 0; round < kRounds; ++round) {
    const std::string text = mutator.Mutate(sample, words);

    const MediaType type = ParseMediaType(text);
    Accepts(text, "text/html");

    std::size_t bytes = type.name.size();
    for (const auto& [name, value] : type.parameters) {
      ASSERT_FALSE(name.empty());
      bytes += name.size() + value.size();
    }
    ASSERT_LE(bytes, text.size());
  }
}

}  // namespace
}  // namespace wanwu::gateway
