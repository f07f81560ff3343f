#include "server/app/server_config.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "common/options/value_types.h"
#include "server/app/model_options.h"

namespace wanwu::app {
namespace {

using options::Address;
using options::Boolean;
using options::ByteSize;
using options::Duration;
using options::Emptiness;
using options::OneOf;
using options::OptionTable;
using options::Path;
using options::Text;
using options::WholeNumber;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr size_t kKiB = size_t{1} << 10;
constexpr size_t kMiB = size_t{1} << 20;
constexpr size_t kGiB = size_t{1} << 30;
// gRPC counts message bytes in an int.
constexpr size_t kMostMessageBytes = 2 * kGiB - kMiB;
constexpr int kMostThreads = 1024;

void AddListening(OptionTable& table, ServerConfig& config) {
  table.Group("Listening");
  table.Add(
      {.name = "listen_address",
       .unit = "",
       .help = "Where the gRPC service listens; port 0 takes a free one."},
      &config.listen_address, Address());
  table.Add({.name = "metrics_address",
             .unit = "",
             .help = "Where operators are served /metrics, /livez, /readyz and "
                     "/statusz over HTTP; empty: nowhere. Where the default is "
                     "taken, the server only warns."},
            &config.metrics_address, Address(Emptiness::kAllowed));
  table.Add({.name = "accept_while_loading",
             .unit = "",
             .help = "Whether callers may connect before the models are "
                     "loaded, to learn that they must wait; else they are "
                     "refused and go to another server."},
            &config.accept_while_loading, Boolean());
  table.Add({.name = "reflection",
             .unit = "",
             .help = "Serve gRPC reflection, so that tools such as grpcurl "
                     "need no .proto files."},
            &config.reflection, Boolean());
  table.Add(
      {.name = "admin_address",
       .unit = "",
       .help = "Where operators' calls are taken (wanwu.v1.Admin, and "
               "health, reflection and channelz beside it), in the clear "
               "unless admin_tls; with token_file, Admin takes a token of the "
               "role admin, else whoever reaches it may call it; empty: "
               "nowhere."},
      &config.admin_address, Address(Emptiness::kAllowed));
  table.Add({.name = "max_message_bytes",
             .unit = "",
             .help = "Largest gRPC message; larger ones are refused by the "
                     "transport, without our error details, so it must exceed "
                     "max_image_bytes."},
            &config.transport.max_message_bytes,
            ByteSize({kKiB, kMostMessageBytes}));
  table.Add({.name = "max_metadata_bytes",
             .unit = "",
             .help = "Largest metadata of a call, tokens and traces among "
                     "them, each name and value with 32 bytes more; gRPC "
                     "refuses larger ones with RESOURCE_EXHAUSTED."},
            &config.transport.max_metadata_bytes, ByteSize({kKiB, kMiB}));
  table.Add({.name = "max_stream_in_flight",
             .unit = "pictures",
             .help = "Unanswered pictures of one ClassifyBatch stream before "
                     "reading from it pauses."},
            &config.calls.max_stream_in_flight, WholeNumber<int>({1, 4096}));
  table.Add({.name = "max_status_watches",
             .unit = "calls",
             .help = "WatchStatus calls at a time; more are refused with "
                     "RESOURCE_EXHAUSTED."},
            &config.calls.max_status_watches, WholeNumber<int>({1, 10'000}));
  table.Add({.name = "max_health_watches",
             .unit = "calls",
             .help = "Health.Watch calls at a time; more are refused with "
                     "RESOURCE_EXHAUSTED."},
            &config.calls.max_health_watches, WholeNumber<int>({1, 100'000}));
  table.Add({.name = "receive_timeout",
             .unit = "",
             .help = "A call of one message, such as Classify, whose message "
                     "takes longer to come is ended with DEADLINE_EXCEEDED."},
            &config.calls.receive_timeout,
            Duration({milliseconds(10), hours(24)}));
  table.Add({.name = "reader_timeout",
             .unit = "",
             .help = "A call whose caller takes no answer for so long is "
                     "cancelled."},
            &config.calls.reader_timeout,
            Duration({milliseconds(10), hours(24)}));
}

void AddConnections(OptionTable& table, ServerConfig& config) {
  table.Group("Connections");
  table.Add({.name = "max_connections",
             .unit = "connections",
             .help = "Connections open at a time; for more the idlest are "
                     "closed; 0: as many as there are file descriptors for."},
            &config.transport.max_connections,
            WholeNumber<int>({0, 1'000'000}));
  table.Add({.name = "max_concurrent_streams",
             .unit = "calls",
             .help = "Calls of one connection at a time; a client keeps "
                     "further ones back."},
            &config.transport.max_concurrent_streams,
            WholeNumber<int>({1, 1'000'000}));
  table.Add({.name = "connection_idle",
             .unit = "",
             .help = "A connection without a call for so long is closed; 0: "
                     "never."},
            &config.transport.connection_idle,
            Duration({microseconds(0), hours(24)}));
  table.Add({.name = "connection_age",
             .unit = "",
             .help = "A connection so old, give or take a tenth, takes no "
                     "more calls, so that clients spread over servers anew; "
                     "0: no limit."},
            &config.transport.connection_age,
            Duration({microseconds(0), hours(24)}));
  table.Add({.name = "connection_grace",
             .unit = "",
             .help = "Then, time for its calls to end before they are broken "
                     "off."},
            &config.transport.connection_grace,
            Duration({microseconds(0), hours(24)}));
  table.Add({.name = "keepalive_time",
             .unit = "",
             .help = "A peer silent for so long is asked whether it is there; "
                     "0: never."},
            &config.transport.keepalive_time,
            Duration({microseconds(0), hours(24)}));
  table.Add({.name = "keepalive_timeout",
             .unit = "",
             .help = "Then, time to answer before the connection is closed."},
            &config.transport.keepalive_timeout,
            Duration({milliseconds(1), hours(1)}));
}

void AddThreads(OptionTable& table, ServerConfig& config) {
  table.Group("Threads");
  table.Add({.name = "lanes",
             .unit = "threads",
             .help = "Inference threads, shared by all models; 0: one per CPU "
                     "that this process may use (affinity mask and cgroup "
                     "limit, never the host's count), or per intra_op_threads "
                     "of them."},
            &config.lanes, WholeNumber<int>({0, kMostThreads}));
  table.Add({.name = "intra_op_threads",
             .unit = "threads",
             .help = "Threads that one lane computes one batch with; more than "
                     "one shortens the answer to a lone request and costs "
                     "throughput; 0: the CPUs divided by lanes."},
            &config.intra_op_threads,
            WholeNumber<int>({0, ServerConfig::kMaxIntraOpThreads}));
  table.Add({.name = "decode_threads",
             .unit = "threads",
             .help = "Threads that only decode pictures; 0: the lanes decode, "
                     "while they have no batch to run or could have a larger "
                     "one; where a lane has several threads, as many as all "
                     "lanes' together."},
            &config.decode_threads, WholeNumber<int>({0, kMostThreads}));
  table.Add({.name = "pollers",
             .unit = "threads",
             .help = "Completion queues with one thread each; 0: one per four "
                     "lanes, and at least two."},
            &config.pollers, WholeNumber<int>({0, 64}));
  table.Add({.name = "stuck_after",
             .unit = "",
             .help = "The health of liveness fails while a thread has been at "
                     "one piece of work (an event, a batch, a part of a "
                     "picture) for so long; 0: never."},
            &config.stuck_after, Duration({milliseconds(0), hours(1)}));
  table.Add({.name = "pin_lanes",
             .unit = "",
             .help = "Keep each lane on one CPU, or on as many as it has "
                     "threads; auto: only where the CPU set was narrowed for "
                     "this process, because else several "
                     "servers on one host would share the same CPUs."},
            &config.pin_lanes,
            OneOf<PinLanes>({{"auto", PinLanes::kAuto},
                             {"on", PinLanes::kOn},
                             {"off", PinLanes::kOff}}));
}

void AddBatching(OptionTable& table, ServerConfig& config) {
  table.Group("Batching and admission");
  table.Add({.name = "batching",
             .unit = "",
             .help = "adaptive: batches grow with the load; off: one picture "
                     "each."},
            &config.batching,
            OneOf<BatchingMode>({{"adaptive", BatchingMode::kAdaptive},
                                 {"off", BatchingMode::kOff}}));
  table.Add({.name = "max_batch_size",
             .unit = "pictures",
             .help = "Upper bound of a batch; within it each model uses the "
                     "size measured best at start."},
            &config.max_batch_size, WholeNumber<int>({1, 32}));
  table.Add({.name = "max_queue_delay",
             .unit = "",
             .help = "How long an idle lane may wait for more pictures; 0: it "
                     "takes what is there at once."},
            &config.max_queue_delay, Duration({microseconds(0), seconds(1)}));
  table.Add({.name = "queue_capacity",
             .unit = "requests",
             .help = "Requests admitted and not yet answered; more are "
                     "refused with RESOURCE_EXHAUSTED. One client can have "
                     "four fifths of them, bulk requests half."},
            &config.queue_capacity, WholeNumber<int>({1, 1'000'000}));
  table.Add({.name = "max_queue_wait",
             .unit = "",
             .help = "A request that would wait longer, as estimated, is "
                     "refused with RESOURCE_EXHAUSTED; 0: it may wait as long "
                     "as its deadline allows."},
            &config.max_queue_wait, Duration({microseconds(0), hours(1)}));
}

void AddMemory(OptionTable& table, ServerConfig& config) {
  table.Group("Memory");
  table.Add({.name = "memory_budget",
             .unit = "",
             .help = "What callers can make the process hold at most; the "
                     "three below are parts of it; 0: half of the memory that "
                     "this process may use (cgroup limit, else the machine's), "
                     "at most 2GiB."},
            &config.memory_budget, ByteSize({0, 1024 * kGiB}));
  table.Add({.name = "receive_bytes",
             .unit = "",
             .help = "Bytes of messages and connections that gRPC holds at a "
                     "time; beyond it connections without a call are closed "
                     "and then calls that are being received broken off; 0: an "
                     "eighth of memory_budget."},
            &config.transport.receive_bytes, ByteSize({0, 1024 * kGiB}));
  table.Add({.name = "queue_bytes",
             .unit = "",
             .help = "Bytes of admitted requests that are not yet decoded, "
                     "shared out as queue_capacity is; more are refused with "
                     "RESOURCE_EXHAUSTED; 0: an eighth of memory_budget."},
            &config.queue_bytes, ByteSize({0, 1024 * kGiB}));
  table.Add({.name = "decoder_bytes",
             .unit = "",
             .help = "Working memory of all decoders together. A picture that "
                     "needs more than half of it is refused as too large, "
                     "others wait until theirs is free; 0: half of "
                     "memory_budget."},
            &config.decoder_bytes, ByteSize({0, 1024 * kGiB}));
  table.Add({.name = "answer_cache_bytes",
             .unit = "",
             .help = "Answers kept for pictures that come again byte for byte, "
                     "beside memory_budget, some 4.4 KB for each of a model of "
                     "1000 classes; 0: none."},
            &config.answer_cache_bytes, ByteSize({0, 1024 * kGiB}));
}

// Their names, between commas; in any order, and written in the enum's.
options::ValueType<image::FormatSet> ImageFormats() {
  // Static, for the parser below to see it.
  static const std::string kExpected =
      "some of " + image::OptionOf(image::kAllFormats);
  return {
      .placeholder = "FORMAT,...",
      .expected = kExpected,
      .parse = [](std::string_view text) -> absl::StatusOr<image::FormatSet> {
        image::FormatSet formats;
        while (!text.empty()) {
          const std::string_view name = text.substr(0, text.find(','));
          const auto format = image::FormatFromName(name);
          if (!format.has_value()) break;
          formats.set(static_cast<size_t>(*format));
          text.remove_prefix(std::min(text.size(), name.size() + 1));
        }
        if (text.empty() && formats.any()) return formats;
        return options::NotOneOf(kExpected);
      },
      .format = image::OptionOf};
}

void AddPictures(OptionTable& table, ServerConfig& config) {
  table.Group("Pictures");
  table.Add({.name = "image_formats",
             .unit = "",
             .help = "Which formats are accepted; others are refused before "
                     "their decoder sees them."},
            &config.image.formats, ImageFormats());
  table.Add({.name = "max_image_bytes",
             .unit = "",
             .help = "Largest encoded picture."},
            &config.image.max_encoded_bytes, ByteSize({kKiB, kGiB}));
  table.Add({.name = "max_image_pixels",
             .unit = "pixels",
             .help = "Largest picture by width times height."},
            &config.image.max_pixels, WholeNumber<int64_t>({1, 1'000'000'000}));
  table.Add({.name = "max_non_baseline_pixels",
             .unit = "pixels",
             .help = "Likewise of a picture that is no baseline JPEG, as "
                     "nearly all photographs are: others take more time and "
                     "memory. Beyond max_image_pixels it has no effect."},
            &config.image.max_non_baseline_pixels,
            WholeNumber<int64_t>({1, 1'000'000'000}));
  table.Add({.name = "max_image_aspect_ratio",
             .unit = "",
             .help = "How many times the longer side may be the shorter one."},
            &config.image.max_aspect_ratio, WholeNumber<int>({1, 65535}));
  table.Add({.name = "max_image_scans",
             .unit = "scans",
             .help = "Scans of a progressive JPEG, each of which costs a pass "
                     "over the picture."},
            &config.image.max_scans, WholeNumber<int>({1, 1000}));
  table.Add({.name = "max_image_scan_pixels",
             .unit = "pixels",
             .help = "Scans of a JPEG times its pixels, which bounds how long "
                     "one may take to decode; a scan in arithmetic coding "
                     "counts tenfold."},
            &config.image.max_scan_pixels,
            WholeNumber<int64_t>({1, 1'000'000'000'000}));
  table.Add({.name = "strict_images",
             .unit = "",
             .help = "Refuse pictures that are damaged in any way, also those "
                     "that decoders only warn of, which else are answered with "
                     "warnings."},
            &config.strict_images, Boolean());
  table.Add({.name = "apply_exif_orientation",
             .unit = "",
             .help = "Turn pictures upright as their EXIF data say."},
            &config.apply_exif_orientation, Boolean());
  table.Add({.name = "jpeg_decode",
             .unit = "",
             .help = "exact: bit for bit the reference's pixels; fast: a JPEG "
                     "whose shorter side is at least four times what the model "
                     "resizes it to is decoded at a half, a quarter or an "
                     "eighth of its size, which gives pixels near the "
                     "reference's."},
            &config.jpeg_decode,
            OneOf<image::JpegDecode>({{"exact", image::JpegDecode::kExact},
                                      {"fast", image::JpegDecode::kFast}}));
}

void AddConditions(OptionTable& table, const ServerConfig& config) {
  table.Require({"max_message_bytes", "max_image_bytes"}, [&config] {
    return config.transport.max_message_bytes > config.image.max_encoded_bytes
               ? ""
               : "a message must be larger than the picture in it";
  });
  table.Require({"receive_bytes", "max_message_bytes"}, [&config] {
    return config.transport.receive_bytes == 0 ||
                   config.transport.receive_bytes >
                       config.transport.max_message_bytes
               ? ""
               : "the largest allowed message could never be received";
  });
  table.Require({"max_image_scan_pixels", "max_image_pixels"}, [&config] {
    return config.image.max_scan_pixels >= config.image.max_pixels
               ? ""
               : "the largest allowed picture could not have a single scan";
  });
  table.Require({"queue_bytes", "max_image_bytes"}, [&config] {
    return config.queue_bytes == 0 ||
                   config.queue_bytes >= config.image.max_encoded_bytes
               ? ""
               : "the largest allowed picture could never be admitted";
  });
}

}  // namespace

std::string DefaultStateDir(const options::Inputs& inputs) {
  // The XDG specification has relative paths ignored.
  const std::string state_home = inputs.Variable("XDG_STATE_HOME");
  if (state_home.starts_with('/')) return state_home + "/wanwu";
  const std::string home = inputs.Variable("HOME");
  if (home.starts_with('/')) return home + "/.local/state/wanwu";
  return {};
}

void AddServerOptions(OptionTable& table, ServerConfig& config) {
  AddListening(table, config);
  AddSecurityOptions(table, config.security);
  AddConnections(table, config);
  AddModelOptions(table, config);
  AddThreads(table, config);
  AddBatching(table, config);
  AddMemory(table, config);
  AddPictures(table, config);
  options::AddDrainOptions(
      table, config.drain,
      {.delay = "After SIGTERM, time between reporting NOT_SERVING and "
                "taking no new calls, for load balancers to notice.",
       .timeout = "Then, time for admitted requests to be answered before "
                  "the rest is cancelled."});
  logging::AddLogOptions(table, config.log);
  tracing::AddTraceOptions(table, config.traces);
  AddConditions(table, config);
}

options::Program ServerProgram() {
  return {.name = "wanwu-server",
          .version = WANWU_VERSION,
          .summary = "recognises what is in pictures, over gRPC.",
          .foreign_variables = {"WANWU_ADDRESS", "WANWU_WEIGHTS",
                                "WANWU_MODELS_DIR", "WANWU_SHARED_DIR",
                                "WANWU_BIN_DIR"}};
}

LoadedServerConfig LoadServerConfig(const options::Inputs& inputs) {
  LoadedServerConfig loaded;
  loaded.config.state_dir = DefaultStateDir(inputs);
  OptionTable table;
  AddServerOptions(table, loaded.config);
  loaded.result = options::LoadOptions(table, ServerProgram(), inputs);
  loaded.in_force = options::RenderConfig(table);
  return loaded;
}

std::vector<std::string> ValidateServerConfig(ServerConfig config) {
  OptionTable table;
  AddServerOptions(table, config);
  return table.Check();
}

}  // namespace wanwu::app
