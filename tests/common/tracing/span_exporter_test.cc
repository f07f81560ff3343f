#include "common/tracing/span_exporter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <sstream>
#include <string>

namespace wanwu::tracing {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using ::testing::HasSubstr;
using ::testing::Not;
using Outcome = SendResult::Outcome;

// A receiver that does with each request what it was told beforehand, then
// takes all.
class FakeReceiver {
 public:
  void Plan(SendResult result) { plan_.push_back(std::move(result)); }

  // Holds whoever sends.
  void Hold() {
    const std::lock_guard lock(mutex_);
    held_ = true;
  }
  void Release() {
    const std::lock_guard lock(mutex_);
    held_ = false;
    changed_.notify_all();
  }

  SendResult Take(const ExportRequest& request, milliseconds timeout) {
    std::unique_lock lock(mutex_);
    ++tries_;
    changed_.notify_all();
    const bool free =
        changed_.wait_for(lock, timeout, [this] { return !held_; });
    if (!free) return {.outcome = Outcome::kRetry, .reason = "too slow"};
    if (!plan_.empty()) {
      const SendResult result = plan_.front();
      plan_.pop_front();
      return result;
    }
    spans_ += request.resource_spans(0).scope_spans(0).spans_size();
    return {};
  }

  void AwaitTries(int tries) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return tries_ >= tries; });
  }

  int tries() const {
    const std::lock_guard lock(mutex_);
    return tries_;
  }
  int spans() const {
    const std::lock_guard lock(mutex_);
    return spans_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<SendResult> plan_;
  bool held_ = false;
  int tries_ = 0;
  int spans_ = 0;
};

class FakeSender final : public SpanSender {
 public:
  explicit FakeSender(FakeReceiver& receiver) : receiver_(receiver) {}
  SendResult Send(const ExportRequest& request, milliseconds timeout) override {
    return receiver_.Take(request, timeout);
  }

 private:
  FakeReceiver& receiver_;
};

class SpanExporterTest : public ::testing::Test {
 protected:
  SpanExporter& Start(SpanExporter::Options options = {}) {
    options.backoff = milliseconds(1);
    // Unless that is what is tested: a busy machine may take longer.
    if (options.stop_timeout == SpanExporter::Options().stop_timeout) {
      options.stop_timeout = hours(1);
    }
    exporter_ = std::make_unique<SpanExporter>(
        options, Resource{}, std::make_unique<FakeSender>(receiver_), log_);
    return *exporter_;
  }

  static std::vector<Span> Spans(size_t count) {
    return std::vector<Span>(count);
  }

  // Once the exporter has stopped.
  int LinesWith(const std::string& event) const {
    std::istringstream text(text_.str());
    int lines = 0;
    for (std::string line; std::getline(text, line);) {
      lines += line.find(event) != std::string::npos ? 1 : 0;
    }
    return lines;
  }

  FakeReceiver receiver_;
  std::ostringstream text_;
  logging::Logger log_{{}, text_};
  std::unique_ptr<SpanExporter> exporter_;
};

TEST_F(SpanExporterTest, SendsWhatIsLeftWhenItStops) {
  SpanExporter& exporter = Start({.interval = hours(1)});
  exporter.Add(Spans(3));
  exporter.Stop();
  EXPECT_EQ(receiver_.spans(), 3);
  EXPECT_EQ(exporter.counts().exported, 3);
  EXPECT_EQ(exporter.counts().dropped, 0);
  EXPECT_EQ(text_.str(), "");
}

TEST_F(SpanExporterTest, SendsSoonAlsoIfTheBatchIsNotFull) {
  SpanExporter& exporter = Start({.interval = milliseconds(1)});
  exporter.Add(Spans(1));
  receiver_.AwaitTries(1);
}

TEST_F(SpanExporterTest, TriesAgainWhenTheReceiverIsDown) {
  receiver_.Plan({.outcome = Outcome::kRetry, .reason = "down"});
  receiver_.Plan({.outcome = Outcome::kRetry, .reason = "down"});
  SpanExporter& exporter = Start({.interval = milliseconds(1)});
  exporter.Add(Spans(2));
  receiver_.AwaitTries(3);
  exporter.Stop();
  EXPECT_EQ(exporter.counts().exported, 2);
  EXPECT_EQ(exporter.counts().dropped, 0);
  EXPECT_THAT(text_.str(), HasSubstr("spans_not_exported reason=down"));
  EXPECT_THAT(text_.str(), HasSubstr("spans_exported_again dropped=0"));
}

TEST_F(SpanExporterTest, GivesUpAfterSomeTriesAndSaysSoOnce) {
  for (int i = 0; i < 4; ++i) {
    receiver_.Plan({.outcome = Outcome::kRetry, .reason = "down"});
  }
  SpanExporter& exporter =
      Start({.queue = {.batch = 2}, .interval = hours(1), .tries = 2});
  exporter.Add(Spans(4));
  receiver_.AwaitTries(4);
  exporter.Stop();
  EXPECT_EQ(receiver_.tries(), 4);
  EXPECT_EQ(exporter.counts().dropped, 4);
  EXPECT_EQ(LinesWith("spans_not_exported"), 1);
}

TEST_F(SpanExporterTest, SaysSoOnceOfAReceiverThatTakesEverySecondRequest) {
  constexpr int kRounds = 20;
  for (int i = 0; i < kRounds; ++i) {
    receiver_.Plan({.outcome = Outcome::kRefused, .reason = "no"});
    receiver_.Plan({});
  }
  SpanExporter& exporter = Start({.queue = {.batch = 1}, .interval = hours(1)});
  exporter.Add(Spans(2 * kRounds));
  exporter.Stop();
  EXPECT_EQ(exporter.counts().dropped, kRounds);
  EXPECT_EQ(LinesWith("spans_not_exported"), 1);
  EXPECT_EQ(LinesWith("spans_exported_again"), 1);
}

TEST_F(SpanExporterTest, SaysSoEachTimeThatIsNotSoonAfterTheLast) {
  for (int i = 0; i < 2; ++i) {
    receiver_.Plan({.outcome = Outcome::kRefused, .reason = "no"});
    receiver_.Plan({});
  }
  SpanExporter& exporter = Start({.queue = {.batch = 1},
                                  .interval = hours(1),
                                  .log_interval = milliseconds(0)});
  exporter.Add(Spans(4));
  exporter.Stop();
  EXPECT_EQ(LinesWith("spans_not_exported"), 2);
  EXPECT_EQ(LinesWith("spans_exported_again"), 2);
}

TEST_F(SpanExporterTest, WaitsAsLongAsTheReceiverAsksFor) {
  constexpr milliseconds kAsked{200};
  receiver_.Plan(
      {.outcome = Outcome::kRetry, .wait = kAsked, .reason = "busy"});
  SpanExporter& exporter = Start({.interval = milliseconds(1)});
  const auto start = steady_clock::now();
  exporter.Add(Spans(2));
  receiver_.AwaitTries(2);
  EXPECT_GE(steady_clock::now() - start, kAsked);
  exporter.Stop();
  EXPECT_EQ(exporter.counts().exported, 2);
}

TEST_F(SpanExporterTest, WaitsNoLongerThanItsOwnLimitWhateverIsAskedFor) {
  receiver_.Plan(
      {.outcome = Outcome::kRetry, .wait = hours(1), .reason = "busy"});
  SpanExporter& exporter =
      Start({.interval = milliseconds(1), .longest_wait = milliseconds(1)});
  exporter.Add(Spans(2));
  receiver_.AwaitTries(2);
  exporter.Stop();
  EXPECT_EQ(exporter.counts().exported, 2);
}

TEST_F(SpanExporterTest, DoesNotTryAgainWhatIsRefused) {
  receiver_.Plan({.outcome = Outcome::kRefused, .reason = "malformed"});
  SpanExporter& exporter = Start({.interval = milliseconds(1)});
  exporter.Add(Spans(2));
  receiver_.AwaitTries(1);
  exporter.Stop();
  EXPECT_EQ(receiver_.tries(), 1);
  EXPECT_EQ(exporter.counts().dropped, 2);
}

TEST_F(SpanExporterTest, CountsWhatWasTakenInPart) {
  receiver_.Plan({.rejected = 2, .reason = "too old"});
  SpanExporter& exporter = Start({.interval = milliseconds(1)});
  exporter.Add(Spans(5));
  exporter.Stop();
  EXPECT_EQ(exporter.counts().exported, 3);
  EXPECT_EQ(exporter.counts().dropped, 2);
  EXPECT_THAT(text_.str(), HasSubstr("too old"));
}

TEST_F(SpanExporterTest, NobodyWaitsForASlowReceiver) {
  receiver_.Hold();
  SpanExporter& exporter = Start({.queue = {.capacity = 4, .batch = 2},
                                  .interval = milliseconds(1),
                                  .send_timeout = hours(1)});
  exporter.Add(Spans(2));
  receiver_.AwaitTries(1);
  for (int i = 0; i < 100; ++i) exporter.Add(Spans(1));
  EXPECT_EQ(exporter.counts().dropped, 96);
  receiver_.Release();
  exporter.Stop();
  EXPECT_EQ(exporter.counts().exported, 6);
}

TEST_F(SpanExporterTest, StopsInBoundedTimeWhateverTheReceiverDoes) {
  receiver_.Hold();
  SpanExporter& exporter = Start({.queue = {.batch = 2},
                                  .interval = milliseconds(1),
                                  .send_timeout = milliseconds(50),
                                  .stop_timeout = milliseconds(50)});
  exporter.Add(Spans(1000));
  receiver_.AwaitTries(1);
  const auto start = steady_clock::now();
  exporter.Stop();
  // Not 500 batches with a timeout each; much more than it takes, for others
  // may have the machine.
  EXPECT_LT(steady_clock::now() - start, std::chrono::seconds(10));
  EXPECT_EQ(exporter.counts().exported, 0);
  EXPECT_EQ(exporter.counts().dropped, 1000);
}

TEST_F(SpanExporterTest, TakesNothingOnceStopped) {
  SpanExporter& exporter = Start();
  exporter.Stop();
  exporter.Add(Spans(2));
  EXPECT_EQ(exporter.counts().dropped, 2);
}

}  // namespace
}  // namespace wanwu::tracing
