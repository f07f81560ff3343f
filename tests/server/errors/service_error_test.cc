#include "server/errors/service_error.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace wanwu::errors {
namespace {

using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

absl::Status Sample() {
  return ServiceError(absl::StatusCode::kInvalidArgument, kImageTooLarge,
                      "the image is too large",
                      {{std::string(kValue), "9"}, {std::string(kLimit), "8"}});
}

TEST(ServiceErrorTest, KeepsCodeAndMessage) {
  EXPECT_EQ(Sample().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Sample().message(), "the image is too large");
}

TEST(ServiceErrorTest, GivesBackItsReason) {
  EXPECT_EQ(Reason(Sample()), "IMAGE_TOO_LARGE");
}

TEST(ServiceErrorTest, GivesBackItsMetadata) {
  EXPECT_THAT(ErrorMetadata(Sample()),
              UnorderedElementsAre(Pair("value", "9"), Pair("limit", "8")));
}

TEST(ServiceErrorTest, MetadataCanBeAddedLater) {
  const absl::Status status = WithMetadata(Sample(), kField, "image");

  EXPECT_THAT(ErrorMetadata(status),
              UnorderedElementsAre(Pair("value", "9"), Pair("limit", "8"),
                                   Pair("field", "image")));
  EXPECT_EQ(Reason(status), "IMAGE_TOO_LARGE");
}

TEST(ServiceErrorTest, AddingMetadataAgainReplacesTheValue) {
  const absl::Status status = WithMetadata(Sample(), kLimit, "7");

  EXPECT_THAT(ErrorMetadata(status),
              UnorderedElementsAre(Pair("value", "9"), Pair("limit", "7")));
}

TEST(ServiceErrorTest, InvalidFieldNamesItsFieldValueAndLimit) {
  const absl::Status status =
      FieldInvalid("top_k", "1001", "top_k is too large", "1000");

  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Reason(status), "FIELD_INVALID");
  EXPECT_EQ(status.message(), "top_k is too large");
  EXPECT_THAT(
      ErrorMetadata(status),
      UnorderedElementsAre(Pair("field", "top_k"), Pair("value", "1001"),
                           Pair("limit", "1000")));
}

TEST(ServiceErrorTest, InvalidFieldMayHaveNeitherValueNorLimit) {
  EXPECT_THAT(ErrorMetadata(FieldInvalid("id", "", "id is not UTF-8")),
              UnorderedElementsAre(Pair("field", "id")));
}

TEST(ServiceErrorTest, SurvivesBeingCopied) {
  const absl::Status copy = Sample();

  EXPECT_EQ(copy, Sample());
  EXPECT_EQ(Reason(copy), "IMAGE_TOO_LARGE");
}

TEST(ServiceErrorTest, KeepsBytesThatAreNoText) {
  const std::string odd("\0\xff\n", 3);

  const absl::Status status = WithMetadata(Sample(), kValue, odd);

  EXPECT_EQ(ErrorMetadata(status).at("value"), odd);
}

TEST(ServiceErrorTest, ForeignStatusHasNeitherReasonNorMetadata) {
  absl::Status foreign = absl::InternalError("from elsewhere");
  foreign.SetPayload("type.googleapis.com/other", absl::Cord("x"));

  EXPECT_EQ(Reason(foreign), "");
  EXPECT_THAT(ErrorMetadata(foreign), IsEmpty());
}

TEST(ServiceErrorTest, OkStatusHasNeitherReasonNorMetadata) {
  EXPECT_EQ(Reason(absl::OkStatus()), "");
  EXPECT_THAT(ErrorMetadata(absl::OkStatus()), IsEmpty());
}

}  // namespace
}  // namespace wanwu::errors
