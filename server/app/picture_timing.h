#pragma once

#include <chrono>

#include "absl/status/statusor.h"
#include "server/model/classifier.h"

namespace wanwu::app {

// The CPU time that a picture takes, at least: of three runs or as many as a
// third of a second has room for, once it is warm. On this thread, which
// LoadTorchClassifier prepared to work alone. Errors: those of the classifier.
absl::StatusOr<std::chrono::nanoseconds> TimeOnePicture(
    model::Classifier& classifier);

}  // namespace wanwu::app
