#pragma once

#include <grpcpp/grpcpp.h>

#include <deque>
#include <memory>
#include <sstream>
#include <string>

#include "common/logging/access_log.h"
#include "common/logging/logger.h"
#include "common/logging/rate_limited_log.h"
#include "common/tracing/tracer.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "server/rpc/grpc_server.h"
#include "tests/support/served_models.h"
#include "tests/support/tracked_job.h"
#include "wanwu/v1/image_classifier.grpc.pb.h"

namespace wanwu::test_support {

struct TestServerOptions {
  int lanes = 1;
  int decode_threads = 0;
  int pollers = 1;
  int64_t queue_capacity = 1024;
  int64_t queue_bytes = int64_t{256} << 20;
  int64_t answer_cache_bytes = 0;
  rpc::CallLimits calls = {};
  size_t max_message_bytes = size_t{20} << 20;
  rpc::Reflection reflection = rpc::Reflection::kOn;
  logging::AccessLog::Options request_lines = {};
  // Outlives the server.
  tracing::Tracer* tracer = nullptr;
  std::vector<std::shared_ptr<rpc::AddedService>> added = {};
};

inline constexpr char kClassifierService[] = "wanwu.v1.ImageClassifier";

// The gRPC server of this process on a free port of the loopback interface,
// over a pipeline with fake models. The default model is called "fake".
// At its end it opens every gate and stops in the right order.
class TestServer {
 public:
  explicit TestServer(const TestServerOptions& options = {});
  ~TestServer();
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  // Puts a model into service.
  const FakeModel& Install(const FakeModelOptions& options = {});

  // Keeps one lane busy until the model's gate is opened.
  void OccupyLane(const FakeModel& model);

  // Blocks until that many jobs are admitted and not finished.
  void AwaitJobs(int64_t jobs);

  // As many round trips as it takes for the poller to have done what was due.
  void LetThePollerRun();

  void BeginDrain();
  // Everything, in the order of a server that ends. Idempotent.
  void Stop();

  rpc::GrpcServerParts parts();
  const logging::Logger& log() const { return log_; }
  pipeline::ClassifyPipeline& pipeline() { return *pipeline_; }
  pipeline::ModelCatalog& catalog() { return catalog_; }
  rpc::HealthState& health() { return health_; }
  rpc::ServerRun& run() { return run_; }
  rpc::GrpcServer& grpc_server() { return *server_; }
  std::string address() const;
  // Only once it has stopped.
  std::string log_text() const { return log_text_.str(); }

  // With a connection of its own.
  std::shared_ptr<grpc::Channel> NewChannel() const;
  grpc::Channel& channel() { return *channel_; }
  wanwu::v1::ImageClassifier::Stub& stub() { return *stub_; }
  grpc::health::v1::Health::Stub& health_stub() { return *health_stub_; }

 private:
  const batching::SteadyClock clock_;
  std::ostringstream log_text_;
  logging::Logger log_;
  logging::RateLimitedLog error_log_;
  logging::AccessLog access_log_;
  tracing::Tracer* const tracer_;
  metrics::AnswerCounters answers_;
  metrics::RequestCounters requests_;
  rpc::ServerRun run_;
  rpc::HealthState health_;
  pipeline::ModelCatalog catalog_;
  std::deque<FakeModel> models_;
  std::deque<TrackedJob> own_jobs_;
  std::unique_ptr<pipeline::ClassifyPipeline> pipeline_;
  std::unique_ptr<rpc::GrpcServer> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<wanwu::v1::ImageClassifier::Stub> stub_;
  std::unique_ptr<grpc::health::v1::Health::Stub> health_stub_;
};

// A test that hangs ends with DEADLINE_EXCEEDED instead.
void SetTestDeadline(grpc::ClientContext& context);

wanwu::v1::ClassifyRequest RequestFor(int picture);
wanwu::v1::ClassifyBatchRequest BatchRequestFor(const std::string& id,
                                                int picture);

}  // namespace wanwu::test_support
