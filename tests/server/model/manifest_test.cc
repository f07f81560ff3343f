#include "server/model/manifest.h"

#include <functional>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/model/package_fixture.h"

namespace wanwu::model {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Key;

class ManifestTest : public ::testing::Test {
 protected:
  absl::StatusOr<Manifest> Read(const json& manifest) {
    return ReadManifest(WriteTinyPackage(directory_.path(), manifest));
  }

  // The error after `change`, which must name the file.
  std::string ErrorAfter(const std::function<void(json&)>& change) {
    json manifest = TinyManifest();
    change(manifest);
    const absl::Status status = Read(manifest).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()),
                HasSubstr("tiny/7/manifest.json: "));
    return std::string(status.message());
  }

  TemporaryDirectory directory_;
};

TEST_F(ManifestTest, ReadsIdentityAndSource) {
  const absl::StatusOr<Manifest> manifest = Read(TinyManifest());

  ASSERT_TRUE(manifest.ok()) << manifest.status();
  EXPECT_EQ(manifest->name, "tiny");
  EXPECT_EQ(manifest->version, 7);
  EXPECT_EQ(manifest->architecture, "tinynet");
  EXPECT_TRUE(manifest->trained);
  EXPECT_EQ(manifest->source.weights, "a test");
  EXPECT_EQ(manifest->source.licence, "none");
  EXPECT_THAT(manifest->notes, ElementsAre("one", "two"));
}

TEST_F(ManifestTest, WhatCallersAreToldMustFitIntoTheirMessages) {
  const std::string longest(1024, 'x');
  const std::string too_long = longest + 'x';
  json manifest = TinyManifest();
  manifest["architecture"] = longest;
  manifest["source"]["weights"] = longest;
  EXPECT_TRUE(Read(manifest).ok());

  const auto error_with = [&](const json::json_pointer& place) {
    return ErrorAfter([&](json& changed) { changed[place] = too_long; });
  };
  for (const char* place :
       {"/architecture", "/source/weights", "/source/licence", "/measured/set",
        "/measured/int8/method"}) {
    EXPECT_THAT(error_with(json::json_pointer(place)),
                HasSubstr("is longer than 1024 bytes"))
        << place;
  }
}

TEST_F(ManifestTest, ReadsInput) {
  const absl::StatusOr<Manifest> manifest = Read(TinyManifest());

  ASSERT_TRUE(manifest.ok()) << manifest.status();
  EXPECT_EQ(manifest->input.tensor, (image::TensorSpec{256, 224, 200}));
  EXPECT_EQ(manifest->input.divisor, 255.0F);
  EXPECT_THAT(manifest->input.mean, ElementsAre(0.1F, 0.2F, 0.3F));
  EXPECT_THAT(manifest->input.std, ElementsAre(0.4F, 0.5F, 0.6F));
}

TEST_F(ManifestTest, ReadsPrecisions) {
  const absl::StatusOr<Manifest> manifest = Read(TinyManifest());

  ASSERT_TRUE(manifest.ok()) << manifest.status();
  const PrecisionEntry& fp32 = manifest->precisions.at(Precision::kFp32);
  const PrecisionEntry& int8 = manifest->precisions.at(Precision::kInt8);
  EXPECT_EQ(fp32.model.file, "model.fp32.pt");
  EXPECT_FALSE(fp32.input_quantisation.has_value());
  EXPECT_EQ(int8.input_quantisation->scale, 0.02);
  EXPECT_EQ(int8.input_quantisation->zero_point, 114);
}

TEST_F(ManifestTest, ScoresAreSoftmaxUnlessSaidOtherwise) {
  json manifest = TinyManifest();
  EXPECT_EQ(Read(manifest)->scores, Scores::kSoftmax);
  manifest["scores"] = "softmax";
  EXPECT_EQ(Read(manifest)->scores, Scores::kSoftmax);
  manifest["scores"] = "sigmoid";
  EXPECT_EQ(Read(manifest)->scores, Scores::kSigmoid);
  EXPECT_THAT(ErrorAfter([](json& m) { m["scores"] = "tanh"; }),
              HasSubstr(R"(: scores: must be "softmax" or "sigmoid")"));
}

TEST_F(ManifestTest, ReadsMeasuredAccuracy) {
  const absl::StatusOr<Manifest> manifest = Read(TinyManifest());

  ASSERT_TRUE(manifest.ok()) << manifest.status();
  EXPECT_EQ(manifest->measured->set, "some pictures");
  EXPECT_EQ(manifest->measured->images, 500);
  EXPECT_EQ(manifest->measured->accuracy.at(Precision::kFp32).agreement, 1);
  EXPECT_EQ(manifest->measured->accuracy.at(Precision::kInt8).agreement, 0.97);
  EXPECT_EQ(manifest->measured->accuracy.at(Precision::kInt8).method,
            "two folds");
}

TEST_F(ManifestTest, MeasuredPicturesMayHaveNoLabels) {
  json manifest = TinyManifest();
  manifest["measured"]["fp32"] = json::object();
  manifest["measured"]["int8"] = {{"agreement", 0.98}};

  const Measured measured = Read(manifest).value().measured.value();
  const Accuracy& int8 = measured.accuracy.at(Precision::kInt8);
  EXPECT_FALSE(int8.top1.has_value());
  EXPECT_EQ(int8.agreement, 0.98);

  manifest["measured"]["int8"]["top1"] = 0.7;
  EXPECT_THAT(Read(manifest).status().message(), HasSubstr("top5"));
}

TEST_F(ManifestTest, MeasuredMayBeNullOrAbsent) {
  json manifest = TinyManifest();
  manifest["measured"] = nullptr;
  EXPECT_FALSE(Read(manifest).value().measured.has_value());

  manifest.erase("measured");
  EXPECT_FALSE(Read(manifest).value().measured.has_value());
}

TEST_F(ManifestTest, UnknownFieldsAndPrecisionsAreIgnored) {
  json manifest = TinyManifest();
  manifest["colour_of_the_box"] = "blue";
  manifest["precisions"]["fp4"] = {{"file", "model.fp4.pt"}};

  const absl::StatusOr<Manifest> read = Read(manifest);

  ASSERT_TRUE(read.ok()) << read.status();
  // bf16 is made of fp32's file.
  EXPECT_THAT(read->precisions,
              ElementsAre(Key(Precision::kFp32), Key(Precision::kBf16),
                          Key(Precision::kInt8)));
}

TEST_F(ManifestTest, MissingFileIsNotFoundAndNamed) {
  const absl::Status status = ReadManifest(directory_.path()).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), HasSubstr("manifest.json"));
}

TEST_F(ManifestTest, TextThatIsNotJsonIsRefused) {
  WriteFile(directory_.path() / "manifest.json", "{\"name\": ");

  const absl::Status status = ReadManifest(directory_.path()).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("is not JSON"));
}

TEST_F(ManifestTest, OversizedFileIsRefusedUnread) {
  WriteFile(directory_.path() / "manifest.json",
            std::string((1 << 20) + 1, ' '));

  EXPECT_THAT(std::string(ReadManifest(directory_.path()).status().message()),
              HasSubstr("limit of 1048576"));
}

TEST_F(ManifestTest, DocumentThatIsNoObjectIsRefused) {
  WriteFile(directory_.path() / "manifest.json", "[1, 2]");

  EXPECT_THAT(std::string(ReadManifest(directory_.path()).status().message()),
              HasSubstr("must be an object"));
}

TEST_F(ManifestTest, MissingFieldIsNamedWithItsPath) {
  EXPECT_THAT(ErrorAfter([](json& m) { m["input"].erase("width"); }),
              HasSubstr("manifest.json: input.width: is missing"));
}

TEST_F(ManifestTest, WrongTypesAreRefused) {
  EXPECT_THAT(ErrorAfter([](json& m) { m["trained"] = "yes"; }),
              HasSubstr(": trained: must be true or false"));
  EXPECT_THAT(ErrorAfter([](json& m) { m["name"] = 5; }),
              HasSubstr(": name: must be a string"));
  EXPECT_THAT(ErrorAfter([](json& m) { m["input"]["width"] = 224.5; }),
              HasSubstr(": input.width: must be a whole number"));
  EXPECT_THAT(ErrorAfter([](json& m) { m["input"] = "big"; }),
              HasSubstr(": input: must be an object"));
  EXPECT_THAT(ErrorAfter([](json& m) { m["notes"] = "text"; }),
              HasSubstr(": notes: must be a list of strings"));
  EXPECT_THAT(ErrorAfter([](json& m) { m["version"] = 7; }),
              HasSubstr(": version: must be a string"));
}

TEST_F(ManifestTest, NumbersOutOfBoundsAreRefused) {
  EXPECT_THAT(ErrorAfter([](json& m) { m["input"]["width"] = 100000; }),
              HasSubstr("input.width: must be a whole number from 1 to 4096"));
  EXPECT_THAT(
      ErrorAfter([](json& m) { m["input"]["resize_shorter_side"] = 223; }),
      HasSubstr("resize_shorter_side: must be a whole number from 224"));
  EXPECT_THAT(ErrorAfter([](json& m) { m["input"]["divisor"] = 0; }),
              HasSubstr("input.divisor: must be greater than 0"));
  EXPECT_THAT(ErrorAfter([](json& m) {
                m["input"]["std"] = {1, 0, 1};
              }),
              HasSubstr("input.std: must be greater than 0"));
  EXPECT_THAT(ErrorAfter([](json& m) {
                m["input"]["mean"] = {1, 2};
              }),
              HasSubstr("input.mean: must be a list of 3 numbers"));
  EXPECT_THAT(ErrorAfter([](json& m) {
                m["input"]["mean"] = {1, 1e300, 1};
              }),
              HasSubstr("input.mean: is out of range"));
  EXPECT_THAT(
      ErrorAfter([](json& m) { m["labels"]["count"] = uint64_t{0} - 1; }),
      HasSubstr("labels.count: must be a whole number"));
  EXPECT_THAT(ErrorAfter([](json& m) { m["measured"]["fp32"]["top1"] = 70; }),
              HasSubstr("measured.fp32.top1: must be from 0 to 1"));
}

TEST_F(ManifestTest, QuantisationOutOfBoundsIsRefused) {
  const auto int8_input = [](json& m) -> json& {
    return m["precisions"]["int8"]["input"];
  };

  EXPECT_THAT(ErrorAfter([&](json& m) { int8_input(m)["scale"] = -1; }),
              HasSubstr("precisions.int8.input.scale: must be greater than 0"));
  EXPECT_THAT(ErrorAfter([&](json& m) { int8_input(m)["scale"] = 1e-60; }),
              HasSubstr("precisions.int8.input.scale: is out of range"));
  EXPECT_THAT(ErrorAfter([&](json& m) { int8_input(m)["zero_point"] = 256; }),
              HasSubstr("zero_point: must be a whole number from 0 to 255"));
  EXPECT_THAT(ErrorAfter([&](json& m) { int8_input(m)["dtype"] = "qint8"; }),
              HasSubstr("dtype: must be \"quint8\""));
}

TEST_F(ManifestTest, FilesOutsideThePackageAreRefused) {
  for (const char* file :
       {"../labels.tsv", "/etc/passwd", "a/b.tsv", "..", ".hidden", ""}) {
    EXPECT_THAT(ErrorAfter([&](json& m) { m["labels"]["file"] = file; }),
                HasSubstr("labels.file: must "))
        << file;
  }
}

TEST_F(ManifestTest, MalformedSha256IsRefused) {
  EXPECT_THAT(ErrorAfter([](json& m) { m["labels"]["sha256"] = "abc"; }),
              HasSubstr("labels.sha256: must be 64 lower-case hexadecimal"));
}

TEST_F(ManifestTest, AnotherFormatVersionIsRefused) {
  EXPECT_THAT(ErrorAfter([](json& m) { m["format_version"] = 2; }),
              HasSubstr("format_version: must be a whole number from 1 to 1"));
}

TEST_F(ManifestTest, PreprocessingThatWeCannotDoIsRefused) {
  EXPECT_THAT(ErrorAfter([](json& m) { m["input"]["color"] = "BGR"; }),
              HasSubstr("input.color: must be \"RGB\""));
  EXPECT_THAT(
      ErrorAfter([](json& m) { m["input"]["interpolation"] = "cubic"; }),
      HasSubstr("interpolation: must be \"bilinear_antialias\""));
}

TEST_F(ManifestTest, PackageWithoutAKnownPrecisionIsRefused) {
  EXPECT_THAT(ErrorAfter([](json& m) { m["precisions"] = json::object(); }),
              HasSubstr("precisions: must have \"fp32\" or \"int8\""));
}

TEST(ModelVersionTest, AcceptsPositiveDecimalNumbersOnly) {
  EXPECT_EQ(ParseModelVersion("1"), 1);
  EXPECT_EQ(ParseModelVersion("20260101"), 20260101);
  for (const char* text : {"", "0", "01", "-1", "+1", "1.0", "v1", "1 ", "１",
                           "1234567890123456789"}) {
    EXPECT_EQ(ParseModelVersion(text), std::nullopt) << text;
  }
}

TEST(ModelNameTest, RefusesWhatCouldNotBeAFolder) {
  EXPECT_TRUE(IsModelName("efficientnet_lite0"));
  EXPECT_TRUE(IsModelName("ResNet-18.v2"));
  for (const char* name : {"", ".", "..", ".x", "a/b", "a b", "模型"}) {
    EXPECT_FALSE(IsModelName(name)) << name;
  }
  EXPECT_FALSE(IsModelName(std::string(65, 'a')));
}

}  // namespace
}  // namespace wanwu::model
