// Whatever the bytes are, the parser comes to protobuf's verdict and fields,
// and a plan and its pictures never reach outside of the message.
#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "server/oip/infer_message.h"
#include "server/oip/infer_plan.h"
#include "server/oip/picture_cutter.h"
#include "tests/server/oip/infer_fixture.h"
#include "tests/server/rpc/message_pieces.h"
#include "tests/support/served_models.h"

namespace wanwu::oip {
namespace {

using inference::ModelInferRequest;

constexpr int kRounds = 6000;

class Mutator {
 public:
  explicit Mutator(unsigned seed) : random_(seed) {}

  size_t Below(size_t limit) { return limit == 0 ? 0 : random_() % limit; }

  std::string Mutate(std::string bytes) {
    for (size_t edits = 1 + Below(3); edits > 0; --edits) EditOnce(bytes);
    return bytes;
  }

  std::vector<size_t> Cuts(size_t size) {
    std::vector<size_t> cuts(Below(6));
    for (size_t& cut : cuts) cut = Below(size + 1);
    std::sort(cuts.begin(), cuts.end());
    return cuts;
  }

 private:
  void EditOnce(std::string& bytes) {
    // Half of the edits where the tags and lengths are.
    const size_t at = Below(2) == 0 ? Below(std::min<size_t>(bytes.size(), 80))
                                    : Below(bytes.size());
    const auto byte = static_cast<char>(Below(256));
    switch (Below(5)) {
      case 0:
        bytes.insert(at, 1, byte);
        break;
      case 1:
        bytes.erase(at, 1 + Below(4));
        break;
      case 2:
        bytes.append(bytes.substr(at));
        break;
      case 3:
        bytes.resize(at);
        break;
      default:
        if (!bytes.empty()) bytes[at] = byte;
    }
  }

  std::minstd_rand random_;
};

std::vector<ModelInferRequest> Samples() {
  std::vector<ModelInferRequest> samples;
  for (const char* datatype : {"BYTES", "UINT8", "FP32"}) {
    for (const Contents contents : {Contents::kRaw, Contents::kTyped}) {
      ModelInferRequest request = RequestOf(datatype, {3, 200}, contents);
      request.set_id("an id");
      auto& output = *request.add_outputs();
      output.set_name("logits");
      (*output.mutable_parameters())["classification"].set_int64_param(3);
      samples.push_back(request);
    }
  }
  return samples;
}

std::string At(const std::string& bytes, const rpc::BytePlace& place) {
  return bytes.substr(place.begin, place.size);
}

// What was located, against what protobuf has read. Elements that are not
// packed are protobuf's alone.
void ExpectTheSame(const InferMessage& parsed, const std::string& bytes,
                   const ModelInferRequest& reference) {
  ASSERT_EQ(parsed.raw.size(),
            static_cast<size_t>(reference.raw_input_contents_size()));
  for (size_t i = 0; i < parsed.raw.size(); ++i) {
    ASSERT_EQ(At(bytes, parsed.raw[i]),
              reference.raw_input_contents(static_cast<int>(i)));
  }
  ASSERT_EQ(parsed.contents.size(),
            static_cast<size_t>(reference.inputs_size()));
  ModelInferRequest others = reference;
  others.clear_raw_input_contents();
  for (size_t i = 0; i < parsed.contents.size(); ++i) {
    auto& input = *others.mutable_inputs(static_cast<int>(i));
    const auto& contents = input.contents();
    ASSERT_EQ(parsed.contents[i].present, input.has_contents());
    if (parsed.contents[i].field == ContentsField::kBytes) {
      ASSERT_EQ(parsed.contents[i].places.size(),
                static_cast<size_t>(contents.bytes_contents_size()));
    }
    if (parsed.contents[i].field == ContentsField::kFp32) {
      size_t size = 0;
      for (const auto& place : parsed.contents[i].places) size += place.size;
      ASSERT_EQ(size, sizeof(float) *
                          static_cast<size_t>(contents.fp32_contents_size()));
    }
    input.clear_contents();
  }
  // Maps have no order.
  ASSERT_EQ(parsed.fields.ShortDebugString(), others.ShortDebugString());
}

class InferMutationTest : public ::testing::TestWithParam<unsigned> {};

TEST_P(InferMutationTest, ParserAgreesWithProtobuf) {
  Mutator mutator(GetParam());
  int accepted = 0;
  const std::vector<ModelInferRequest> samples = Samples();
  for (int round = 0; round < kRounds; ++round) {
    const std::string bytes = mutator.Mutate(
        samples[mutator.Below(samples.size())].SerializeAsString());
    ModelInferRequest reference;
    const bool valid =
        reference.ParseFromString(bytes) &&
        static_cast<size_t>(reference.inputs_size()) <= kMostInputs;
    const rpc::PiecedMessage received(bytes, mutator.Cuts(bytes.size()));
    grpc::ByteBuffer message = received.message();

    const auto parsed = ParseInferMessage(message);

    if (!valid) continue;  // What is packed wrongly is found out later.
    ASSERT_TRUE(parsed.ok()) << ::testing::PrintToString(bytes);
    ++accepted;
    ExpectTheSame(*parsed, bytes, reference);
  }
  EXPECT_GT(accepted, kRounds / 50);
  EXPECT_LT(accepted, kRounds);
}

TEST_P(InferMutationTest, PlansAndPicturesFitTheMessage) {
  Mutator mutator(100 + GetParam());
  pipeline::ModelCatalog catalog("fake");
  const auto model = test_support::MakeFakeModel();
  catalog.Put(test_support::ReadyEntry(model));
  const std::vector<ModelInferRequest> samples = Samples();
  int planned = 0;
  int cut = 0;
  for (int round = 0; round < kRounds; ++round) {
    const std::string bytes = mutator.Mutate(
        samples[mutator.Below(samples.size())].SerializeAsString());
    const rpc::PiecedMessage received(bytes, mutator.Cuts(bytes.size()));
    grpc::ByteBuffer message = received.message();
    auto parsed = ParseInferMessage(message);
    if (!parsed.ok()) continue;
    const auto plan = PlanInference(catalog, *std::move(parsed));
    if (!plan.ok()) continue;
    ++planned;
    ASSERT_GE(plan->pictures, 1);
    ASSERT_LE(plan->pictures, 64);
    const auto pictures = CutPictures(message, *plan);
    if (!pictures.ok()) continue;
    ++cut;
    ASSERT_EQ(pictures->size(), static_cast<size_t>(plan->pictures));
    size_t held = 0;
    std::string all;
    for (const auto& picture : *pictures) {
      ASSERT_GE(picture.held_bytes, picture.bytes.size());
      held += picture.bytes.size();
      all += rpc::Joined(picture.bytes);  // Reads every byte.
    }
    ASSERT_LE(held, bytes.size());
    ASSERT_EQ(all.size(), held);
  }
  EXPECT_GT(planned, kRounds / 50);
  EXPECT_GT(cut, kRounds / 100);
}

INSTANTIATE_TEST_SUITE_P(Seeds, InferMutationTest, ::testing::Values(1, 2, 3));

TEST(PictureCutterTest, PicturesAreTheSameWhereverTheMessageIsCut) {
  pipeline::ModelCatalog catalog("fake");
  const auto model = test_support::MakeFakeModel();
  catalog.Put(test_support::ReadyEntry(model));
  const std::string bytes =
      RequestOf("BYTES", {3, 200}, Contents::kRaw).SerializeAsString();
  for (size_t size = 1; size < bytes.size(); ++size) {
    std::vector<size_t> cuts;
    for (size_t at = size; at < bytes.size(); at += size) cuts.push_back(at);
    const rpc::PiecedMessage received(bytes, cuts);
    grpc::ByteBuffer message = received.message();
    auto parsed = ParseInferMessage(message);
    ASSERT_TRUE(parsed.ok()) << size;
    const auto plan = PlanInference(catalog, *std::move(parsed));
    ASSERT_TRUE(plan.ok()) << plan.status();

    const auto pictures = CutPictures(message, *plan);

    ASSERT_TRUE(pictures.ok()) << size;
    EXPECT_EQ(rpc::Joined((*pictures)[0].bytes), FileOf(3));
    EXPECT_EQ(rpc::Joined((*pictures)[1].bytes), FileOf(200));
  }
}

// gRPC keeps a slice of up to 23 bytes in the slice itself.
TEST(PictureCutterTest, PicturesOfSmallSlicesOutliveTheMessage) {
  constexpr size_t kInSlice = 23;
  constexpr size_t kPicture = 200;
  pipeline::ModelCatalog catalog("fake");
  const auto model = test_support::MakeFakeModel();
  catalog.Put(test_support::ReadyEntry(model));
  const std::string bytes =
      RequestOf("BYTES", {kPicture}, Contents::kRaw).SerializeAsString();
  for (size_t size = kInSlice - 2; size <= kInSlice; ++size) {
    std::vector<grpc::Slice> slices;
    for (size_t at = 0; at < bytes.size(); at += size) {
      slices.emplace_back(bytes.substr(at, size));
    }
    grpc::ByteBuffer message(slices.data(), slices.size());
    slices.clear();
    auto parsed = ParseInferMessage(message);
    ASSERT_TRUE(parsed.ok()) << size;
    const auto plan = PlanInference(catalog, *std::move(parsed));
    ASSERT_TRUE(plan.ok()) << plan.status();

    const auto pictures = CutPictures(message, *plan);
    message.Clear();

    ASSERT_TRUE(pictures.ok()) << size;
    // Else it was copied, as what is crumbled is.
    ASSERT_GT((*pictures)[0].bytes.pieces().size(), 1u);
    EXPECT_EQ(rpc::Joined((*pictures)[0].bytes), FileOf(kPicture));
  }
}

}  // namespace
}  // namespace wanwu::oip
