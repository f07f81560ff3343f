#pragma once

#include <ostream>
#include <string>

#include "absl/status/statusor.h"
#include "wanwu/v1/image_classifier.pb.h"

namespace wanwu::cli {

// What became of one picture.
struct PictureResult {
  // As the user named it or as it was found in a directory; "-" is standard
  // input.
  std::string file;

  absl::StatusOr<v1::ClassifyResponse> result;
};

// Where results and errors go.
struct OutputStreams {
  std::ostream& out;
  std::ostream& err;
};

// Writes results in one format, in the order given. For one thread.
class PictureOutput {
 public:
  virtual ~PictureOutput() = default;

  // Once, before the first result.
  virtual void Begin() {}

  virtual void Write(const PictureResult& picture) = 0;
};

}  // namespace wanwu::cli
