#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "server/model/classifier.h"
#include "server/model/package.h"
#include "server/model/precision.h"

namespace wanwu::model {

// From now on libtorch and oneDNN use so many threads for what the calling
// thread asks of them, itself included. Call first on each lane's thread:
// OpenMP keeps its count per thread, and oneDNN builds what it caches for the
// count it finds.
void PrepareLaneThread(int threads);

// Loads the package's model of that precision with libtorch and tries it on one
// picture. Prepares the calling thread for one thread. Thread-safe.
// Errors: those of ReadModelFile; INVALID_ARGUMENT if the file is not a
// TorchScript module, cannot run, or has another number of classes than the
// package has labels.
absl::StatusOr<std::unique_ptr<Classifier>> LoadTorchClassifier(
    const Package& package, Precision precision);

}  // namespace wanwu::model
