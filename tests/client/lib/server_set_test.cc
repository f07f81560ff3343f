#include "client/lib/server_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/lib/async_client.h"
#include "tests/client/support/fake_server.h"
#include "tests/support/gate.h"

namespace wanwu::client {
namespace {

using test::BatchStream;
using test::FakeServer;
using test::LabelAnswer;
using test::LabelResponse;

using ClassifyResult = absl::StatusOr<v1::ClassifyResponse>;

std::map<size_t, int> ChosenInTurns(const std::vector<int>& in_flight,
                                    int turns) {
  std::map<size_t, int> chosen;
  for (int turn = 0; turn < turns; ++turn) {
    ++chosen[LessLoadedOfTwo(in_flight, static_cast<uint64_t>(turn))];
  }
  return chosen;
}

TEST(LessLoadedOfTwoTest, ServesEqualsInTurn) {
  EXPECT_EQ(ChosenInTurns({2, 2, 2}, 6),
            (std::map<size_t, int>{{0, 2}, {1, 2}, {2, 2}}));
  EXPECT_EQ(ChosenInTurns({0, 0}, 4), (std::map<size_t, int>{{0, 2}, {1, 2}}));
  EXPECT_EQ(ChosenInTurns({7}, 3), (std::map<size_t, int>{{0, 3}}));
}

TEST(LessLoadedOfTwoTest, NeverTakesTheOneThatHasMost) {
  EXPECT_EQ(ChosenInTurns({5, 1, 1}, 6),
            (std::map<size_t, int>{{1, 3}, {2, 3}}));
  EXPECT_EQ(ChosenInTurns({1, 0}, 4), (std::map<size_t, int>{{1, 4}}));
}

TEST(LessLoadedOfTwoTest, TakesTheOneThatHasLeastFromEveryPair) {
  // With four servers, each is in half of the pairs.
  EXPECT_EQ(ChosenInTurns({1, 0, 1, 1}, 12)[1], 6);
}

// Names, in the order in which they came.
class Arrivals {
 public:
  void Add(const std::string& name) {
    const std::lock_guard lock(mutex_);
    names_.push_back(name);
    changed_.notify_all();
  }

  // Blocks for the next.
  std::string Next() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !names_.empty(); });
    std::string name = std::move(names_.front());
    names_.pop_front();
    return name;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> names_;
};

// Two servers that can be reached, one of which answers nothing before it is
// told to.
class SlowAndQuickTest : public ::testing::Test {
 protected:
  // One that has answered is known to be there.
  void SetUp() override {
    std::set<std::string> answered;
    while (answered.size() < 2) answered.merge(ArrivalsOf(1));
    slow_gate_.Close();
  }

  ~SlowAndQuickTest() override { Release(); }

  void Release() { slow_gate_.Open(); }

  void Serve(const std::string& name) {
    arrivals_.Add(name);
    if (name == "slow") slow_gate_.Pass();
  }

  test::Script ScriptOf(const std::string& name) {
    return {.classify =
                [this, name](auto&, const auto&, auto& reply) {
                  Serve(name);
                  reply = LabelResponse(name);
                  return grpc::Status::OK;
                },
            .batch =
                [this, name](auto&, BatchStream& stream) {
                  v1::ClassifyBatchRequest request;
                  Serve(name);
                  while (stream.Read(&request)) {
                    stream.Write(LabelAnswer(request.id(), name));
                  }
                  return grpc::Status::OK;
                }};
  }

  std::future<ClassifyResult> Call() {
    auto result = std::make_shared<std::promise<ClassifyResult>>();
    std::future<ClassifyResult> future = result->get_future();
    client_.Classify({}, {}, [result](ClassifyResult response) {
      result->set_value(std::move(response));
    });
    return future;
  }

  // Where calls arrive that are made one after the other, but for such as are
  // not answered.
  std::set<std::string> ArrivalsOf(int calls) {
    std::set<std::string> names;
    for (int call = 0; call < calls; ++call) {
      const ClassifyResult result = Call().get();
      EXPECT_TRUE(result.ok()) << result.status();
      names.insert(arrivals_.Next());
    }
    return names;
  }

  // The first call that the slow one has.
  std::future<ClassifyResult> CallToSlow() {
    while (true) {
      std::future<ClassifyResult> call = Call();
      if (arrivals_.Next() == "slow") return call;
      call.wait();
    }
  }

  Arrivals arrivals_;
  test_support::Gate slow_gate_;
  FakeServer slow_{ScriptOf("slow")};
  FakeServer quick_{ScriptOf("quick")};
  AsyncClient client_{
      {.address = absl::StrCat(slow_.address(), ",", quick_.address()),
       .choice = ServerChoice::kLeastLoaded}};
};

TEST_F(SlowAndQuickTest, CallsGoWhereLessIsInFlight) {
  std::future<ClassifyResult> waiting = CallToSlow();

  EXPECT_EQ(ArrivalsOf(20), std::set<std::string>{"quick"});

  Release();
  EXPECT_TRUE(waiting.get().ok());
  EXPECT_EQ(ArrivalsOf(2), (std::set<std::string>{"quick", "slow"}));
}

TEST_F(SlowAndQuickTest, StreamsCountUntilTheyEnd) {
  std::future<ClassifyResult> waiting = CallToSlow();
  std::promise<void> ended;
  const auto batch = client_.OpenBatch({}, [&ended](const BatchEvent& event) {
    if (std::holds_alternative<StreamEnd>(event)) ended.set_value();
  });
  ASSERT_EQ(arrivals_.Next(), "quick");

  // As much as the slow one: in turn.
  std::future<ClassifyResult> another = CallToSlow();
  // Less.
  EXPECT_EQ(ArrivalsOf(10), std::set<std::string>{"quick"});

  batch->Cancel();
  ended.get_future().wait();
  Release();
  EXPECT_TRUE(waiting.get().ok());
  EXPECT_TRUE(another.get().ok());
  EXPECT_EQ(ArrivalsOf(2), (std::set<std::string>{"quick", "slow"}));
}

TEST(ServerSetTest, CallsGoToServersThatCanBeReached) {
  std::string nobody;
  {
    const FakeServer gone({});
    nobody = gone.address();
  }
  FakeServer server({.classify = [](auto&, const auto&, auto& reply) {
    reply = LabelResponse("here");
    return grpc::Status::OK;
  }});
  AsyncClient client({.address = absl::StrCat(nobody, ",", server.address()),
                      .choice = ServerChoice::kLeastLoaded});
  const auto answers = [&client] {
    std::promise<bool> ok;
    client.Classify({}, {}, [&ok](ClassifyResult response) {
      ok.set_value(response.ok());
    });
    return ok.get_future().get();
  };
  // What is called before that is known may fail.
  while (!answers()) {
  }
  for (int call = 0; call < 20; ++call) EXPECT_TRUE(answers());
}

}  // namespace
}  // namespace wanwu::client
