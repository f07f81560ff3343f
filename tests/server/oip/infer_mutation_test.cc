// Whatever the bytes are, the parser comes to protobuf's verdict and fields,
// and a plan and its pictures never reach outside of the message.
#include <google/protobuf/io/coded_stream.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "server/image/raw_picture.h"
#include "server/oip/infer_message.h"
#include "server/oip/infer_plan.h"
#include "server/oip/picture_cutter.h"
#include "tests/server/oip/infer_fixture.h"
#include "tests/server/rpc/message_mutator.h"
#include "tests/server/rpc/message_pieces.h"
#include "tests/support/served_models.h"

namespace wanwu::oip {
namespace {

using inference::ModelInferRequest;

constexpr int kRounds = 6000;
constexpr rpc::Mutations kMutations = {
    .most_edits = 3, .most_cuts = 5, .head = 80};
// Of the fake model.
constexpr image::TensorSpec kSpec{8, 8, 8};

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

std::string Together(const std::string& bytes,
                     const std::vector<rpc::BytePlace>& places) {
  std::string together;
  for (const rpc::BytePlace& place : places) together += At(bytes, place);
  return together;
}

// False for what is no row of varints.
bool ReadVarints(const std::string& bytes, std::vector<uint32_t>& values) {
  google::protobuf::io::CodedInputStream input(
      reinterpret_cast<const uint8_t*>(bytes.data()),
      static_cast<int>(bytes.size()));
  while (input.CurrentPosition() < static_cast<int>(bytes.size())) {
    uint32_t value = 0;
    if (!input.ReadVarint32(&value)) return false;
    values.push_back(value);
  }
  return true;
}

// What was located of one input, against what protobuf has read. Elements of
// other fields, and those that are not packed, are protobuf's alone.
void ExpectTheSame(const InputContents& located, const std::string& bytes,
                   const inference::InferTensorContents& reference) {
  std::vector<std::string> elements;
  std::vector<uint32_t> values;
  switch (located.field) {
    case ContentsField::kNone:
      ASSERT_EQ(reference.ByteSizeLong(), 0u);
      break;
    case ContentsField::kBytes:
      for (const auto& place : located.places) {
        elements.push_back(At(bytes, place));
      }
      ASSERT_EQ(elements,
                std::vector<std::string>(reference.bytes_contents().begin(),
                                         reference.bytes_contents().end()));
      break;
    case ContentsField::kFp32:
      ASSERT_EQ(Together(bytes, located.places),
                BytesOf({reference.fp32_contents().begin(),
                         reference.fp32_contents().end()}));
      break;
    case ContentsField::kUint:
      ASSERT_TRUE(ReadVarints(Together(bytes, located.places), values));
      ASSERT_EQ(values, std::vector<uint32_t>(reference.uint_contents().begin(),
                                              reference.uint_contents().end()));
      break;
    case ContentsField::kOther:
      break;
  }
}

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
    ASSERT_EQ(parsed.contents[i].present, input.has_contents());
    ExpectTheSame(parsed.contents[i], bytes, input.contents());
    input.clear_contents();
  }
  // Maps have no order.
  ASSERT_EQ(parsed.fields.ShortDebugString(), others.ShortDebugString());
}

// The pictures that protobuf finds in a request that was planned, varints
// apart.
std::vector<std::string> ElementsOf(const ModelInferRequest& request,
                                    const InferPlan& plan) {
  const auto& contents = request.inputs(0).contents();
  const bool files = plan.form == image::PictureForm::kEncoded;
  if (files && !plan.raw) {
    return {contents.bytes_contents().begin(), contents.bytes_contents().end()};
  }
  const std::string all = plan.raw ? request.raw_input_contents(0)
                                   : BytesOf({contents.fp32_contents().begin(),
                                              contents.fp32_contents().end()});
  auto size = static_cast<uint32_t>(image::BytesOf(plan.form, kSpec));
  std::vector<std::string> elements;
  for (size_t at = 0; at < all.size(); at += size) {
    if (files) {
      std::memcpy(&size, all.data() + at, sizeof(size));
      at += sizeof(size);
    }
    elements.push_back(all.substr(at, size));
  }
  return elements;
}

std::vector<uint8_t> PixelsOf(const ModelInferRequest& request,
                              size_t picture) {
  const auto& all = request.inputs(0).contents().uint_contents();
  const auto begin = all.begin() + static_cast<int>(picture * kValues);
  return {begin, begin + kValues};
}

using Pictures = std::vector<pipeline::EncodedPicture>;

void ExpectThePictures(const Pictures& pictures, const InferPlan& plan,
                       const ModelInferRequest& reference) {
  ASSERT_EQ(pictures.size(), static_cast<size_t>(plan.pictures));
  if (plan.form != image::PictureForm::kVarintPixels) {
    std::vector<std::string> elements;
    for (const auto& picture : pictures) {
      ASSERT_GE(picture.held_bytes, picture.bytes.size());
      elements.push_back(rpc::Joined(picture.bytes));
    }
    ASSERT_EQ(elements, ElementsOf(reference, plan));
    return;
  }
  for (size_t i = 0; i < pictures.size(); ++i) {
    const auto tensor = image::ReadRaw(pictures[i].bytes, plan.form, kSpec);
    // It has values that are no bytes.
    if (!tensor.ok()) continue;
    ASSERT_EQ(tensor->values, PixelsOf(reference, i));
  }
}

// Protobuf finds errors inside of what is packed at once, we when it is read.
void ExpectUnreadable(const Pictures& pictures, const InferPlan& plan) {
  ASSERT_EQ(plan.form, image::PictureForm::kVarintPixels);
  ASSERT_TRUE(
      std::any_of(pictures.begin(), pictures.end(), [&](const auto& picture) {
        return !image::ReadRaw(picture.bytes, plan.form, kSpec).ok();
      }));
}

class InferMutationTest : public ::testing::TestWithParam<unsigned> {};

TEST_P(InferMutationTest, ParserAgreesWithProtobuf) {
  rpc::MessageMutator mutator(GetParam(), kMutations);
  int accepted = 0;
  const std::vector<ModelInferRequest> samples = Samples();
  for (int round = 0; round < kRounds; ++round) {
    const std::string bytes = mutator.Mutate(
        samples[mutator.Below(samples.size())].SerializeAsString());
    ModelInferRequest reference;
    const bool valid = reference.ParseFromString(bytes);
    const bool too_much =
        static_cast<size_t>(reference.inputs_size()) > kMostInputs;
    const rpc::PiecedMessage received(bytes, mutator.Cuts(bytes.size()));
    grpc::ByteBuffer message = received.message();

    const auto parsed = ParseInferMessage(message);

    ASSERT_FALSE(too_much && parsed.ok());
    // What is packed wrongly is found out later, as the next test shows.
    if (!valid || too_much) continue;
    ASSERT_TRUE(parsed.ok()) << ::testing::PrintToString(bytes);
    ++accepted;
    ExpectTheSame(*parsed, bytes, reference);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(accepted, kRounds / 50);
  EXPECT_LT(accepted, kRounds);
}

TEST_P(InferMutationTest, PicturesAreThoseThatProtobufFinds) {
  rpc::MessageMutator mutator(100 + GetParam(), kMutations);
  pipeline::ModelCatalog catalog("fake");
  const auto model = test_support::MakeFakeModel();
  catalog.Put(test_support::ReadyEntry(model));
  const std::vector<ModelInferRequest> samples = Samples();
  int cut = 0;
  int unreadable = 0;
  for (int round = 0; round < kRounds; ++round) {
    const std::string bytes = mutator.Mutate(
        samples[mutator.Below(samples.size())].SerializeAsString());
    const rpc::PiecedMessage received(bytes, mutator.Cuts(bytes.size()));
    grpc::ByteBuffer message = received.message();
    const auto parsed = ParseInferMessage(message);
    if (!parsed.ok()) continue;
    const auto plan = PlanInference(catalog, {}, *parsed);
    if (!plan.ok()) continue;
    const auto pictures = CutPictures(message, *plan);
    if (!pictures.ok()) continue;
    ModelInferRequest reference;
    if (reference.ParseFromString(bytes)) {
      ExpectThePictures(*pictures, *plan, reference);
      ++cut;
    } else {
      ExpectUnreadable(*pictures, *plan);
      ++unreadable;
    }
    if (HasFatalFailure()) {
      FAIL() << ::testing::PrintToString(bytes);
    }
  }
  EXPECT_GT(cut, kRounds / 100);
  EXPECT_LT(unreadable, kRounds / 10);
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
    const auto plan = PlanInference(catalog, {}, *parsed);
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
    const auto plan = PlanInference(catalog, {}, *parsed);
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
