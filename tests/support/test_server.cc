#include "tests/support/test_server.h"

#include <chrono>
#include <stdexcept>

#include "server/rpc/batch_spans.h"
#include "server/rpc/request_record.h"
#include "tests/support/pictures.h"

namespace wanwu::test_support {
namespace {

using std::chrono::seconds;

constexpr seconds kTestDeadline{60};
constexpr seconds kGrace{30};

pipeline::PipelineOptions PipelineOptionsOf(const TestServerOptions& options,
                                            const batching::Clock& clock) {
  pipeline::PipelineOptions out;
  out.lanes = options.lanes;
  out.decode_threads = options.decode_threads;
  out.queue_capacity = options.queue_capacity;
  out.queue_bytes = options.queue_bytes;
  out.answer_cache_bytes = options.answer_cache_bytes;
  out.on_traced_batch = rpc::TraceBatches(options.tracer, clock);
  return out;
}

rpc::GrpcServerOptions GrpcOptionsOf(const TestServerOptions& options) {
  rpc::GrpcServerOptions out;
  out.listen_address = "127.0.0.1:0";
  out.pollers = options.pollers;
  out.transport.max_message_bytes = options.max_message_bytes;
  out.calls = options.calls;
  out.reflection = options.reflection;
  out.added = options.added;
  return out;
}

}  // namespace

TestServer::TestServer(const TestServerOptions& options)
    : log_({.level = logging::Level::kDebug}, log_text_),
      error_log_(log_, 1000),
      access_log_(options.request_lines, log_, error_log_),
      tracer_(options.tracer),
      requests_(rpc::CountedMethods(), rpc::CountedReasons()),
      run_{.version = "1.2.3", .started_at = clock_.Now()},
      health_({"", kClassifierService}),
      catalog_("fake"),
      pipeline_(std::make_unique<pipeline::ClassifyPipeline>(
          PipelineOptionsOf(options, clock_), clock_)) {
  auto server = rpc::GrpcServer::Start(GrpcOptionsOf(options), parts());
  if (!server.ok()) throw std::runtime_error(server.status().ToString());
  server_ = *std::move(server);
  channel_ = NewChannel();
  stub_ = wanwu::v1::ImageClassifier::NewStub(channel_);
  health_stub_ = grpc::health::v1::Health::NewStub(channel_);
}

TestServer::~TestServer() { Stop(); }

rpc::GrpcServerParts TestServer::parts() {
  return {.pipeline = *pipeline_,
          .catalog = catalog_,
          .clock = clock_,
          .error_log = error_log_,
          .answers = answers_,
          .requests = requests_,
          .run = run_,
          .health = health_,
          .access_log = &access_log_,
          .tracer = tracer_};
}

const FakeModel& TestServer::Install(const FakeModelOptions& options) {
  const FakeModel& model =
      models_.emplace_back(InstallFakeModel(*pipeline_, options));
  catalog_.Put(ReadyEntry(model));
  return model;
}

void TestServer::OccupyLane(const FakeModel& model) {
  model.classifier->gate().Close();
  TrackedJobOptions options;
  options.times.arrival = clock_.Now();
  TrackedJob& job =
      own_jobs_.emplace_back(model.served, Encoded(PictureOf(0)), options);
  const absl::Status status = pipeline_->Submit(job.job());
  if (!status.ok()) throw std::runtime_error(status.ToString());
  model.classifier->gate().AwaitHeld(1);
}

void TestServer::AwaitJobs(int64_t jobs) {
  while (pipeline_->admission().jobs() != jobs) LetThePollerRun();
}

void TestServer::LetThePollerRun() {
  for (int i = 0; i < 20; ++i) {
    grpc::ClientContext context;
    SetTestDeadline(context);
    grpc::health::v1::HealthCheckResponse response;
    const grpc::Status status = health_stub_->Check(&context, {}, &response);
    if (!status.ok()) throw std::runtime_error(status.error_message());
  }
}

void TestServer::BeginDrain() {
  pipeline_->StopAdmission();
  server_->BeginDrain();
}

void TestServer::Stop() {
  for (const FakeModel& model : models_) model.classifier->gate().Open();
  BeginDrain();
  while (!pipeline_->WaitUntilIdle(std::chrono::steady_clock::now() + kGrace)) {
  }
  server_->Shutdown(kGrace);
  pipeline_->Drain();
}

std::string TestServer::address() const {
  return "127.0.0.1:" + std::to_string(server_->port());
}

std::shared_ptr<grpc::Channel> TestServer::NewChannel() const {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(
      address(), grpc::InsecureChannelCredentials(), arguments);
}

void SetTestDeadline(grpc::ClientContext& context) {
  context.set_deadline(std::chrono::system_clock::now() + kTestDeadline);
}

wanwu::v1::ClassifyRequest RequestFor(int picture) {
  const Bytes bytes = PictureOf(picture);
  wanwu::v1::ClassifyRequest request;
  request.set_image(std::string(bytes.begin(), bytes.end()));
  return request;
}

wanwu::v1::ClassifyBatchRequest BatchRequestFor(const std::string& id,
                                                int picture) {
  wanwu::v1::ClassifyBatchRequest request;
  request.set_id(id);
  *request.mutable_request() = RequestFor(picture);
  return request;
}

}  // namespace wanwu::test_support
