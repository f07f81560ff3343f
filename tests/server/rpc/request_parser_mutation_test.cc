// protobuf itself is the reference: whatever the bytes are, the parser must
// come to the same verdict and the same fields.
#include <google/protobuf/unknown_field_set.h>

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "server/rpc/request_parser.h"
#include "tests/server/rpc/message_mutator.h"
#include "tests/server/rpc/message_pieces.h"

namespace wanwu::rpc {
namespace {

using wanwu::v1::ClassifyBatchRequest;
using wanwu::v1::ClassifyRequest;

constexpr int kRounds = 20'000;

ClassifyRequest SampleRequest() {
  ClassifyRequest request;
  request.set_image("pixels");
  request.set_top_k(300);
  request.set_model("resnet18");
  request.set_language_code("zh");
  return request;
}

bool HasSeveralIds(const std::string& bytes) {
  google::protobuf::UnknownFieldSet fields;
  if (!fields.ParseFromString(bytes)) return false;
  int ids = 0;
  for (int i = 0; i < fields.field_count(); ++i) {
    const auto& field = fields.field(i);
    if (field.number() == ClassifyBatchRequest::kIdFieldNumber &&
        field.type() == google::protobuf::UnknownField::TYPE_LENGTH_DELIMITED) {
      ++ids;
    }
  }
  return ids > 1;
}

// What parsing gave, as one whole message again.
std::string Rebuilt(const ParsedRequest& parsed) {
  ClassifyRequest whole = parsed.fields;
  whole.set_image(Joined(parsed.picture.bytes));
  return whole.SerializeAsString();
}

TEST(RequestParserMutationTest, AgreesWithProtobufOnClassifyRequests) {
  MessageMutator mutator(1);
  const std::string sample = SampleRequest().SerializeAsString();
  int accepted = 0;
  for (int round = 0; round < kRounds; ++round) {
    const std::string bytes = mutator.Mutate(sample);
    ClassifyRequest reference;
    const bool valid = reference.ParseFromString(bytes);

    const PiecedMessage received(bytes, mutator.Cuts(bytes.size()));
    const auto parsed = ParseClassifyRequest(received.message());

    ASSERT_EQ(parsed.ok(), valid) << ::testing::PrintToString(bytes);
    if (!valid) continue;
    ++accepted;
    ASSERT_EQ(Rebuilt(*parsed), reference.SerializeAsString())
        << ::testing::PrintToString(bytes);
  }
  EXPECT_GT(accepted, kRounds / 50);
  EXPECT_LT(accepted, kRounds);
}

TEST(RequestParserMutationTest, AgreesWithProtobufOnBatchRequests) {
  MessageMutator mutator(2);
  ClassifyBatchRequest batch;
  batch.set_id("an id");
  *batch.mutable_request() = SampleRequest();
  const std::string sample = batch.SerializeAsString();
  int accepted = 0;
  for (int round = 0; round < kRounds; ++round) {
    const std::string bytes = mutator.Mutate(sample);
    ClassifyBatchRequest reference;
    const bool valid = reference.ParseFromString(bytes) &&
                       reference.id().size() <= kMaxIdBytes;

    const PiecedMessage received(bytes, mutator.Cuts(bytes.size()));
    const ParsedBatchRequest parsed =
        ParseClassifyBatchRequest(received.message());

    // protobuf refuses an id that is not UTF-8 even if another one follows.
    if (!valid && HasSeveralIds(bytes)) continue;
    ASSERT_EQ(parsed.status.ok(), valid) << ::testing::PrintToString(bytes);
    if (!valid) continue;
    ++accepted;
    ASSERT_EQ(parsed.id, reference.id());
    ASSERT_EQ(Rebuilt(parsed.request), reference.request().SerializeAsString())
        << ::testing::PrintToString(bytes);
  }
  EXPECT_GT(accepted, kRounds / 50);
  EXPECT_LT(accepted, kRounds);
}

// Long enough that pieces are joined, and that edits make lengths which reach
// over the bound of what is not the picture.
TEST(RequestParserMutationTest, AgreesWithProtobufOnLongRequestsInManyPieces) {
  MessageMutator mutator(4);
  ClassifyRequest request = SampleRequest();
  request.set_image(std::string(3000, 'p'));
  const std::string sample = request.SerializeAsString();
  int accepted = 0;
  for (int round = 0; round < kRounds / 10; ++round) {
    const std::string bytes = mutator.Mutate(sample);
    ClassifyRequest reference;
    const bool valid = reference.ParseFromString(bytes);
    const size_t step = 1 + mutator.Below(200);
    std::vector<size_t> cuts;
    for (size_t cut = step; cut < bytes.size(); cut += step) {
      cuts.push_back(cut);
    }

    const PiecedMessage received(bytes, cuts);
    const auto parsed = ParseClassifyRequest(received.message());

    ASSERT_EQ(parsed.ok(), valid) << ::testing::PrintToString(bytes);
    if (!valid) continue;
    ++accepted;
    ASSERT_EQ(Rebuilt(*parsed), reference.SerializeAsString());
    ASSERT_GE(parsed->picture.held_bytes, parsed->picture.bytes.size());
  }
  EXPECT_GT(accepted, kRounds / 500);
}

// The parser is laxer than protobuf about tags of more than five bytes.
TEST(RequestParserMutationTest, AcceptsAllNoiseThatProtobufAccepts) {
  MessageMutator mutator(3);
  int accepted = 0;
  for (int round = 0; round < kRounds; ++round) {
    std::string bytes(mutator.Below(12), '\0');
    for (char& byte : bytes) byte = static_cast<char>(mutator.Below(256));
    ClassifyRequest reference;
    const bool valid = reference.ParseFromString(bytes);

    const PiecedMessage received(bytes, mutator.Cuts(bytes.size()));
    const auto parsed = ParseClassifyRequest(received.message());

    if (!valid) continue;
    ++accepted;
    ASSERT_TRUE(parsed.ok()) << ::testing::PrintToString(bytes);
    ASSERT_EQ(Rebuilt(*parsed), reference.SerializeAsString())
        << ::testing::PrintToString(bytes);
  }
  EXPECT_GT(accepted, kRounds / 50);
}

}  // namespace
}  // namespace wanwu::rpc
