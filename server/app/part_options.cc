#include "server/app/part_options.h"

#include <pthread.h>

#include <algorithm>
#include <utility>

#include "batching/lane.h"
#include "server/app/cpu_pinning.h"
#include "server/app/program_build.h"
#include "server/model/torchscript/torch_classifier.h"

namespace wanwu::app {
namespace {

// A poller only parses, admits and builds answers: little work beside the
// inference of four lanes.
constexpr int kLanesPerPoller = 4;
// gRPC reads a connection for as long as it has bytes, on the poller that found
// it readable. With a second one that does not keep the others waiting.
constexpr int kFewestPollers = 2;

image::DecodeOptions DecodeOptionsOf(const ServerConfig& config,
                                     const MemoryPlan& memory) {
  image::DecodeOptions options;
  options.limits = config.image;
  options.limits.max_decoder_bytes = memory.decoders / 2;
  options.exif_orientation = config.apply_exif_orientation
                                 ? image::ExifOrientation::kApply
                                 : image::ExifOrientation::kIgnore;
  options.jpeg_decode = config.jpeg_decode;
  options.damaged = config.strict_images ? image::DamagedPictures::kRefuse
                                         : image::DamagedPictures::kAccept;
  return options;
}

}  // namespace

int PollerCount(const ServerConfig& config, int lanes) {
  if (config.pollers > 0) return config.pollers;
  return std::max(kFewestPollers,
                  (lanes + kLanesPerPoller - 1) / kLanesPerPoller);
}

pipeline::PipelineOptions PipelineOptionsOf(const ServerConfig& config,
                                            const LanePlan& lanes,
                                            const MemoryPlan& memory,
                                            std::shared_ptr<WakeEvent> unused) {
  pipeline::PipelineOptions options;
  options.on_model_unused = [unused = std::move(unused)] { unused->Set(); };
  options.lanes = lanes.lanes;
  options.decode_threads = lanes.decode_threads;
  options.queue_capacity = config.queue_capacity;
  options.queue_bytes = memory.queue;
  options.decoder_bytes = memory.decoders;
  options.answer_cache_bytes = memory.answers;
  options.max_queue_wait = config.max_queue_wait;
  options.max_queue_delay = config.max_queue_delay;
  options.decode = DecodeOptionsOf(config, memory);
  options.on_lane_start = [lanes](int lane) {
    pthread_setname_np(pthread_self(), batching::LaneName(lane).c_str());
    // Before its team starts. Not fatal: an unpinned lane is only slower.
    if (!lanes.cpus.empty()) {
      PinCurrentThread(lanes.cpus[static_cast<size_t>(lane)]).IgnoreError();
    }
    model::PrepareLaneThread(lanes.intra_op_threads);
  };
  return options;
}

int MaxBatchSize(const ServerConfig& config) {
  return config.batching == BatchingMode::kOff ? 1 : config.max_batch_size;
}

ModelLoaderOptions LoaderOptionsOf(const ServerConfig& config,
                                   const LanePlan& lanes) {
  return {.precision = config.precision,
          .intra_op_threads = lanes.intra_op_threads,
          .max_batch_size = MaxBatchSize(config),
          .build = ProgramBuild(),
          .load_classifier = [](const model::Package& package,
                                model::Precision precision,
                                const std::vector<std::string>& algorithms) {
            return model::LoadTorchClassifier(package, precision,
                                              {.algorithms = algorithms});
          }};
}

rpc::TransportLimits TransportLimitsOf(const ServerConfig& config,
                                       const MemoryPlan& memory) {
  rpc::TransportLimits limits = config.transport;
  limits.receive_bytes = static_cast<size_t>(memory.receive);
  return limits;
}

}  // namespace wanwu::app
