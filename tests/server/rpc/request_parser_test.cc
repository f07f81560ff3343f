#include "server/rpc/request_parser.h"

#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "server/errors/service_error.h"
#include "tests/server/rpc/message_pieces.h"
#include "tests/support/raw_calls.h"

namespace wanwu::rpc {
namespace {

using test_support::RawMessage;
using wanwu::v1::ClassifyBatchRequest;
using wanwu::v1::ClassifyRequest;

constexpr char kImageTag = '\x0a';
constexpr char kIdTag = '\x0a';
constexpr char kRequestTag = '\x12';
constexpr char kModelTag = '\x1a';

ClassifyRequest FullRequest() {
  ClassifyRequest request;
  request.set_image("the encoded picture");
  request.set_top_k(7);
  request.set_model("resnet18");
  request.set_model_version("3");
  request.set_language_code("zh-Hans");
  return request;
}

ClassifyBatchRequest FullBatchRequest() {
  ClassifyBatchRequest batch;
  batch.set_id("picture 1");
  *batch.mutable_request() = FullRequest();
  return batch;
}

// One length-delimited field of up to 127 bytes.
std::string Field(char tag, const std::string& value) {
  return std::string({tag, static_cast<char>(value.size())}) + value;
}

const uint8_t* AddressOf(const std::string& bytes) {
  return reinterpret_cast<const uint8_t*>(bytes.data());
}

void ExpectMalformed(const absl::Status& status) {
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(errors::Reason(status), errors::kMessageMalformed);
}

void ExpectFull(const ParsedRequest& parsed) {
  ClassifyRequest fields = FullRequest();
  EXPECT_EQ(Joined(parsed.picture.bytes), fields.image());
  fields.clear_image();
  EXPECT_EQ(parsed.fields.SerializeAsString(), fields.SerializeAsString());
}

TEST(RequestParserTest, ReadsEveryField) {
  const auto parsed =
      ParseClassifyRequest(RawMessage(FullRequest().SerializeAsString()));

  ASSERT_TRUE(parsed.ok()) << parsed.status();
  ExpectFull(*parsed);
}

TEST(RequestParserTest, LeavesTheImageWhereItWasReceived) {
  const std::string bytes = FullRequest().SerializeAsString();
  const size_t image = bytes.find("the encoded");
  const PiecedMessage received(bytes, {image + 4, image + 11});

  const auto parsed = ParseClassifyRequest(received.message());

  ASSERT_TRUE(parsed.ok());
  const auto pieces = parsed->picture.bytes.pieces();
  ASSERT_EQ(pieces.size(), 3u);
  EXPECT_EQ(pieces[0].data(), AddressOf(received.piece(0)) + image);
  EXPECT_EQ(pieces[0].size(), 4u);
  EXPECT_EQ(pieces[1].data(), AddressOf(received.piece(1)));
  EXPECT_EQ(pieces[1].size(), 7u);
  EXPECT_EQ(pieces[2].data(), AddressOf(received.piece(2)));
}

TEST(RequestParserTest, TheImageOutlivesTheMessage) {
  ParsedRequest kept;
  {
    grpc::ByteBuffer message = RawMessage(FullRequest().SerializeAsString());
    kept = *ParseClassifyRequest(std::move(message));
  }

  EXPECT_EQ(Joined(kept.picture.bytes), FullRequest().image());
}

TEST(RequestParserTest, ReadsTheSameHoweverTheMessageIsCut) {
  const std::string bytes = FullRequest().SerializeAsString();
  for (size_t first = 0; first <= bytes.size(); ++first) {
    for (size_t second = first; second <= bytes.size(); ++second) {
      const PiecedMessage received(bytes, {first, second});
      const auto parsed = ParseClassifyRequest(received.message());

      ASSERT_TRUE(parsed.ok()) << first << " " << second;
      ExpectFull(*parsed);
    }
  }
}

TEST(RequestParserTest, ReadsABatchMessageHoweverItIsCut) {
  const std::string bytes = FullBatchRequest().SerializeAsString();
  for (size_t first = 0; first <= bytes.size(); ++first) {
    for (size_t second = first; second <= bytes.size(); ++second) {
      const PiecedMessage received(bytes, {first, second});
      const ParsedBatchRequest parsed =
          ParseClassifyBatchRequest(received.message());

      ASSERT_TRUE(parsed.status.ok()) << first << " " << second;
      ASSERT_EQ(parsed.id, "picture 1");
      ExpectFull(parsed.request);
    }
  }
}

TEST(RequestParserTest, MessageCutShortIsMalformedOrLacksFields) {
  const std::string bytes = FullRequest().SerializeAsString();
  for (size_t size = 0; size < bytes.size(); ++size) {
    const std::string shorter = bytes.substr(0, size);
    ClassifyRequest reference;

    const PiecedMessage received(shorter, {size / 2});
    const auto parsed = ParseClassifyRequest(received.message());

    ASSERT_EQ(parsed.ok(), reference.ParseFromString(shorter)) << size;
    if (!parsed.ok()) ExpectMalformed(parsed.status());
  }
}

std::string Repeated(const std::string& field, size_t bytes) {
  std::string message;
  while (message.size() < bytes) message += field;
  return message;
}

// Every `length` bytes.
std::vector<size_t> CutsEvery(size_t length, size_t size) {
  std::vector<size_t> cuts;
  for (size_t cut = length; cut < size; cut += length) cuts.push_back(cut);
  return cuts;
}

std::string ImageField(size_t size) {
  ClassifyRequest request;
  request.set_image(std::string(size, 'p'));
  return request.SerializeAsString();
}

// A batch message with just that request.
std::string BatchOf(const std::string& request) {
  std::string tag_and_length(1, kRequestTag);
  for (size_t left = request.size(); left > 0; left >>= 7) {
    tag_and_length +=
        static_cast<char>((left & 0x7f) | (left > 127 ? 0x80 : 0));
  }
  return tag_and_length + request;
}

TEST(RequestParserTest, ManyTinyFieldsAreRefused) {
  const size_t too_many = kMaxBytesBesideImage + 100;
  std::string group = "\x7b";
  group += Repeated("\x70\x01", too_many);
  group += "\x7c";
  for (const std::string& fields :
       {Repeated("\x0a\x01x", too_many), Repeated("\x70\x01", too_many),
        Repeated("\x3a\x01x", too_many), group}) {
    const std::string batch = BatchOf(fields);

    ExpectMalformed(ParseClassifyRequest(RawMessage(fields)).status());
    ExpectMalformed(ParseClassifyBatchRequest(RawMessage(batch)).status);
    ExpectMalformed(ParseClassifyBatchRequest(RawMessage(fields)).status);
  }
}

TEST(RequestParserTest, LargeUnknownFieldBesideThePictureIsRefused) {
  ClassifyRequest request = FullRequest();
  request.set_model(std::string(kMaxBytesBesideImage, 'm'));

  ExpectMalformed(
      ParseClassifyRequest(RawMessage(request.SerializeAsString())).status());
}

TEST(RequestParserTest, WhatIsNotThePictureMayFillItsBound) {
  ClassifyRequest request = FullRequest();
  request.set_image(std::string(500'000, 'p'));
  request.set_model(std::string(kMaxBytesBesideImage - 100, 'm'));

  const auto parsed =
      ParseClassifyRequest(RawMessage(request.SerializeAsString()));

  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->picture.bytes.size(), 500'000u);
  EXPECT_EQ(parsed->fields.model(), request.model());
}

TEST(RequestParserTest, PictureKeptWhereItIsHoldsTheWholeMessage) {
  const std::string bytes = FullRequest().SerializeAsString();

  const auto parsed = ParseClassifyRequest(RawMessage(bytes));

  EXPECT_EQ(parsed->picture.held_bytes, bytes.size());
}

TEST(RequestParserTest, PictureInSmallPiecesBecomesOne) {
  const std::string bytes = ImageField(100'000);
  const PiecedMessage received(bytes, CutsEvery(100, bytes.size()));

  const auto parsed = ParseClassifyRequest(received.message());

  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->picture.bytes.pieces().size(), 1u);
  EXPECT_EQ(Joined(parsed->picture.bytes), std::string(100'000, 'p'));
  EXPECT_EQ(parsed->picture.held_bytes, 100'000u);
}

TEST(RequestParserTest, PictureInLargePiecesIsNotCopied) {
  const std::string bytes = ImageField(1'000'000);
  const PiecedMessage received(bytes, CutsEvery(8192, bytes.size()));

  const auto parsed = ParseClassifyRequest(received.message());

  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->picture.bytes.pieces().size(), 123u);
}

TEST(RequestParserTest, MessageGivenUpBetweenTwoFieldsIsRefused) {
  // Of two pieces each, so that the last piece allowed ends a field.
  const std::string bytes = Repeated("\x10\x07", 8000);
  const PiecedMessage received(bytes, CutsEvery(1, bytes.size()));

  ExpectMalformed(ParseClassifyRequest(received.message()).status());
  ExpectMalformed(ParseClassifyBatchRequest(received.message()).status);
}

TEST(RequestParserTest, LargeMessageInCrumbsIsRefused) {
  const std::string bytes = ImageField(200'000);
  const PiecedMessage received(bytes, CutsEvery(1, bytes.size()));

  ExpectMalformed(ParseClassifyRequest(received.message()).status());
}

TEST(RequestParserTest, EmptyMessageIsARequestWithoutImage) {
  const auto parsed = ParseClassifyRequest(grpc::ByteBuffer());

  ASSERT_TRUE(parsed.ok());
  EXPECT_TRUE(parsed->picture.bytes.empty());
}

TEST(RequestParserTest, LastOfSeveralImagesCounts) {
  const auto parsed = ParseClassifyRequest(
      RawMessage(Field(kImageTag, "first") + Field(kImageTag, "last")));

  EXPECT_EQ(Joined(parsed->picture.bytes), "last");
}

TEST(RequestParserTest, AnEmptyImageReplacesAnEarlierOne) {
  const auto parsed = ParseClassifyRequest(
      RawMessage(Field(kImageTag, "first") + Field(kImageTag, "")));

  EXPECT_TRUE(parsed->picture.bytes.empty());
}

TEST(RequestParserTest, ImageOfAnotherWireTypeIsAnUnknownField) {
  const auto parsed =
      ParseClassifyRequest(RawMessage(std::string("\x08\x05", 2)));

  ASSERT_TRUE(parsed.ok());
  EXPECT_TRUE(parsed->picture.bytes.empty());
}

TEST(RequestParserTest, UnknownFieldsDoNoHarm) {
  const std::string unknown = Field('\x7a', "from the future") +
                              std::string("\x70\x01", 2) +  // 14, a number
                              std::string("\x83\x01\x08\x05\x84\x01", 6);

  const auto parsed = ParseClassifyRequest(
      RawMessage(unknown + FullRequest().SerializeAsString() + unknown));

  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->fields.model(), "resnet18");
  EXPECT_EQ(Joined(parsed->picture.bytes), FullRequest().image());
}

TEST(RequestParserTest, DeeplyNestedUnknownGroupsAreRefused) {
  const auto parsed =
      ParseClassifyRequest(RawMessage(std::string(100'000, '\x7b')));

  ExpectMalformed(parsed.status());
}

TEST(RequestParserTest, LengthsBeyondTheMessageAreMalformed) {
  const std::vector<std::string> lengths = {
      std::string("\x05", 1),
      std::string("\xff\xff\xff\xff\x07", 5),  // 2^31 - 1
      std::string("\x80\x80\x80\x80\x08", 5),  // 2^31
      std::string("\xff\xff\xff\xff\x0f", 5),  // 2^32 - 1
      std::string("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10),
      std::string("\xff", 1),
      std::string(11, '\xff')};
  for (const std::string& length : lengths) {
    ExpectMalformed(
        ParseClassifyRequest(RawMessage(kImageTag + length + "abc")).status());
    ExpectMalformed(
        ParseClassifyRequest(RawMessage(kModelTag + length + "abc")).status());
    ExpectMalformed(
        ParseClassifyBatchRequest(RawMessage(kIdTag + length + "abc")).status);
    ExpectMalformed(
        ParseClassifyBatchRequest(RawMessage(kRequestTag + length + "\x10\x05"))
            .status);
  }
}

TEST(RequestParserTest, TextThatIsNotUtf8IsMalformed) {
  ExpectMalformed(
      ParseClassifyRequest(RawMessage(Field(kModelTag, "\xff\xfe"))).status());
}

TEST(RequestParserTest, MalformedRequestKeepsTheIdThatCameBefore) {
  const ParsedBatchRequest parsed = ParseClassifyBatchRequest(
      RawMessage(Field(kIdTag, "seven") + Field(kRequestTag, "\x0a\x7f")));

  ExpectMalformed(parsed.status);
  EXPECT_EQ(parsed.id, "seven");
}

TEST(RequestParserTest, ImageMayNotReachBeyondItsRequest) {
  // The image claims the byte that follows its request.
  const ParsedBatchRequest parsed =
      ParseClassifyBatchRequest(RawMessage(Field(kRequestTag,
                                                 "\x0a\x03"
                                                 "ab") +
                                           Field(kIdTag, "x")));

  ExpectMalformed(parsed.status);
}

TEST(RequestParserTest, SeveralRequestsOfOneMessageAreMerged) {
  ClassifyRequest first;
  first.set_image("picture");
  first.set_model("a");
  ClassifyRequest second;
  second.set_model("b");
  second.set_top_k(3);

  const ParsedBatchRequest parsed = ParseClassifyBatchRequest(
      RawMessage(Field(kRequestTag, first.SerializeAsString()) +
                 Field(kRequestTag, second.SerializeAsString())));

  ASSERT_TRUE(parsed.status.ok());
  EXPECT_EQ(Joined(parsed.request.picture.bytes), "picture");
  EXPECT_EQ(parsed.request.fields.model(), "b");
  EXPECT_EQ(parsed.request.fields.top_k(), 3);
}

TEST(RequestParserTest, IdUpToTheLimitIsKept) {
  ClassifyBatchRequest batch;
  batch.set_id(std::string(kMaxIdBytes, 'x'));

  const ParsedBatchRequest parsed =
      ParseClassifyBatchRequest(RawMessage(batch.SerializeAsString()));

  EXPECT_TRUE(parsed.status.ok());
  EXPECT_EQ(parsed.id, batch.id());
}

TEST(RequestParserTest, LongerIdIsRefusedAndNotRepeated) {
  ClassifyBatchRequest batch;
  batch.set_id(std::string(kMaxIdBytes + 1, 'x'));

  const ParsedBatchRequest parsed =
      ParseClassifyBatchRequest(RawMessage(batch.SerializeAsString()));

  EXPECT_EQ(errors::Reason(parsed.status), errors::kFieldInvalid);
  const errors::Metadata metadata = errors::ErrorMetadata(parsed.status);
  EXPECT_EQ(metadata.at("field"), "id");
  EXPECT_EQ(metadata.at("value"), "257");
  EXPECT_EQ(metadata.at("limit"), "256");
  EXPECT_EQ(parsed.id, "");
}

TEST(RequestParserTest, IdThatIsNotUtf8IsRefusedAndNotRepeated) {
  const ParsedBatchRequest parsed =
      ParseClassifyBatchRequest(RawMessage(Field(kIdTag, "\xc3(")));

  EXPECT_EQ(errors::Reason(parsed.status), errors::kFieldInvalid);
  EXPECT_EQ(parsed.id, "");
}

TEST(RequestParserTest, BatchMessageWithoutRequestHasNoImage) {
  const ParsedBatchRequest parsed =
      ParseClassifyBatchRequest(RawMessage(Field(kIdTag, "x")));

  EXPECT_TRUE(parsed.status.ok());
  EXPECT_TRUE(parsed.request.picture.bytes.empty());
}

}  // namespace
}  // namespace wanwu::rpc
