// What ModelInfer refuses, along the specification.
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/server/oip/infer_fixture.h"

namespace wanwu::oip {
namespace {

using inference::ModelInferRequest;

const std::vector<std::string> kDatatypes = {"BYTES", "UINT8", "FP32"};

ModelInferRequest RawFiles(const std::vector<int>& pictures) {
  return RequestOf("BYTES", pictures, Contents::kRaw);
}

TEST(ModelInferRefusalTest, InputMustBeTheOneOfTheMetadata) {
  InferServer server;
  server.Install();
  ModelInferRequest request = RawFiles({1});
  request.mutable_inputs(0)->set_name("picture");
  ExpectRefused(server, request, "unexpected inference input 'picture'");

  request = RawFiles({1});
  request.mutable_inputs(0)->set_datatype("UINT8");
  ExpectRefused(server, request, "data-type is 'UINT8'");

  request.clear_inputs();
  ExpectRefused(server, request, "expected 1 input but got 0");

  request = RawFiles({1});
  *request.add_inputs() = request.inputs(0);
  ExpectRefused(server, request, "expected 1 input but got 2");
}

TEST(ModelInferRefusalTest, ShapeMustBeThatOfTheMetadata) {
  InferServer server;
  server.Install();
  const std::vector<std::vector<int64_t>> wrong = {{},
                                                   {1},
                                                   {8, 8, 3},
                                                   {1, 8, 8},
                                                   {1, 3, 8, 8},
                                                   {1, 8, 8, 4},
                                                   {1, 8, 8, 3, 1},
                                                   {1, -8, -8, 3},
                                                   {-1, 8, 8, 3},
                                                   {0, 8, 8, 3},
                                                   {int64_t{1} << 62, 8, 8, 3},
                                                   {1, int64_t{1} << 61, 8, 24},
                                                   {INT64_MIN, 8, 8, 3},
                                                   {65, 8, 8, 3}};
  for (const auto& shape : wrong) {
    ModelInferRequest request = RequestOf("UINT8", {1}, Contents::kRaw);
    request.mutable_inputs(0)->mutable_shape()->Assign(shape.begin(),
                                                       shape.end());
    const grpc::Status status = Infer(server, request).status;
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT)
        << ::testing::PrintToString(shape);
  }
}

TEST(ModelInferRefusalTest, RawAndTypedContentsDoNotMix) {
  InferServer server;
  server.Install();
  ModelInferRequest request = RawFiles({1});
  request.mutable_inputs(0)->mutable_contents();
  ExpectRefused(server, request, "must not be specified when using raw");

  request = RequestOf("UINT8", {1}, Contents::kTyped);
  request.mutable_inputs(0)->mutable_contents()->add_fp32_contents(1);
  ExpectRefused(server, request, "must be in uint_contents");

  request = RawFiles({1});
  request.add_raw_input_contents("more");
  ExpectRefused(server, request, "expected 1 element of raw_input_contents");

  request.clear_raw_input_contents();
  ExpectRefused(server, request, "must be in bytes_contents or raw");
}

TEST(ModelInferRefusalTest, ContentsMustBeInTheFieldOfTheirType) {
  InferServer server;
  server.Install();
  ModelInferRequest request = RequestOf("FP32", {1}, Contents::kTyped);
  auto& contents = *request.mutable_inputs(0)->mutable_contents();
  contents.Clear();
  for (size_t i = 0; i < kValues; ++i) contents.add_fp64_contents(1);
  ExpectRefused(server, request, "must be in fp32_contents");
  contents.Clear();
  for (size_t i = 0; i < kValues; ++i) contents.add_int_contents(1);
  ExpectRefused(server, request, "must be in fp32_contents");
}

TEST(ModelInferRefusalTest, LengthsMustBeThoseOfTheShape) {
  InferServer server;
  server.Install();
  for (const Contents contents : {Contents::kRaw, Contents::kTyped}) {
    for (const std::string& datatype : kDatatypes) {
      ModelInferRequest request = RequestOf(datatype, {1, 2}, contents);
      for (const int64_t pictures : {1, 3}) {
        request.mutable_inputs(0)->set_shape(0, pictures);
        const grpc::Status status = Infer(server, request).status;
        EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT)
            << datatype << ' ' << pictures;
      }
    }
  }
}

TEST(ModelInferRefusalTest, RawElementsMustHaveTheirLengths) {
  InferServer server;
  server.Install();
  const std::string file = FileOf(1);
  const std::string lies[] = {"",
                              "\1",
                              std::string("\xff\xff\xff\xff", 4) + file,
                              WithLength(file).substr(0, 40),
                              WithLength(file) + "x",
                              std::string("\0\0\0\x80", 4) + file};
  for (const std::string& raw : lies) {
    ModelInferRequest request = RawFiles({1});
    request.set_raw_input_contents(0, raw);
    ExpectRefused(server, request, "");
  }
}

TEST(ModelInferRefusalTest, TypedPixelsBeyondAByteAreRefused) {
  InferServer server;
  server.Install();
  ModelInferRequest request = RequestOf("UINT8", {1}, Contents::kTyped);
  request.mutable_inputs(0)->mutable_contents()->set_uint_contents(5, 256);
  ExpectRefused(server, request, "not 0 to 255");
}

TEST(ModelInferRefusalTest, OutputsThatCannotBeAreRefused) {
  InferServer server;
  server.Install();
  ModelInferRequest request = RawFiles({1});
  auto& output = *request.add_outputs();
  output.set_name("boxes");
  ExpectRefused(server, request, "unexpected inference output 'boxes'");
  output.set_name("logits");
  (*output.mutable_parameters())["classification"].set_int64_param(-1);
  ExpectRefused(server, request, "must not be negative");
  (*output.mutable_parameters())["shared_memory_region"].set_string_param("x");
  ExpectRefused(server, request, "shared memory");
  output.clear_parameters();
  *request.add_outputs() = output;
  ExpectRefused(server, request, "asked for twice");
}

// Errors travel in headers, which have room for little.
TEST(ModelInferRefusalTest, ErrorsRepeatLittleOfWhatTheyAreAbout) {
  InferServer server;
  server.Install();
  const std::string name(20'000, 'x');
  std::vector<ModelInferRequest> requests(5, RawFiles({1}));
  requests[0].set_model_name(name);
  requests[1].mutable_inputs(0)->set_name(name);
  requests[2].mutable_inputs(0)->set_datatype(name);
  for (int i = 0; i < 5000; ++i) requests[3].mutable_inputs(0)->add_shape(i);
  requests[4].add_outputs()->set_name(name);
  for (const ModelInferRequest& request : requests) {
    const grpc::Status status = Infer(server, request).status;
    EXPECT_NE(status.error_code(), grpc::StatusCode::OK);
    EXPECT_NE(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
    EXPECT_LT(status.error_message().size(), 500);
    EXPECT_LT(status.error_details().size(), 2000);
  }
}

}  // namespace
}  // namespace wanwu::oip
