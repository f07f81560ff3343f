#pragma once

#include "client/cli/picture_output.h"

namespace wanwu::cli {

// One JSON object per picture and line: the response's fields in the proto3
// mapping behind "file", or "file" and "error" {code, reason, message}. All to
// the output stream.
class JsonOutput final : public PictureOutput {
 public:
  explicit JsonOutput(std::ostream& out) : out_(out) {}

  void Write(const PictureResult& picture) override;

 private:
  std::ostream& out_;
};

}  // namespace wanwu::cli
