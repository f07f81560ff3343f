#include "client/lib/batch_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <latch>
#include <vector>

#include "client/lib/classifier_client.h"
#include "client/lib/rpc_error.h"
#include "tests/client/support/fake_server.h"

namespace wanwu::client {
namespace {

using SendResult = BatchSession::SendResult;
using test::BatchStream;
using test::EchoBatch;
using test::ErrorWithReason;
using test::FakeServer;
using test::LabelAnswer;
using testing::ElementsAre;

// Longer than any answer here takes.
constexpr std::chrono::seconds kPatient{60};

v1::ClassifyRequest Picture(const std::string& bytes) {
  v1::ClassifyRequest request;
  request.set_image(bytes);
  return request;
}

std::string ReadId(BatchStream& stream) {
  v1::ClassifyBatchRequest picture;
  return stream.Read(&picture) ? picture.id() : "none";
}

// Reads until the caller goes away.
grpc::Status ReadToTheEnd(BatchStream& stream) {
  v1::ClassifyBatchRequest picture;
  while (stream.Read(&picture)) {
  }
  return grpc::Status::OK;
}

TEST(BatchSessionTest, GivesAnswersWithTheirIdsInOrderOfArrival) {
  FakeServer server({.batch = [](auto&, BatchStream& stream) {
    const std::string first = ReadId(stream);
    const std::string second = ReadId(stream);
    stream.Write(LabelAnswer(second, "of " + second));
    stream.Write(LabelAnswer(first, "of " + first));
    return ReadToTheEnd(stream);
  }});
  ClassifierClient client(server.address());
  const auto session = client.OpenBatch({.answer_timeout = kPatient});

  ASSERT_EQ(session->Send("a", Picture("x")), SendResult::kSent);
  ASSERT_EQ(session->Send("b", Picture("x")), SendResult::kSent);
  session->FinishSending();
  const auto one = session->Read();
  const auto two = session->Read();

  ASSERT_TRUE(one && two);
  EXPECT_EQ(one->id, "b");
  EXPECT_EQ(one->result->classifications(0).label(), "of b");
  EXPECT_EQ(two->id, "a");
  EXPECT_EQ(two->result->classifications(0).label(), "of a");
  EXPECT_FALSE(session->Read());
  EXPECT_TRUE(session->Finish().ok());
}

TEST(BatchSessionTest, EndsAtItsDeadline) {
  FakeServer server({.batch = [](auto&, BatchStream& stream) {
    return ReadToTheEnd(stream);
  }});
  ClassifierClient client(server.address());
  const auto session =
      client.OpenBatch({.answer_timeout = kPatient,
                        .deadline = std::chrono::system_clock::now() +
                                    std::chrono::milliseconds(50)});

  EXPECT_FALSE(session->Read());
  EXPECT_TRUE(absl::IsDeadlineExceeded(session->Finish()));
}

TEST(BatchSessionTest, GivesAnErrorOfOnePictureAndGoesOn) {
  FakeServer server({.batch = EchoBatch});
  ClassifierClient client(server.address());
  const auto session = client.OpenBatch({.answer_timeout = kPatient});

  ASSERT_EQ(session->Send("1", Picture("bad")), SendResult::kSent);
  ASSERT_EQ(session->Send("2", Picture("cat")), SendResult::kSent);
  const auto refused = session->Read();
  const auto answered = session->Read();

  ASSERT_TRUE(refused && answered);
  EXPECT_EQ(DescribeError(refused->result.status()).reason,
            "IMAGE_DECODE_FAILED");
  EXPECT_TRUE(answered->result.ok());
}

TEST(BatchSessionTest, CountsAnEmptyAnswerAsAnError) {
  FakeServer server({.batch = [](auto&, BatchStream& stream) {
    v1::ClassifyBatchResponse empty;
    empty.set_id(ReadId(stream));
    stream.Write(empty);
    return ReadToTheEnd(stream);
  }});
  ClassifierClient client(server.address());
  const auto session = client.OpenBatch({.answer_timeout = kPatient});

  ASSERT_EQ(session->Send("1", Picture("x")), SendResult::kSent);
  const auto answer = session->Read();

  ASSERT_TRUE(answer);
  EXPECT_TRUE(absl::IsInternal(answer->result.status()));
}

TEST(BatchSessionTest, HoldsBackPicturesBeyondTheBoundUntilAnAnswerIsRead) {
  std::latch full(1);
  FakeServer server({.batch = [&full](auto& context, BatchStream& stream) {
    const std::string first = ReadId(stream);
    ReadId(stream);
    full.wait();
    stream.Write(LabelAnswer(first, "x"));
    return EchoBatch(context, stream);
  }});
  ClassifierClient client(server.address());
  const auto session =
      client.OpenBatch({.answer_timeout = kPatient, .max_in_flight = 2});

  ASSERT_EQ(session->Send("1", Picture("x")), SendResult::kSent);
  ASSERT_EQ(session->Send("2", Picture("x")), SendResult::kSent);
  EXPECT_FALSE(session->HasRoom());
  std::atomic<bool> sent = false;
  auto third = std::async(std::launch::async, [&] {
    const SendResult result = session->Send("3", Picture("x"));
    sent = true;
    return result;
  });
  EXPECT_FALSE(sent);
  full.count_down();

  ASSERT_TRUE(session->Read());
  EXPECT_EQ(third.get(), SendResult::kSent);
}

TEST(BatchSessionTest, AnswersAllOfManyPicturesSentAndReadByTwoThreads) {
  constexpr int kPictures = 500;
  FakeServer server({.batch = EchoBatch});
  ClassifierClient client(server.address());
  const auto session =
      client.OpenBatch({.answer_timeout = kPatient, .max_in_flight = 8});

  auto sender = std::async(std::launch::async, [&] {
    for (int i = 0; i < kPictures; ++i) {
      const std::string id = std::to_string(i);
      if (session->Send(id, Picture("label " + id)) != SendResult::kSent) break;
    }
    session->FinishSending();
  });
  int matched = 0;
  while (const auto answer = session->Read()) {
    const auto& label = answer->result->classifications(0).label();
    if (label == "label " + answer->id) ++matched;
  }
  sender.get();

  EXPECT_EQ(matched, kPictures);
  EXPECT_TRUE(session->Finish().ok());
}

TEST(BatchSessionTest, ReportsABrokenStreamAfterTheAnswersThatCame) {
  FakeServer server({.batch = [](auto&, BatchStream& stream) {
    const std::string first = ReadId(stream);
    ReadId(stream);
    stream.Write(LabelAnswer(first, "x"));
    return ErrorWithReason(grpc::StatusCode::UNAVAILABLE, "DRAINING",
                           "the server is going");
  }});
  ClassifierClient client(server.address());
  const auto session = client.OpenBatch({.answer_timeout = kPatient});

  ASSERT_EQ(session->Send("1", Picture("x")), SendResult::kSent);
  ASSERT_EQ(session->Send("2", Picture("x")), SendResult::kSent);

  EXPECT_TRUE(session->Read());
  EXPECT_FALSE(session->Read());
  EXPECT_EQ(DescribeError(session->Finish()).reason, "DRAINING");
  EXPECT_EQ(session->Send("3", Picture("x")), SendResult::kEnded);
}

TEST(BatchSessionTest, EndsWhenTheServerStopsReadingInTheMiddleOfAPicture) {
  std::latch sending(1);
  FakeServer server({.batch = [&sending](auto&, BatchStream&) {
    sending.wait();
    return grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, "enough");
  }});
  ClassifierClient client(server.address());
  const auto session =
      client.OpenBatch({.answer_timeout = kPatient, .max_in_flight = 8});

  // More than flow control lets through without a reader.
  ASSERT_EQ(session->Send("1", Picture(std::string(10 << 20, 'x'))),
            SendResult::kSent);
  sending.count_down();

  EXPECT_FALSE(session->Read());
  EXPECT_TRUE(absl::IsResourceExhausted(session->Finish()));
}

TEST(BatchSessionTest, FailsWhenAnswersStayAway) {
  FakeServer server({.batch = [](auto&, BatchStream& stream) {
    return ReadToTheEnd(stream);
  }});
  ClassifierClient client(server.address());
  const auto session =
      client.OpenBatch({.answer_timeout = std::chrono::milliseconds(50)});

  ASSERT_EQ(session->Send("1", Picture("x")), SendResult::kSent);

  EXPECT_FALSE(session->Read());
  const RpcError error = DescribeError(session->Finish());
  EXPECT_EQ(error.code, "DEADLINE_EXCEEDED");
  EXPECT_EQ(error.reason, "ANSWER_TIMEOUT");
}

TEST(BatchSessionTest, FailsWhenTheServerDoesNotEndTheStream) {
  FakeServer server({.batch = [](auto& context, BatchStream& stream) {
    ReadToTheEnd(stream);
    while (!context.IsCancelled()) std::this_thread::yield();
    return grpc::Status::OK;
  }});
  ClassifierClient client(server.address());
  const auto session =
      client.OpenBatch({.answer_timeout = std::chrono::milliseconds(50)});

  session->FinishSending();

  EXPECT_FALSE(session->Read());
  EXPECT_TRUE(absl::IsDeadlineExceeded(session->Finish()));
}

TEST(BatchSessionTest, CancelReleasesABlockedReader) {
  std::latch arrived(1);
  FakeServer server({.batch = [&arrived](auto&, BatchStream& stream) {
    ReadId(stream);
    arrived.count_down();
    return ReadToTheEnd(stream);
  }});
  ClassifierClient client(server.address());
  const auto session = client.OpenBatch({.answer_timeout = kPatient});
  ASSERT_EQ(session->Send("1", Picture("x")), SendResult::kSent);
  auto answer = std::async(std::launch::async,
                           [&] { return session->Read().has_value(); });
  arrived.wait();

  session->Cancel();

  EXPECT_FALSE(answer.get());
  EXPECT_TRUE(absl::IsCancelled(session->Finish()));
}

TEST(BatchSessionTest, RefusesWhatTheTransportDoesNotCarryAndGoesOn) {
  FakeServer server({.batch = EchoBatch});
  ClassifierClient client(server.address());
  const auto session = client.OpenBatch({.answer_timeout = kPatient});

  EXPECT_EQ(session->Send("1", Picture(std::string(21 << 20, 'x'))),
            SendResult::kTooLarge);
  ASSERT_EQ(session->Send("2", Picture("cat")), SendResult::kSent);

  EXPECT_EQ(session->Read()->id, "2");
}

TEST(BatchSessionTest, FailsOnAnswersThatNobodyAskedFor) {
  FakeServer server({.batch = [](auto&, BatchStream& stream) {
    for (int i = 0; i < 3; ++i) stream.Write(LabelAnswer("x", "x"));
    return ReadToTheEnd(stream);
  }});
  ClassifierClient client(server.address());
  const auto session = client.OpenBatch({.answer_timeout = kPatient});

  EXPECT_FALSE(session->Read());
  EXPECT_TRUE(absl::IsInternal(session->Finish()));
}

TEST(BatchSessionTest, CanBeDestroyedWithPicturesUnanswered) {
  FakeServer server({.batch = [](auto&, BatchStream& stream) {
    return ReadToTheEnd(stream);
  }});
  ClassifierClient client(server.address());
  auto session = client.OpenBatch({.answer_timeout = kPatient});
  ASSERT_EQ(session->Send("1", Picture(std::string(10 << 20, 'x'))),
            SendResult::kSent);

  session.reset();

  EXPECT_TRUE(client.Connect(std::chrono::system_clock::now() + kPatient).ok());
}

TEST(BatchSessionTest, EndsWithUnavailableWhenNoServerIsThere) {
  ClassifierClient client("unix:/nonexistent/socket");
  const auto session = client.OpenBatch({.answer_timeout = kPatient});

  EXPECT_FALSE(session->Read());
  EXPECT_TRUE(absl::IsUnavailable(session->Finish()));
}

}  // namespace
}  // namespace wanwu::client
