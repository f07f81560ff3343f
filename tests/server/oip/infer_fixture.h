#pragma once

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "inference/open_inference.grpc.pb.h"
#include "server/oip/inference_service.h"
#include "server/oip/named_model.h"
#include "tests/support/pictures.h"
#include "tests/support/rpc_errors.h"
#include "tests/support/test_server.h"

namespace wanwu::oip {

using test_support::FakeModel;
using test_support::FakeModelOptions;
using test_support::SetTestDeadline;
using test_support::TestServer;
using test_support::TestServerOptions;

// A TestServer that serves the protocol, and a stub for it. The fake models
// take pictures of 8 × 8.
class InferServer : public TestServer {
 public:
  explicit InferServer(TestServerOptions options = {})
      : TestServer(WithService(std::move(options))),
        inference_(inference::GRPCInferenceService::NewStub(NewChannel())) {}

  inference::GRPCInferenceService::Stub& inference() { return *inference_; }

 private:
  static TestServerOptions WithService(TestServerOptions options) {
    options.added = {std::make_shared<InferenceService>()};
    return options;
  }

  std::unique_ptr<inference::GRPCInferenceService::Stub> inference_;
};

struct Inferred {
  grpc::Status status;
  inference::ModelInferResponse response;
};

inline Inferred Infer(InferServer& server,
                      const inference::ModelInferRequest& request) {
  grpc::ClientContext context;
  SetTestDeadline(context);
  Inferred inferred;
  inferred.status =
      server.inference().ModelInfer(&context, request, &inferred.response);
  return inferred;
}

inline constexpr size_t kValues = 8 * 8 * 3;

inline std::string FileOf(int picture) {
  const test_support::Bytes bytes = test_support::PictureOf(picture);
  return {bytes.begin(), bytes.end()};
}

// What FileOf decodes to.
inline std::string PixelsOf(int picture) {
  std::string pixels;
  for (size_t i = 0; i < kValues; i += 3) {
    pixels += {static_cast<char>(picture >> 8),
               static_cast<char>(picture & 0xff), 77};
  }
  return pixels;
}

// The fake model takes pixels' own values for normalised ones.
inline std::vector<float> TensorOf(int picture) {
  const std::string pixels = PixelsOf(picture);
  std::vector<float> planes;
  for (size_t c = 0; c < 3; ++c) {
    for (size_t i = c; i < kValues; i += 3) {
      planes.push_back(static_cast<uint8_t>(pixels[i]));
    }
  }
  return planes;
}

inline std::string BytesOf(const std::vector<float>& values) {
  std::string bytes(values.size() * sizeof(float), '\0');
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

// As raw BYTES has it.
inline std::string WithLength(const std::string& element) {
  const auto size = static_cast<uint32_t>(element.size());
  return std::string(reinterpret_cast<const char*>(&size), sizeof(size)) +
         element;
}

enum class Contents { kRaw, kTyped };

// A request for these pictures, of one kind of input.
inline inference::ModelInferRequest RequestOf(const std::string& datatype,
                                              const std::vector<int>& pictures,
                                              Contents contents) {
  inference::ModelInferRequest request;
  const bool files = datatype == "BYTES";
  const bool pixels = datatype == "UINT8";
  request.set_model_name(files    ? "fake"
                         : pixels ? "fake_pixels"
                                  : "fake_tensor");
  auto& input = *request.add_inputs();
  input.set_name(files ? "image" : pixels ? "pixels" : "tensor");
  input.set_datatype(datatype);
  input.add_shape(static_cast<int64_t>(pictures.size()));
  const std::vector<int64_t> rest = files    ? std::vector<int64_t>{1}
                                    : pixels ? std::vector<int64_t>{8, 8, 3}
                                             : std::vector<int64_t>{3, 8, 8};
  for (const int64_t size : rest) input.add_shape(size);
  std::string raw;
  for (const int picture : pictures) {
    raw += files    ? WithLength(FileOf(picture))
           : pixels ? PixelsOf(picture)
                    : BytesOf(TensorOf(picture));
    if (contents == Contents::kRaw) continue;
    auto& typed = *input.mutable_contents();
    if (files) typed.add_bytes_contents(FileOf(picture));
    const std::string bytes = pixels ? PixelsOf(picture) : std::string();
    for (const char value : bytes) {
      typed.add_uint_contents(static_cast<uint8_t>(value));
    }
    const std::vector<float> floats =
        files || pixels ? std::vector<float>() : TensorOf(picture);
    typed.mutable_fp32_contents()->Add(floats.begin(), floats.end());
  }
  if (contents == Contents::kRaw) request.add_raw_input_contents(raw);
  return request;
}

// INVALID_ARGUMENT in such words.
inline void ExpectRefused(InferServer& server,
                          const inference::ModelInferRequest& request,
                          const std::string& words) {
  const grpc::Status status = Infer(server, request).status;
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), ::testing::HasSubstr(words));
  EXPECT_NE(test_support::ReasonOf(status), "");
}

}  // namespace wanwu::oip
