#pragma once

#include <memory>
#include <string>
#include <vector>

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

// What runs a network's convolutions.
enum class Operators {
  // Our own layers over oneDNN as far as the network begins with what they can
  // do, libtorch from there on.
  kOwn,
  // libtorch alone: the reference.
  kLibtorch,
};

struct LoadOptions {
  Operators operators = Operators::kOwn;
  // Classifier::algorithms() of an earlier load of the same model on this CPU,
  // which need no trial then. What does not fit is found out anew.
  std::vector<std::string> algorithms = {};
};

// Loads the package's model of that precision with libtorch and tries it on one
// picture. Prepares the calling thread for one thread. Thread-safe.
// Errors: those of ReadModelFile; INVALID_ARGUMENT if the file is not a
// TorchScript module, cannot run, or has another number of classes than the
// package has labels; UNIMPLEMENTED for bf16 if it begins with nothing that our
// own layers can do.
absl::StatusOr<std::unique_ptr<Classifier>> LoadTorchClassifier(
    const Package& package, Precision precision,
    const LoadOptions& options = {});

}  // namespace wanwu::model
