#include "server/pipeline/backlog.h"

#include "gtest/gtest.h"
#include "tests/support/served_models.h"

namespace wanwu::pipeline {
namespace {

using batching::Priority;

class BacklogTest : public ::testing::Test {
 protected:
  Share Of(uint64_t client, const ServedModel* model = nullptr,
           Priority priority = Priority::kInteractive) const {
    return {priority, model == nullptr ? first_.get() : model, client};
  }

  const std::shared_ptr<ServedModel> first_ =
      test_support::MakeFakeModel().served;
  const std::shared_ptr<ServedModel> second_ =
      test_support::MakeFakeModel().served;
  Backlog backlog_;
};

TEST_F(BacklogTest, NothingIsAheadOfTheFirst) {
  EXPECT_EQ(backlog_.WorkAhead(Of(1), 100), 0);
}

TEST_F(BacklogTest, SumsUpByClientModelAndPriority) {
  backlog_.Add(Of(1), {1, 10, 100});
  backlog_.Add(Of(1, second_.get()), {1, 20, 200});
  backlog_.Add(Of(2, second_.get(), Priority::kBulk), {1, 40, 400});

  EXPECT_EQ(backlog_.total().work_ns, 700);
  EXPECT_EQ(backlog_.client(1).bytes, 30);
  EXPECT_EQ(backlog_.model(second_.get()).jobs, 2);
  EXPECT_EQ(backlog_.bulk().bytes, 40);
}

TEST_F(BacklogTest, WhatIsTakenAwayLeavesNothing) {
  backlog_.Add(Of(1), {1, 10, 100});

  backlog_.Add(Of(1), {-1, -10, -100});

  EXPECT_EQ(backlog_.total().jobs, 0);
  EXPECT_EQ(backlog_.client(1).work_ns, 0);
  EXPECT_EQ(backlog_.WorkAhead(Of(1), 100), 0);
}

TEST_F(BacklogTest, ACallersOwnJobsGoOneAfterAnother) {
  for (int i = 0; i < 3; ++i) backlog_.Add(Of(1), {1, 0, 100});

  EXPECT_EQ(backlog_.WorkAhead(Of(1), 100), 300);
}

TEST_F(BacklogTest, OfAnotherCallerOnlyAsMuchAsOwnGoesBefore) {
  for (int i = 0; i < 256; ++i) backlog_.Add(Of(1), {1, 0, 100});
  backlog_.Add(Of(2), {1, 0, 100});

  EXPECT_EQ(backlog_.WorkAhead(Of(2), 100), 100 + 200);
  EXPECT_EQ(backlog_.WorkAhead(Of(3), 50), 50 + 50);
}

TEST_F(BacklogTest, OfAnotherModelOnlyAsMuchAsOfTheOwnGoesBefore) {
  for (uint64_t client = 0; client < 128; ++client) {
    backlog_.Add(Of(client, second_.get()), {1, 0, 1000});
  }
  backlog_.Add(Of(500), {1, 0, 10});

  EXPECT_EQ(backlog_.WorkAhead(Of(501), 10), 10 + 20);
}

TEST_F(BacklogTest, InteractiveWorkLeavesBulkItsPart) {
  backlog_.Add(Of(1, nullptr, Priority::kBulk), {1, 0, 1'000'000});
  backlog_.Add(Of(2), {1, 0, 700});

  EXPECT_EQ(backlog_.WorkAhead(Of(2), 100), 700 + 100);
}

TEST_F(BacklogTest, BulkWorkWaitsForTheInteractive) {
  backlog_.Add(Of(1, nullptr, Priority::kBulk), {1, 0, 50});
  backlog_.Add(Of(2), {1, 0, 700});

  EXPECT_EQ(backlog_.WorkAhead(Of(1, nullptr, Priority::kBulk), 100), 750);
}

}  // namespace
}  // namespace wanwu::pipeline
