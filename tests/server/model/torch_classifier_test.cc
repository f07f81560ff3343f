#include "server/model/torchscript/torch_classifier.h"

#include <omp.h>
#include <unistd.h>

#include <cmath>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/model/grey_batch.h"
#include "server/model/input_table.h"
#include "server/model/package.h"
#include "tests/server/model/torch_fixture.h"

namespace wanwu::model {
namespace {

using Logits = std::vector<std::vector<float>>;
using ::testing::FloatNear;
using ::testing::Pointwise;

// oneDNN may take another kernel for another batch size.
constexpr float kFp32Tolerance = 1e-4F;
// One step of tiny's quantised output and a little.
constexpr float kInt8Tolerance = 0.024F;
// Our own layers add before they round to 8 bits, PyTorch after; tiny's
// classifier makes twenty of it.
constexpr float kOwnInt8Tolerance = 0.1F;
// Against fp32: bfloat16 keeps 8 bits of a value.
constexpr float kBf16Tolerance = 0.1F;

struct TinyCase {
  Precision precision;
  Operators operators = Operators::kOwn;
};

// Of this process. A thread that has been joined, or a worker of a team whose
// master has ended, may be listed for a while yet.
std::set<std::string> ThreadIds() {
  std::set<std::string> ids;
  for (const auto& task :
       std::filesystem::directory_iterator("/proc/self/task")) {
    ids.insert(task.path().filename());
  }
  return ids;
}

size_t ThreadsBeyond(const std::set<std::string>& known) {
  std::set<std::string> ids = ThreadIds();
  std::erase_if(ids, [&](const auto& id) { return known.contains(id); });
  return ids.size();
}

class TinyModelTest : public ::testing::TestWithParam<TinyCase> {
 protected:
  void SetUp() override {
    const auto [precision, operators] = GetParam();
    if (precision == Precision::kBf16 && !CpuRunsBf16()) {
      GTEST_SKIP() << "oneDNN has no bf16 for this CPU";
    }
    absl::StatusOr<std::unique_ptr<Classifier>> loaded =
        LoadTestModel("tiny", precision, operators);
    ASSERT_TRUE(loaded.ok()) << loaded.status();
    classifier_ = *std::move(loaded);
    replica_ = classifier_->NewReplica().value();
  }

  // Between batches of different sizes.
  float tolerance() const {
    switch (GetParam().precision) {
      case Precision::kFp32:
        return kFp32Tolerance;
      case Precision::kBf16:
        return kBf16Tolerance;
      case Precision::kInt8:
        return kInt8Tolerance;
    }
    return 0;
  }

  float torch_tolerance() const {
    const bool own_int8 = GetParam().precision == Precision::kInt8 &&
                          GetParam().operators == Operators::kOwn;
    return own_int8 ? kOwnInt8Tolerance : tolerance();
  }

  // Of the precision whose file this one is made of.
  std::string reference() const {
    return GetParam().precision == Precision::kInt8 ? "int8" : "fp32";
  }

  Logits Classify(const std::vector<int>& seeds) {
    return ClassifyPatterns(*classifier_, *replica_, seeds).value();
  }

  std::unique_ptr<Classifier> classifier_;
  std::unique_ptr<Replica> replica_;
};

TEST_P(TinyModelTest, ReportsItsClassesAndInput) {
  EXPECT_EQ(classifier_->class_count(), 10);
  EXPECT_EQ(classifier_->tensor_spec(), (image::TensorSpec{256, 224, 224}));
}

TEST_P(TinyModelTest, SaysWhatRunsItsConvolutions) {
  EXPECT_EQ(classifier_->engine(),
            GetParam().operators == Operators::kOwn ? "onednn" : "torchscript");
}

TEST_P(TinyModelTest, AnswersAsPyTorchDoes) {
  auto expected = ExpectedLogits();

  for (int seed = 0; seed < 8; ++seed) {
    EXPECT_THAT(Classify({seed})[0],
                Pointwise(FloatNear(torch_tolerance()),
                          expected.at({reference(), seed})))
        << seed;
  }
}

TEST_P(TinyModelTest, AnswersDoNotDependOnBatchMates) {
  const std::vector<int> seeds = {5, 0, 3, 3, 7, 1, 6, 2};

  for (size_t size = 1; size <= seeds.size(); ++size) {
    const std::vector<int> batch(seeds.begin(),
                                 seeds.begin() + static_cast<int>(size));
    const Logits together = Classify(batch);
    for (size_t i = 0; i < size; ++i) {
      EXPECT_THAT(together[i],
                  Pointwise(FloatNear(tolerance()), Classify({batch[i]})[0]))
          << "picture " << i << " of " << size;
    }
  }
}

TEST_P(TinyModelTest, WhatACallerNormalisedIsAnsweredAsItsPixelsAre) {
  const InputSpec input =
      LoadPackage(TestPackages() / "models/tiny/1")->manifest.input;
  const InputTable<float> table = MakeFloatTable(input);
  const image::PixelTensor pixels = PatternPicture(3);
  image::PixelTensor picture{.width = pixels.width, .height = pixels.height};
  for (size_t c = 0; c < 3; ++c) {
    for (size_t i = c; i < pixels.values.size(); i += 3) {
      picture.normalised.push_back(table[c][pixels.values[i]]);
    }
  }

  classifier_->Prepare(picture);

  EXPECT_TRUE(picture.normalised.empty());
  std::vector<float> logits(10);
  const image::PixelTensor* batch[] = {&picture};
  ASSERT_TRUE(replica_->Classify(batch, logits).ok());
  EXPECT_EQ(logits, Classify({3})[0]);
  picture.prepared.pop_back();
  EXPECT_FALSE(replica_->Classify(batch, logits).ok());
}

TEST_P(TinyModelTest, BatchSizesMayChangeFromRunToRun) {
  const Logits alone = Classify({4});

  Classify({1, 2, 3, 4, 5, 6, 7, 0});

  EXPECT_EQ(Classify({4}), alone);
}

TEST_P(TinyModelTest, ConcurrentLanesGetTheSameAnswersAsOne) {
  std::vector<std::vector<int>> batches;
  for (int size = 1; size <= 4; ++size) {
    for (int first = 0; first < 8; ++first) {
      batches.emplace_back();
      for (int i = 0; i < size; ++i) batches.back().push_back((first + i) % 8);
    }
  }
  std::vector<Logits> expected;
  for (const auto& batch : batches) expected.push_back(Classify(batch));

  std::vector<std::thread> lanes;
  for (size_t lane = 0; lane < 3; ++lane) {
    lanes.emplace_back([&, lane] {
      PrepareLaneThread(1);
      const auto replica = classifier_->NewReplica().value();
      for (size_t i = 0; i < 3 * batches.size(); ++i) {
        const size_t at = (i + lane * 11) % batches.size();
        EXPECT_EQ(ClassifyPatterns(*classifier_, *replica, batches[at]).value(),
                  expected[at]);
      }
    });
  }
  for (std::thread& lane : lanes) lane.join();
}

TEST_P(TinyModelTest, PreparedLaneStartsNoThreads) {
  std::thread lane([&] {
    const std::set<std::string> before = ThreadIds();
    PrepareLaneThread(1);
    const auto replica = classifier_->NewReplica().value();
    for (int size = 8; size >= 1; --size) {
      EXPECT_TRUE(RunGreyBatch(*classifier_, *replica, size).ok());
    }
    EXPECT_EQ(ThreadsBeyond(before), 0);
  });
  lane.join();
}

TEST_P(TinyModelTest, PreparedLaneKeepsItsThreadsWhateverOthersSet) {
  std::thread lane([&] {
    std::set<std::string> before = ThreadIds();
    PrepareLaneThread(3);
    std::thread([&] {
      before.insert(std::to_string(gettid()));
      PrepareLaneThread(1);
    }).join();
    const auto replica = classifier_->NewReplica().value();
    for (int size = 8; size >= 1; --size) {
      EXPECT_TRUE(RunGreyBatch(*classifier_, *replica, size).ok());
    }
    EXPECT_EQ(ThreadsBeyond(before), 2);
    EXPECT_EQ(omp_get_max_threads(), 3);
  });
  lane.join();
}

TEST_P(TinyModelTest, BatchThatDoesNotFitIsRefusedBeforeInference) {
  image::PixelTensor picture = PatternPicture(0);
  std::vector<float> logits(10);

  EXPECT_FALSE(replica_->Classify({}, {}).ok());
  std::vector<const image::PixelTensor*> batch = {&picture};
  EXPECT_FALSE(replica_->Classify(batch, std::span(logits).first(9)).ok());
  picture.values.pop_back();
  EXPECT_FALSE(replica_->Classify(batch, logits).ok());
  picture.values.push_back(0);
  EXPECT_TRUE(replica_->Classify(batch, logits).ok());
}

INSTANTIATE_TEST_SUITE_P(
    Precisions, TinyModelTest,
    ::testing::Values(TinyCase{Precision::kFp32}, TinyCase{Precision::kBf16},
                      TinyCase{Precision::kInt8},
                      TinyCase{Precision::kFp32, Operators::kLibtorch},
                      TinyCase{Precision::kInt8, Operators::kLibtorch}),
    [](const auto& the_case) {
      const bool own = the_case.param.operators == Operators::kOwn;
      return std::string(PrecisionName(the_case.param.precision)) +
             (own ? "_own" : "_libtorch");
    });

TEST(TorchClassifierTest, ScriptedModelThatIsNotFrozenAnswersAlike) {
  const auto classifier = LoadTestModel("unfrozen").value();
  const auto replica = classifier->NewReplica().value();

  EXPECT_THAT(
      ClassifyPatterns(*classifier, *replica, {3}).value()[0],
      Pointwise(FloatNear(kFp32Tolerance), ExpectedLogits().at({"fp32", 3})));
}

TEST(TorchClassifierTest, NetworkThatNoTrunkHoldsRunsOnLibtorch) {
  EXPECT_EQ(LoadTestModel("raising").value()->engine(), "torchscript");
}

TEST(TorchClassifierTest, NetworkThatNoTrunkHoldsHasNoBf16) {
  const absl::Status status =
      LoadTestModel("raising", Precision::kBf16).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_THAT(std::string(status.message()),
              ::testing::HasSubstr("cannot run in bf16"));
}

// How our own layers answer for `name`, against libtorch alone.
void ExpectAnswersAsLibtorch(const std::string& name, Classifier& own) {
  const auto reference =
      LoadTestModel(name, Precision::kFp32, Operators::kLibtorch).value();
  EXPECT_EQ(reference->operators().own, 0);
  EXPECT_EQ(reference->operators().all, own.operators().all);
  const auto replica = own.NewReplica().value();
  const auto reference_replica = reference->NewReplica().value();
  const Logits got = ClassifyPatterns(own, *replica, {0, 5, 3}).value();
  const Logits expected =
      ClassifyPatterns(*reference, *reference_replica, {0, 5, 3}).value();
  for (size_t i = 0; i < got.size(); ++i) {
    EXPECT_THAT(got[i], Pointwise(FloatNear(kFp32Tolerance), expected[i]));
  }
}

class WholeNetworkTest : public ::testing::TestWithParam<const char*> {};

TEST_P(WholeNetworkTest, RunsOnOurOwnLayers) {
  const auto own = LoadTestModel(GetParam()).value();

  EXPECT_EQ(own->engine(), "onednn");
  EXPECT_GT(own->operators().own, 5);
  EXPECT_EQ(own->operators().own, own->operators().all);
  ExpectAnswersAsLibtorch(GetParam(), *own);
}

// As tracing writes them, and as scripting does, with checks of ranks.
INSTANTIATE_TEST_SUITE_P(Networks, WholeNetworkTest,
                         ::testing::Values("gated", "gated_scripted", "dense",
                                           "dense_scripted"),
                         [](const auto& name) {
                           return std::string(name.param);
                         });

TEST(TorchClassifierTest, RestOfANetworkRunsOnLibtorch) {
  for (const char* name : {"bent", "bent_scripted"}) {
    const auto own = LoadTestModel(name).value();

    EXPECT_EQ(own->engine(), "onednn");
    EXPECT_GT(own->operators().own, 0);
    EXPECT_LT(own->operators().own, own->operators().all);
    ExpectAnswersAsLibtorch(name, *own);
  }
}

TEST(InputTableAgainstTorchTest, QuantisesEveryByteAsTorchDoes) {
  std::ifstream file(TestPackages() / "quantised.tsv");
  int lines = 0;
  for (std::string line; std::getline(file, line); ++lines) {
    std::istringstream cells(line);
    float divisor = 0;
    float mean = 0;
    float std = 0;
    InputQuantisation quantisation;
    cells >> divisor >> mean >> std >> quantisation.scale >>
        quantisation.zero_point;
    const InputSpec input{{}, divisor, {mean, mean, mean}, {std, std, std}};
    const InputTable<uint8_t> table = MakeQuantisedTable(input, quantisation);
    for (size_t byte = 0; byte < 256; ++byte) {
      int expected = -1;
      cells >> expected;
      EXPECT_EQ(table[0][byte], expected) << line.substr(0, 40) << ", " << byte;
    }
  }
  EXPECT_EQ(lines, 12);
}

}  // namespace
}  // namespace wanwu::model
