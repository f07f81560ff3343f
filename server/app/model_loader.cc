#include "server/app/model_loader.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/app/lane_work.h"

namespace wanwu::app {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Beyond it a slow model has its least number of rounds.
constexpr std::chrono::milliseconds kTimingBudget{1500};

// A warm-up that takes so long is itself the measurement: what a first run
// takes more is little beside it.
constexpr std::chrono::seconds kSlowWarmUp{5};

std::chrono::nanoseconds TotalOf(const std::vector<model::BatchTime>& times) {
  std::chrono::nanoseconds total{};
  for (const model::BatchTime& time : times) total += time.duration;
  return total;
}

milliseconds Since(steady_clock::time_point start) {
  return std::chrono::duration_cast<milliseconds>(steady_clock::now() - start);
}

std::string TimesText(const std::vector<model::BatchTime>& times) {
  std::string text;
  for (const model::BatchTime& time : times) {
    const double ms =
        std::chrono::duration<double, std::milli>(time.duration).count();
    absl::StrAppend(&text, text.empty() ? "" : " ", time.size, ":",
                    std::round(ms * 10) / 10, "ms");
  }
  return text;
}

}  // namespace

ModelLoader::ModelLoader(ModelLoaderOptions options,
                         pipeline::ClassifyPipeline& pipeline,
                         pipeline::ModelCatalog& catalog,
                         model::BatchTimeStore& store, logging::Logger& log)
    : options_(std::move(options)),
      pipeline_(pipeline),
      catalog_(catalog),
      store_(store),
      log_(log) {}

absl::StatusOr<ModelLoader::Loaded> ModelLoader::Load(
    const model::PackageLocation& location) const {
  const auto start = steady_clock::now();
  absl::StatusOr<model::Package> package =
      model::LoadPackage(location.directory);
  if (!package.ok()) return package.status();
  absl::StatusOr<Chosen> chosen = Choose(*package);
  if (!chosen.ok()) return chosen.status();
  auto model = std::make_shared<pipeline::ServedModel>(
      *std::move(package), std::move(chosen->precision),
      std::move(chosen->classifier));
  return Loaded{std::move(model), Since(start)};
}

model::BatchTimeKey ModelLoader::MakeKey(const model::Manifest& manifest,
                                         model::Precision precision) const {
  return {.cpu = options_.cpu,
          .model_sha256 = manifest.precisions.at(precision).model.sha256,
          .precision = precision,
          .lanes = pipeline_.lane_count(),
          .intra_op_threads = options_.intra_op_threads,
          .build = options_.build};
}

absl::StatusOr<std::unique_ptr<model::Classifier>>
ModelLoader::LoadClassifierOf(const model::Package& package,
                              model::Precision precision) const {
  const auto kept = store_.Find(MakeKey(package.manifest, precision));
  return options_.load_classifier(
      package, precision, kept ? kept->algorithms : std::vector<std::string>());
}

absl::StatusOr<ModelLoader::Chosen> ModelLoader::Choose(
    const model::Package& package) const {
  if (options_.precision == model::PrecisionRequest::kAuto) {
    return ChooseFastest(package);
  }
  absl::StatusOr<model::PrecisionChoice> precision = model::RequestedPrecision(
      options_.precision, package.manifest, options_.cpu);
  if (!precision.ok()) return precision.status();
  auto classifier = LoadClassifierOf(package, precision->precision);
  if (!classifier.ok()) return classifier.status();
  return Chosen{*std::move(precision), *std::move(classifier)};
}

// Holds two classifiers at a time.
absl::StatusOr<ModelLoader::Chosen> ModelLoader::ChooseFastest(
    const model::Package& package) const {
  model::PrecisionCandidates candidates =
      model::FindCandidates(package.manifest, options_.cpu);
  std::vector<model::PrecisionTime> tried;
  Chosen chosen;
  const std::vector<model::Precision> precisions = candidates.precisions;
  for (const model::Precision precision : precisions) {
    auto classifier = LoadClassifierOf(package, precision);
    const bool only = candidates.precisions.size() == 1;
    if (absl::IsUnimplemented(classifier.status()) && !only) {
      candidates.Drop(precision, "is not for this network");
      continue;
    }
    if (!classifier.ok()) return classifier.status();
    if (!only) {
      const auto time = options_.time_picture(**classifier);
      if (!time.ok()) return time.status();
      tried.push_back({precision, *time});
    }
    chosen.precision =
        model::ChooseFastest(candidates, tried, package.manifest);
    if (chosen.precision.precision == precision) {
      chosen.classifier = *std::move(classifier);
    }
  }
  return chosen;
}

absl::Status ModelLoader::PutIntoService(const model::PackageLocation& location,
                                         absl::StatusOr<Loaded> loaded) {
  const auto start = steady_clock::now();
  const absl::Status status = loaded.ok() ? Install(*loaded) : loaded.status();
  pipeline::CatalogEntry entry{.name = location.name,
                               .version = location.version};
  if (status.ok()) {
    entry.state = pipeline::ModelState::kReady;
    entry.model = loaded->model;
  } else if (absl::IsCancelled(status)) {
    return status;
  } else {
    const auto before =
        catalog_.Find(location.name, std::to_string(location.version));
    entry.state = pipeline::ModelState::kFailed;
    if (before.ok() && before->model != nullptr) entry = *before;
    entry.message = std::string(status.message());
    log_.Error("model_failed", {{"model", location.name},
                                {"version", location.version},
                                {"directory", location.directory.string()},
                                {"error", entry.message}});
  }
  catalog_.Put(std::move(entry));
  // Whoever reads it may call the model.
  if (status.ok()) LogReady(*loaded, Since(start));
  return status;
}

absl::Status ModelLoader::Install(Loaded& loaded) {
  pipeline::ServedModel& served = *loaded.model;
  served.SetLaneCount(pipeline_.lane_count());
  absl::Status status = OnEveryLane(
      pipeline_, [&](int lane) { return served.MakeReplica(lane); });
  if (!status.ok()) return status;
  status = PlanBatches(served);
  if (!status.ok()) return status;
  absl::StatusOr<std::shared_ptr<pipeline::ServedModel>> installed =
      pipeline_.Install(std::move(loaded.model));
  if (installed.ok()) loaded.model = *std::move(installed);
  return installed.status();
}

absl::Status ModelLoader::PlanBatches(pipeline::ServedModel& served) {
  std::vector<model::BatchTime> times = KnownTimes(served);
  const bool complete =
      times.size() >= static_cast<size_t>(options_.max_batch_size);
  const int largest =
      complete ? model::ChooseBatchSize(times, options_.max_batch_size)
               : options_.max_batch_size;
  absl::StatusOr<std::vector<model::BatchTime>> measured =
      WarmUp(served, largest);
  if (!complete && measured.ok() && TotalOf(*measured) < kSlowWarmUp) {
    measured = Measure(served);
  }
  if (!measured.ok()) return measured.status();
  if (!complete) {
    times = *std::move(measured);
    KeepMeasured(served, times);
  }
  served.SetBatchPlan(times,
                      model::ChooseBatchSize(times, options_.max_batch_size));
  return absl::OkStatus();
}

// Of this very model, else of another version of it that is in service: they
// only have to last until the batches that run are measured.
std::vector<model::BatchTime> ModelLoader::KnownTimes(
    const pipeline::ServedModel& served) {
  const model::Manifest& manifest = served.package().manifest;
  const auto kept =
      store_.Find(MakeKey(manifest, served.precision().precision));
  if (kept) return kept->times;
  const auto other = catalog_.FindReady(manifest.name, "");
  if (!other.ok()) return {};
  const pipeline::ServedModel& beside = **other;
  const bool alike =
      beside.package().manifest.architecture == manifest.architecture &&
      beside.precision().precision == served.precision().precision &&
      beside.classifier().engine() == served.classifier().engine();
  return alike ? beside.batch_times() : std::vector<model::BatchTime>();
}

// The largest first, because buffers grow with it.
absl::StatusOr<std::vector<model::BatchTime>> ModelLoader::WarmUp(
    pipeline::ServedModel& served, int largest) {
  std::vector<model::BatchTime> times(static_cast<size_t>(largest));
  for (int size = largest; size >= 1; --size) {
    const auto time = TimeGreyBatch(served, size, pipeline_);
    if (!time.ok()) return time.status();
    times[static_cast<size_t>(size - 1)] = {size, time->cpu_time};
  }
  return times;
}

absl::StatusOr<std::vector<model::BatchTime>> ModelLoader::Measure(
    pipeline::ServedModel& served) {
  const auto run = [&](int size) -> absl::StatusOr<std::chrono::nanoseconds> {
    const auto time = TimeGreyBatch(served, size, pipeline_);
    if (!time.ok()) return time.status();
    return time->cpu_time;
  };
  return model::MeasureBatchTimes(
      run, [] { return steady_clock::now(); },
      {.max_batch = options_.max_batch_size, .budget = kTimingBudget});
}

void ModelLoader::KeepBatchTimes() {
  for (const pipeline::CatalogEntry& entry : catalog_.List()) {
    if (entry.model == nullptr) continue;
    KeepMeasured(*entry.model, entry.model->batch_times());
  }
}

void ModelLoader::KeepMeasured(const pipeline::ServedModel& served,
                               std::vector<model::BatchTime> times) {
  store_.Put(MakeKey(served.package().manifest, served.precision().precision),
             {std::move(times), served.classifier().algorithms()});
}

void ModelLoader::LogReady(const Loaded& loaded, milliseconds warm_up_time) {
  const pipeline::ServedModel& served = *loaded.model;
  const model::Manifest& manifest = served.package().manifest;
  const model::OperatorCount operators = served.classifier().operators();
  log_.Info("model_ready",
            {{"model", manifest.name},
             {"version", manifest.version},
             {"precision", model::PrecisionName(served.precision().precision)},
             {"reason", served.precision().reason},
             {"engine", served.classifier().engine()},
             {"own_operators", operators.own},
             {"operators", operators.all},
             {"trained", manifest.trained},
             {"batch_size", served.batch_size()},
             {"batch_times", TimesText(served.batch_times())},
             {"load_ms", loaded.load_time.count()},
             {"warm_up_ms", warm_up_time.count()}});
}

}  // namespace wanwu::app
