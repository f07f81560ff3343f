// Spoilt JSON, for the sanitizers to watch.
#include <gtest/gtest.h>

#include <string>

#include "client/lib/rpc_error.h"
#include "gateway/api/json_request.h"
#include "gateway/errors/http_error.h"
#include "tests/gateway/support/mutator.h"

namespace wanwu::gateway {
namespace {

constexpr int kRounds = 20'000;

TEST(JsonRequestMutationTest, AnswersAnyTextWithARequestOrItsMistake) {
  const std::string sample =
      R"({"requests": [{"id": "a", "request": {"image": "YQ==", "topK": 3}},)"
      R"( {"request": {"image": null, "model": "m\u4e2d"}}]})";
  const std::vector<std::string> words = {
      "{",   "}",          "[",     "]",    ",",   ":",
      "\"",  "null",       "1e999", "-1",   "\\u", "\\ud83d",
      "[[[", "\"image\":", "\xff",  "true", "0.5", "99999999999999999999"};
  test::Mutator mutator(3);
  int accepted = 0;
  for (int round = 0; round < kRounds; ++round) {
    const std::string text = mutator.Mutate(sample, words);

    const auto parsed = ParseJsonRequest(text, {}, {.max_json_depth = 6});

    if (parsed.ok()) {
      ++accepted;
      ASSERT_GE(parsed->pictures.size(), parsed->is_list ? 0U : 1U);
      continue;
    }
    const HttpError error = ToHttpError(parsed.status());
    ASSERT_EQ(error.status, 400) << testing::PrintToString(text);
    ASSERT_EQ(client::DescribeError(parsed.status()).domain, "wanwu.gateway")
        << testing::PrintToString(text);
  }
  EXPECT_GT(accepted, kRounds / 200);
  EXPECT_LT(accepted, kRounds);
}

}  // namespace
}  // namespace wanwu::gateway
