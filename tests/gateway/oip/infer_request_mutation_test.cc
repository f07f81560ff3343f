// Spoilt inference requests, for the sanitizers to watch.
#include <gtest/gtest.h>

#include <string>

#include "gateway/errors/http_error.h"
#include "gateway/oip/infer_request.h"
#include "tests/gateway/support/mutator.h"

namespace wanwu::gateway {
namespace {

constexpr int kRounds = 20'000;

TEST(InferRequestMutationTest, AnswersAnyBodyWithARequestOrItsMistake) {
  const std::string sample =
      R"({"id": "a", "parameters": {"binary_data_output": true}, "inputs": [)"
      R"({"name": "i", "shape": [1, 1], "datatype": "BYTES", "data": ["YQ=="]},)"
      R"({"name": "p", "shape": [2, 2], "datatype": "UINT8",)"
      R"( "data": [[1, 2], [3, 4]]}, {"name": "t", "shape": [3],)"
      R"( "datatype": "FP32", "parameters": {"binary_data_size": 12}}],)"
      R"( "outputs": [{"name": "o", "parameters": {"binary_data": false}}]})"
      "0123456789ab";
  const std::vector<std::string> words = {
      "{",     "}",      "[",         "]",           ",",
      ":",     "\"",     "null",      "1e999",       "-1",
      "\\u",   "[[[",    "\"data\":", "\xff",        "true",
      "UINT8", "\"YQ\"", "BYTES",     "\"inputs\":", "99999999999999999999"};
  test::Mutator mutator(5);
  ByteBudget budget(1 << 20);
  int accepted = 0;
  for (int round = 0; round < kRounds; ++round) {
    const std::string body = mutator.Mutate(sample, words);
    const std::size_t json_bytes =
        mutator.Below(8) > 0 ? std::min(body.size(), body.rfind('}') + 1)
                             : mutator.Below(body.size() + 1);
    BudgetShare share(budget);

    const auto parsed = ParseInferRequest(body, json_bytes, 8, share);

    if (parsed.ok()) {
      ++accepted;
      ASSERT_EQ(parsed->message.inputs_size(),
                parsed->message.raw_input_contents_size());
      continue;
    }
    ASSERT_EQ(ToHttpError(parsed.status()).status, 400)
        << testing::PrintToString(body) << parsed.status();
  }
  EXPECT_EQ(budget.used(), 0U);
  EXPECT_GT(accepted, kRounds / 200);
  EXPECT_LT(accepted, kRounds);
}

}  // namespace
}  // namespace wanwu::gateway
