// What the lanes give without a service around them, in one run: bare oneDNN
// primitives, our engine on tensors that are there, libtorch's own operators,
// and the loop decode → preprocess → infer. One JSON object on stdout.
#include <dnnl.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/cli/bench_pictures.h"
#include "server/image/decode.h"
#include "server/model/cpu.h"
#include "server/model/model_repository.h"
#include "server/model/package.h"
#include "server/model/torchscript/torch_classifier.h"
#include "tests/bench/engine/bare_resnet18.h"
#include "tests/bench/engine/lane_race.h"

namespace wanwu::bench {
namespace {

using Clock = std::chrono::steady_clock;
using nlohmann::json;

struct Options {
  std::string repository = "models";
  std::string model = "resnet18";
  std::string precision = "int8";
  int lanes = 2;
  std::vector<int> batches = {1, 8};
  double seconds = 1;
  int rounds = 5;
  std::string pictures;
  bool libtorch = false;
  bool own_only = false;
};

model::Package FindPackage(const Options& options) {
  const auto listing = model::ScanModelRepository(options.repository);
  if (!listing.ok()) throw std::runtime_error(listing.status().ToString());
  for (const model::PackageLocation& location : listing->packages) {
    if (location.name != options.model) continue;
    auto package = model::LoadPackage(location.directory);
    if (!package.ok()) throw std::runtime_error(package.status().ToString());
    return *std::move(package);
  }
  throw std::runtime_error("there is no " + options.model + " in " +
                           options.repository);
}

model::Precision FindPrecision(const std::string& name) {
  for (const model::Precision precision : model::kPrecisions) {
    if (model::PrecisionName(precision) == name) return precision;
  }
  throw std::runtime_error("no precision " + name);
}

std::unique_ptr<model::Classifier> Load(const model::Package& package,
                                        model::Precision precision,
                                        model::Operators operators) {
  auto loaded =
      model::LoadTorchClassifier(package, precision, {.operators = operators});
  if (!loaded.ok()) throw std::runtime_error(loaded.status().ToString());
  return *std::move(loaded);
}

// One lane's classifier with room for a batch.
class BatchRun {
 public:
  BatchRun(model::Classifier& classifier, int batch)
      : replica_(classifier.NewReplica().value()),
        tensors_(static_cast<size_t>(batch), Grey(classifier.tensor_spec())),
        logits_(tensors_.size() *
                static_cast<size_t>(classifier.class_count())) {}

  std::vector<image::PixelTensor>& tensors() { return tensors_; }

  int Run() {
    std::vector<const image::PixelTensor*> batch;
    for (const image::PixelTensor& tensor : tensors_) batch.push_back(&tensor);
    const absl::Status status = replica_->Classify(batch, logits_);
    if (!status.ok()) throw std::runtime_error(status.ToString());
    return static_cast<int>(batch.size());
  }

 private:
  static image::PixelTensor Grey(const image::TensorSpec& spec) {
    const auto pixels =
        static_cast<size_t>(spec.width) * static_cast<size_t>(spec.height);
    return {spec.width, spec.height, std::vector<uint8_t>(pixels * 3, 128)};
  }

  std::unique_ptr<model::Replica> replica_;
  std::vector<image::PixelTensor> tensors_;
  std::vector<float> logits_;
};

Contender Engine(const std::string& name, model::Classifier& classifier,
                 int batch) {
  return {name, [&classifier, batch]() -> RunOnce {
            auto run = std::make_shared<BatchRun>(classifier, batch);
            return [run] { return run->Run(); };
          }};
}

Contender BareOneDnn(model::Precision precision, int batch) {
  return {"onednn", [=]() -> RunOnce {
            auto net = std::make_shared<BareResNet18>(precision, batch);
            return [net, batch] {
              net->Run();
              return batch;
            };
          }};
}

// How long the loop's stages took, over all lanes and rounds.
struct StageTimes {
  std::atomic<int64_t> decode_ns = 0;
  std::atomic<int64_t> infer_ns = 0;
  std::atomic<int64_t> pictures = 0;

  double Ms(const std::atomic<int64_t>& sum) const {
    return 1e-6 * static_cast<double>(sum) / static_cast<double>(pictures);
  }
};

// What the lanes of the loop share.
struct Loop {
  std::vector<std::string> pictures;
  std::atomic<size_t> next = 0;
  StageTimes times;
};

int RunLoopOnce(Loop& loop, BatchRun& run, const image::TensorSpec& spec) {
  const Clock::time_point start = Clock::now();
  for (image::PixelTensor& tensor : run.tensors()) {
    const std::string& bytes =
        loop.pictures[loop.next++ % loop.pictures.size()];
    const image::ByteChain encoded(
        {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
    tensor = image::DecodePicture(encoded, spec, {}).value();
  }
  const Clock::time_point decoded = Clock::now();
  const int pictures = run.Run();
  loop.times.decode_ns += (decoded - start).count();
  loop.times.infer_ns += (Clock::now() - decoded).count();
  loop.times.pictures += pictures;
  return pictures;
}

Contender DecodeAndInfer(Loop& loop, model::Classifier& classifier) {
  return {"loop", [&]() -> RunOnce {
            auto run = std::make_shared<BatchRun>(classifier, 1);
            const image::TensorSpec spec = classifier.tensor_spec();
            return [&loop, run, spec] { return RunLoopOnce(loop, *run, spec); };
          }};
}

std::string OneDnnVersion() {
  const dnnl_version_t& version = *dnnl_version();
  return absl::StrCat(version.major, ".", version.minor, ".", version.patch);
}

json Measure(const Options& options) {
  const model::Package package = FindPackage(options);
  const model::Precision precision = FindPrecision(options.precision);
  const auto own = Load(package, precision, model::Operators::kOwn);
  std::unique_ptr<model::Classifier> libtorch;
  if (options.libtorch) {
    libtorch = Load(package, precision, model::Operators::kLibtorch);
  }
  const RacePlan plan{options.lanes, options.rounds,
                      std::chrono::duration<double>(options.seconds)};
  json result = {{"cpu", model::DetectCpu().model},
                 {"onednn_version", OneDnnVersion()},
                 {"model", options.model},
                 {"precision", options.precision},
                 {"engine", std::string(own->engine())},
                 {"lanes", options.lanes}};
  const auto race = [&](const std::vector<Contender>& contenders,
                        const std::string& key) {
    const auto rates = Race(contenders, plan);
    for (size_t i = 0; i < contenders.size(); ++i) {
      result[contenders[i].name][key] = Median(rates[i]);
      result["rounds"][contenders[i].name][key] = rates[i];
    }
  };
  for (const int batch : options.batches) {
    std::vector<Contender> contenders = {Engine("lanes_only", *own, batch)};
    if (options.model == "resnet18" && !options.own_only) {
      contenders.push_back(BareOneDnn(precision, batch));
    }
    if (libtorch != nullptr) {
      contenders.push_back(Engine("libtorch", *libtorch, batch));
    }
    race(contenders, std::to_string(batch));
  }
  if (!options.pictures.empty()) {
    Loop loop;
    auto pictures = cli::ReadPictures({options.pictures}, std::cerr);
    if (!pictures.ok()) throw std::runtime_error(pictures.status().ToString());
    if (pictures->empty()) throw std::runtime_error("no pictures there");
    loop.pictures = *std::move(pictures);
    race({DecodeAndInfer(loop, *own)}, "images_per_s");
    result["loop"]["decode_ms"] = loop.times.Ms(loop.times.decode_ns);
    result["loop"]["infer_ms"] = loop.times.Ms(loop.times.infer_ns);
  }
  return result;
}

}  // namespace
}  // namespace wanwu::bench

int main(int argc, char** argv) {
  wanwu::bench::Options options;
  CLI::App app(
      "Pictures per second of the lanes alone: bare oneDNN, our engine, "
      "libtorch's operators, and decode with inference");
  app.add_option("--model_repository", options.repository);
  app.add_option("--model", options.model);
  app.add_option("--precision", options.precision, "fp32, bf16 or int8");
  app.add_option("--lanes", options.lanes)->check(CLI::Range(1, 256));
  app.add_option("--batch", options.batches)->delimiter(',');
  app.add_option("--seconds", options.seconds, "Of each measurement");
  app.add_option("--rounds", options.rounds)->check(CLI::Range(1, 100));
  app.add_option("--pictures", options.pictures,
                 "Folder of pictures for the loop; none: no loop");
  app.add_flag("--libtorch", options.libtorch, "Measure libtorch's, too");
  app.add_flag("--own_only", options.own_only, "Measure our engine alone");
  app.add_flag_callback(
      "--onednn_version",
      [] {
        std::cout << wanwu::bench::OneDnnVersion() << '\n';
        throw CLI::Success();
      },
      "Print oneDNN's version and exit");
  CLI11_PARSE(app, argc, argv);
  try {
    std::cout << wanwu::bench::Measure(options).dump(1) << '\n';
  } catch (const std::exception& error) {
    std::cerr << "wanwu-engine-ceiling: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
