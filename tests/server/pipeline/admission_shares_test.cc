#include <vector>

#include "gtest/gtest.h"
#include "server/errors/service_error.h"
#include "server/pipeline/admission.h"
#include "tests/support/fake_clock.h"
#include "tests/support/served_models.h"

namespace wanwu::pipeline {
namespace {

using batching::Priority;
using std::chrono::milliseconds;
using std::chrono::seconds;

// Who can take how much of the queue, and what waits are estimated for whom.
class AdmissionSharesTest : public ::testing::Test {
 protected:
  static constexpr int64_t kPlaces = 1000;

  AdmissionRequest Request(uint64_t client, const ServedModel* model = nullptr,
                           Priority priority = Priority::kInteractive) {
    return {.share = {priority, model, client}, .work = milliseconds(10)};
  }

  bool Admit(const AdmissionRequest& request) {
    absl::StatusOr<AdmissionTicket> ticket = admission_.TryAdmit(request);
    if (ticket.ok()) tickets_.push_back(*std::move(ticket));
    last_ = ticket.status();
    return ticket.ok();
  }

  int64_t AdmitAll(const AdmissionRequest& request) {
    int64_t admitted = 0;
    while (Admit(request)) ++admitted;
    return admitted;
  }

  test_support::FakeClock clock_;
  const std::shared_ptr<ServedModel> slow_ =
      test_support::MakeFakeModel().served;
  const std::shared_ptr<ServedModel> fast_ =
      test_support::MakeFakeModel().served;
  Admission admission_{{.max_jobs = kPlaces, .max_bytes = 1000}, clock_};
  std::vector<AdmissionTicket> tickets_;
  absl::Status last_;
};

TEST_F(AdmissionSharesTest, OneClientLeavesAFifthOfThePlaces) {
  EXPECT_EQ(AdmitAll(Request(1)), kPlaces * 4 / 5);

  EXPECT_EQ(errors::Reason(last_), errors::kQueueFull);
  EXPECT_NE(last_.message().find("of this client"), std::string::npos);
  EXPECT_TRUE(Admit(Request(2)));
}

TEST_F(AdmissionSharesTest, ClientsOfASlowModelLeavePlacesForOthers) {
  int64_t admitted = 0;
  for (uint64_t client = 0; client < kPlaces; ++client) {
    if (Admit(Request(client, slow_.get()))) ++admitted;
  }

  EXPECT_EQ(admitted, kPlaces * 16 / 17 + 1);
  EXPECT_TRUE(Admit(Request(kPlaces, fast_.get())));
}

TEST_F(AdmissionSharesTest, BulkWorkLeavesHalfOfThePlaces) {
  EXPECT_EQ(AdmitAll(Request(1, nullptr, Priority::kBulk)), kPlaces / 2);

  EXPECT_TRUE(Admit(Request(2)));
}

TEST_F(AdmissionSharesTest, OneClientLeavesSomeOfTheBytes) {
  AdmissionRequest large = Request(1);
  large.bytes = 100;

  EXPECT_EQ(AdmitAll(large), 9);

  EXPECT_EQ(errors::Reason(last_), errors::kQueueBytesFull);
  large.share.client = 2;
  EXPECT_TRUE(Admit(large));
}

TEST_F(AdmissionSharesTest, ALoneRequestDoesNotWaitForAnothersBacklog) {
  for (int i = 0; i < 256; ++i) ASSERT_TRUE(Admit(Request(1)));
  AdmissionRequest lone = Request(2);
  // 10 ms of the other's, half as much again for safety.
  lone.deadline = clock_.Now() + milliseconds(15);
  AdmissionRequest another = Request(1);
  another.deadline = clock_.Now() + seconds(2);

  EXPECT_TRUE(Admit(lone)) << last_;
  EXPECT_FALSE(Admit(another));
}

TEST_F(AdmissionSharesTest, ABacklogOfBulkWorkHardlyDelaysInteractiveWork) {
  for (int i = 0; i < 256; ++i) {
    ASSERT_TRUE(Admit(Request(1, nullptr, Priority::kBulk)));
  }
  AdmissionRequest interactive = Request(2);
  interactive.deadline = clock_.Now() + milliseconds(1);

  EXPECT_TRUE(Admit(interactive)) << last_;
}

TEST_F(AdmissionSharesTest, ASlowModelsBacklogDoesNotSitOnAFastOne) {
  for (uint64_t client = 0; client < 128; ++client) {
    ASSERT_TRUE(Admit(Request(client, slow_.get())));
  }
  AdmissionRequest fast = Request(1000, fast_.get());
  fast.deadline = clock_.Now() + milliseconds(20);

  EXPECT_TRUE(Admit(fast)) << last_;
}

}  // namespace
}  // namespace wanwu::pipeline
