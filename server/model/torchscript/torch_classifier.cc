#include "server/model/torchscript/torch_classifier.h"

#include <ATen/Parallel.h>

#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "server/model/grey_batch.h"
#include "server/model/torchscript/graph_split.h"
#include "server/model/torchscript/module_reader.h"
#include "server/model/torchscript/script_classifier.h"
#include "server/model/torchscript/torch_calls.h"
#include "server/model/torchscript/trunk_classifier.h"
#include "server/model/torchscript/trunk_input.h"

namespace wanwu::model {
namespace {

using torchscript::SplitGraph;

constexpr char kNoTrunk[] =
    "cannot run in bf16, which needs a network that begins with convolutions "
    "of the kinds in docs/model-package.md";

std::optional<SplitGraph> Split(const torch::jit::Module& module,
                                const trunk::Activation& input,
                                Operators operators) {
  if (operators == Operators::kLibtorch) return std::nullopt;
  return torchscript::SplitNetwork(*module.get_method("forward").graph(),
                                   input);
}

absl::StatusOr<std::unique_ptr<Classifier>> MakeClassifier(
    const Package& package, Precision precision, const LoadOptions& options,
    std::string bytes) {
  const InputSpec& input = package.manifest.input;
  const auto& quantisation =
      package.manifest.precisions.at(precision).input_quantisation;
  const int classes = package.labels.count();
  const torch::jit::Module module = torchscript::ReadModule(std::move(bytes));
  std::optional<SplitGraph> network =
      Split(module, torchscript::InputActivation(input, quantisation),
            options.operators);
  if (network) {
    return torchscript::MakeTrunkClassifier(*std::move(network), input,
                                            quantisation, precision, classes,
                                            options.algorithms);
  }
  if (precision == Precision::kBf16) return absl::UnimplementedError(kNoTrunk);
  return torchscript::MakeScriptClassifier(module, input, quantisation,
                                           classes);
}

absl::Status AsLoadError(const Package& package, Precision precision,
                         const absl::Status& cause) {
  const std::filesystem::path path =
      package.directory / package.manifest.precisions.at(precision).model.file;
  const absl::StatusCode code = absl::IsUnimplemented(cause)
                                    ? absl::StatusCode::kUnimplemented
                                    : absl::StatusCode::kInvalidArgument;
  return absl::Status(
      code, absl::StrCat(path.string(), ": ", std::string(cause.message())));
}

// libtorch's own int8 convolutions keep their weights laid out for the batch
// size of the first run; one picture is the size that gains most.
absl::Status TryOnePicture(Classifier& classifier) {
  absl::StatusOr<std::unique_ptr<Replica>> replica = classifier.NewReplica();
  if (!replica.ok()) return replica.status();
  return RunGreyBatch(classifier, **replica, 1);
}

}  // namespace

void PrepareLaneThread(int threads) {
  // Else the first parallel work would take over what was last set anywhere. It
  // must be libtorch that does it: since 2.x it keeps a flag of its own, beside
  // the one that Parallel.h makes here.
  at::get_num_threads();
  at::set_num_threads(threads);
}

absl::StatusOr<std::unique_ptr<Classifier>> LoadTorchClassifier(
    const Package& package, Precision precision, const LoadOptions& options) {
  PrepareLaneThread(1);
  absl::StatusOr<std::string> bytes = ReadModelFile(package, precision);
  if (!bytes.ok()) return bytes.status();
  std::unique_ptr<Classifier> classifier;
  absl::Status status = torchscript::CatchAll([&] {
    auto made = MakeClassifier(package, precision, options, *std::move(bytes));
    if (made.ok()) classifier = *std::move(made);
    return made.status();
  });
  if (status.ok()) status = TryOnePicture(*classifier);
  if (!status.ok()) return AsLoadError(package, precision, status);
  return classifier;
}

}  // namespace wanwu::model
