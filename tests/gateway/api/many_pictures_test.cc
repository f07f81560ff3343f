#include "gateway/api/many_pictures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>
#include <vector>

#include "gateway/api/form_pictures.h"
#include "gateway/http/media_type.h"
#include "tests/client/support/temporary_directory.h"
#include "tests/gateway/support/api_server.h"
#include "tests/gateway/support/raw_client.h"
#include "tests/support/gate.h"

namespace wanwu::gateway {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using test::ApiServer;
using test::BatchStream;
using test::Form;
using test::JsonPost;
using test::LabelAnswer;
using test::RawClient;
using test::RawResponse;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr char kNdjson[] = "Accept: application/x-ndjson\r\n";
constexpr char kEndOfHead[] = "\r\n\r\n";
constexpr char kEvents[] = "Accept: text/event-stream\r\n";

const test::Script kEcho = {.batch = test::EchoBatch};

std::vector<v1::ClassifyBatchRequest> ReadAll(BatchStream& stream) {
  std::vector<v1::ClassifyBatchRequest> all;
  v1::ClassifyBatchRequest picture;
  while (stream.Read(&picture)) all.push_back(picture);
  return all;
}

// Answers the last picture first.
grpc::Status EchoInReverse(grpc::ServerContext&, BatchStream& stream) {
  const auto all = ReadAll(stream);
  for (auto picture = all.rbegin(); picture != all.rend(); ++picture) {
    stream.Write(LabelAnswer(picture->id(), picture->request().image()));
  }
  return grpc::Status::OK;
}

Form ThreePictures() {
  Form form;
  form.File("a.jpg", "A").File("b.jpg", "B").File("c.jpg", "C");
  return form;
}

std::string JsonList(int pictures) {
  std::string list = R"({"requests": [)";
  for (int i = 0; i < pictures; ++i) {
    list += R"({"request": {"image": "YQ=="}},)";
  }
  list.back() = ']';
  return JsonPost(list + '}');
}

RawResponse Ask(ApiServer& server, const std::string& request) {
  return RawClient(server.port()).Ask(request);
}

std::vector<json> ResultsIn(const RawResponse& response) {
  EXPECT_EQ(response.status, 200) << response.body;
  return json::parse(response.body)["results"].get<std::vector<json>>();
}

std::vector<json> Lines(const RawResponse& response) {
  std::vector<json> lines;
  std::istringstream text(response.body);
  for (std::string line; std::getline(text, line);) {
    lines.push_back(json::parse(line));
  }
  return lines;
}

// "ID=LABEL", or "ID!STATUS" of an error.
std::string Short(const json& result) {
  const std::string id = result.value("id", "?");
  if (result.contains("error")) {
    return id + "!" + result["error"]["status"].get<std::string>();
  }
  return id + "=" +
         result["response"]["classifications"][0]["label"].get<std::string>();
}

std::vector<std::string> Shorts(const std::vector<json>& results) {
  std::vector<std::string> all;
  for (const json& result : results) all.push_back(Short(result));
  return all;
}

TEST(ManyPicturesTest, AnswersAFormInTheOrderOfItsPictures) {
  ApiServer server({.batch = EchoInReverse});

  const RawResponse response = Ask(server, ThreePictures().Request());

  EXPECT_EQ(response.Header("content-type"), "application/json");
  EXPECT_THAT(Shorts(ResultsIn(response)),
              ElementsAre("a.jpg=A", "b.jpg=B", "c.jpg=C"));
}

TEST(ManyPicturesTest, WritesLinesInTheOrderOfCompletion) {
  ApiServer server({.batch = EchoInReverse});

  const RawResponse response = Ask(server, ThreePictures().Request(kNdjson));

  EXPECT_EQ(response.Header("content-type"), "application/x-ndjson");
  EXPECT_THAT(Shorts(Lines(response)),
              ElementsAre("c.jpg=C", "b.jpg=B", "a.jpg=A"));
}

TEST(ManyPicturesTest, WritesEventsInTheOrderOfCompletionAndThenDone) {
  ApiServer server({.batch = EchoInReverse});

  const RawResponse response = Ask(server, ThreePictures().Request(kEvents));

  EXPECT_EQ(response.Header("content-type"), "text/event-stream");
  EXPECT_THAT(response.body, StartsWith("event: result\ndata: {\"id\":\"c."));
  EXPECT_LT(response.body.find("b.jpg"), response.body.find("a.jpg"));
  EXPECT_TRUE(response.body.ends_with("\n\nevent: done\ndata: {}\n\n"));
}

TEST(ManyPicturesTest, WritesALineAsSoonAsItIsAnswered) {
  test_support::Gate gate;
  gate.Close();
  ApiServer server({.batch = [&](auto&, BatchStream& stream) {
    const auto all = ReadAll(stream);
    stream.Write(LabelAnswer(all[1].id(), "first"));
    gate.Pass();
    stream.Write(LabelAnswer(all[0].id(), "second"));
    stream.Write(LabelAnswer(all[2].id(), "third"));
    return grpc::Status::OK;
  }});
  RawClient client(server.port());

  client.Send(ThreePictures().Request(kNdjson));
  client.ReadUntil(kEndOfHead);

  EXPECT_THAT(client.ReadUntil("\n\r\n"), HasSubstr("\"b.jpg\""));
  gate.Open();
  EXPECT_THAT(client.ReadUntil("0\r\n\r\n"), HasSubstr("\"c.jpg\""));
}

TEST(ManyPicturesTest, AnswersAPictureBeforeTheNextHasArrived) {
  ApiServer server(kEcho);
  RawClient client(server.port());
  const std::string request = ThreePictures().Request(kNdjson);
  const std::size_t second = request.find("b.jpg");

  client.Send(request.substr(0, second));
  client.ReadUntil(kEndOfHead);
  EXPECT_THAT(client.ReadUntil("\n\r\n"), HasSubstr("\"a.jpg\""));

  client.Send(request.substr(second));
  EXPECT_THAT(client.ReadUntil("0\r\n\r\n"), HasSubstr("\"c.jpg\""));
}

TEST(ManyPicturesTest, AnswersAJsonListWithItsIds) {
  ApiServer server({.batch = EchoInReverse});

  const RawResponse response =
      Ask(server,
          JsonPost(R"({"requests": [{"id": "x", "request": {"image": "QQ=="}},
                                {"request": {"image": "Qg=="}},
                                {"id": "x", "request": {"image": "Qw=="}}]})"));

  EXPECT_THAT(Shorts(ResultsIn(response)), ElementsAre("x=A", "1=B", "x=C"));
}

TEST(ManyPicturesTest, AnswersAnEmptyList) {
  ApiServer server(kEcho);
  const std::string empty = R"({"requests": []})";

  EXPECT_EQ(Ask(server, JsonPost(empty)).body, "{\"results\":[]}\n");
  EXPECT_EQ(Ask(server, JsonPost(empty, kNdjson)).body, "");
  EXPECT_EQ(Ask(server, JsonPost(empty, kEvents)).body,
            "event: done\ndata: {}\n\n");
}

TEST(ManyPicturesTest, NeverSpoilsTheOthersWithABadPicture) {
  ApiServer server(kEcho);

  const auto results = ResultsIn(Ask(
      server, Form().File("a", "A").File("b", "bad").File("c", "C").Request()));

  EXPECT_THAT(Shorts(results), ElementsAre("a=A", "b!INVALID_ARGUMENT", "c=C"));
  EXPECT_EQ(results[1]["error"]["code"], 400);
  EXPECT_EQ(results[1]["error"]["details"][0]["reason"], "IMAGE_DECODE_FAILED");
}

TEST(ManyPicturesTest, RefusesOnlyThePictureThatIsTooLarge) {
  ApiServer server(kEcho, {.limits = {.request = {.max_image_bytes = 4}}});

  const auto results = ResultsIn(Ask(
      server,
      Form().File("a", "A").File("b", "large").File("c", "four").Request()));

  EXPECT_THAT(Shorts(results),
              ElementsAre("a=A", "b!INVALID_ARGUMENT", "c=four"));
  EXPECT_EQ(results[1]["error"]["code"], 413);
  EXPECT_EQ(results[1]["error"]["details"][0]["reason"], "IMAGE_TOO_LARGE");
}

TEST(ManyPicturesTest, RefusesOnlyThePictureThatHasNoRoomInTheBuffers) {
  ApiServer server(kEcho, {.http = {.budget = 100'000}});

  const auto results = ResultsIn(Ask(
      server,
      Form().File("a", std::string(300'000, 'x')).File("b", "B").Request()));

  EXPECT_THAT(Shorts(results), ElementsAre("a!UNAVAILABLE", "b=B"));
}

TEST(ManyPicturesTest, NumbersPicturesWithoutAName) {
  ApiServer server(kEcho);

  EXPECT_THAT(Shorts(ResultsIn(
                  Ask(server, Form().File("", "A").File("", "B").Request()))),
              ElementsAre("0=A", "1=B"));
}

TEST(ManyPicturesTest, TakesAFieldNamedFileOrImageForAPicture) {
  ApiServer server(kEcho);

  EXPECT_THAT(
      Shorts(ResultsIn(Ask(
          server, Form().Field("image", "A").Field("file", "B").Request()))),
      ElementsAre("0=A", "1=B"));
}

TEST(ManyPicturesTest, LeavesFileInputsOutInWhichNothingWasChosen) {
  ApiServer server(kEcho);

  EXPECT_THAT(Shorts(ResultsIn(
                  Ask(server, Form().File("", "").File("a", "A").Request()))),
              ElementsAre("a=A"));
  const RawResponse none = Ask(server, Form().File("", "").Request());
  EXPECT_EQ(none.status, 400);
  EXPECT_THAT(none.body, HasSubstr("the form holds no picture"));
}

TEST(ManyPicturesTest, TellsWhoSendsBase64InAFormAndGoesOn) {
  ApiServer server(kEcho);

  const auto results = ResultsIn(
      Ask(server, Form().Field("image", "/9j/4AAQ").File("b", "B").Request()));
  EXPECT_THAT(Shorts(results), ElementsAre("0!INVALID_ARGUMENT", "b=B"));
  EXPECT_THAT(std::string(results[0]["error"]["message"]),
              HasSubstr("this is base64"));
}

TEST(ManyPicturesTest, UsesTheFieldsOfAFormForThePicturesBehindThem) {
  std::vector<int> top_k;
  ApiServer server({.batch = [&](auto&, BatchStream& stream) {
    for (const auto& picture : ReadAll(stream)) {
      top_k.push_back(picture.request().top_k());
      stream.Write(LabelAnswer(picture.id(), ""));
    }
    return grpc::Status::OK;
  }});

  Ask(server, Form()
                  .Field("top_k", "3")
                  .File("a", "A")
                  .Field("top_k", "4")
                  .File("b", "B")
                  .Request());

  EXPECT_THAT(top_k, ElementsAre(3, 4));
}

TEST(ManyPicturesTest, RefusesFormsWithFieldsThatNobodyKnows) {
  ApiServer server(kEcho);

  for (const Form& form : {Form().Field("photo", "bytes without a name"),
                           Form().Field("top_k", "many"),
                           Form().Field("model", std::string(1025, 'm'))}) {
    const RawResponse response = Ask(server, form.Request());
    EXPECT_EQ(response.status, 400);
    EXPECT_THAT(response.body, HasSubstr("FIELD_INVALID"));
  }
}

TEST(ManyPicturesTest, RefusesMorePicturesThanAreAllowed) {
  ApiServer server(kEcho, {.limits = {.request = {.max_pictures = 2}}});

  EXPECT_EQ(Ask(server, Form().File("a", "A").File("b", "B").Request()).status,
            200);
  EXPECT_EQ(Ask(server, ThreePictures().Request()).status, 400);
}

TEST(ManyPicturesTest, RefusesABodyAboveTheLimitOfForms) {
  ApiServer server(kEcho, {.limits = {.request = {.max_form_bytes = 100}}});

  EXPECT_EQ(Ask(server, ThreePictures().Request()).status, 413);
}

TEST(ManyPicturesTest, FailsAsAWholeWhenTheFormIsMalformed) {
  ApiServer server(kEcho);

  const RawResponse response = Ask(server, ThreePictures().UnfinishedRequest());

  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(response.body, HasSubstr("FORM_MALFORMED"));
}

TEST(ManyPicturesTest, SaysInTheLastLineThatTheFormBroke) {
  ApiServer server(kEcho);
  RawClient client(server.port());
  const std::string whole =
      Form().File("a", "A").Raw("--Xy-7\r\n\r\n").UnfinishedRequest(kNdjson);
  // Up to the boundary that ends the picture.
  const std::size_t part = whole.rfind("\r\n\r\n");

  client.Send(whole.substr(0, part));
  client.ReadUntil(kEndOfHead);
  EXPECT_THAT(client.ReadUntil("\n\r\n"), HasSubstr("\"a\""));
  client.Send(whole.substr(part));

  const std::string rest = client.ReadUntil("0\r\n\r\n");
  EXPECT_THAT(rest, HasSubstr("{\"error\":{"));
  EXPECT_THAT(rest, HasSubstr("FORM_MALFORMED"));
}

TEST(ManyPicturesTest, AnswersEachPictureOnceWhenTheStreamDies) {
  ApiServer server({.batch = [](auto&, BatchStream& stream) {
    v1::ClassifyBatchRequest picture;
    for (int i = 0; i < 2; ++i) stream.Read(&picture);
    stream.Write(LabelAnswer(picture.id(), "answered"));
    return test::ErrorWithReason(grpc::StatusCode::UNAVAILABLE, "DRAINING",
                                 "going");
  }});

  for (int i = 0; i < 20; ++i) {
    const auto results = ResultsIn(Ask(server, ThreePictures().Request()));
    ASSERT_THAT(Shorts(results),
                ElementsAre("a.jpg!UNAVAILABLE", "b.jpg=answered",
                            "c.jpg!UNAVAILABLE"));
    ASSERT_EQ(results[0]["error"]["details"][0]["reason"], "DRAINING");
  }
}

TEST(ManyPicturesTest, AnswersEachPictureOnceWhenTheServerForgetsSome) {
  ApiServer server({.batch = [](auto&, BatchStream& stream) {
    const auto all = ReadAll(stream);
    stream.Write(LabelAnswer(all[1].id(), "answered"));
    stream.Write(LabelAnswer(all[1].id(), "again"));
    stream.Write(LabelAnswer("77", "unknown"));
    stream.Write(LabelAnswer("not ours", "unknown"));
    return grpc::Status::OK;
  }});

  EXPECT_THAT(
      Shorts(ResultsIn(Ask(server, ThreePictures().Request()))),
      ElementsAre("a.jpg!UNAVAILABLE", "b.jpg=answered", "c.jpg!UNAVAILABLE"));
}

TEST(ManyPicturesTest, AnswersEachPictureWhenTheServerCannotBeReached) {
  const test::TemporaryDirectory directory;
  ApiServer server({}, {.server_address = "unix:" + directory.path() + "/no"});

  EXPECT_THAT(Shorts(ResultsIn(Ask(server, ThreePictures().Request()))),
              ElementsAre("a.jpg!UNAVAILABLE", "b.jpg!UNAVAILABLE",
                          "c.jpg!UNAVAILABLE"));
}

TEST(ManyPicturesTest, TellsTheObserverWhyAPictureFailedNotTheCaller) {
  const test::TemporaryDirectory directory;
  ApiServer server(kEcho,
                   {.server_address = "unix:" + directory.path() + "/no"});

  const RawResponse response = Ask(server, ThreePictures().Request());

  EXPECT_THAT(response.body, Not(HasSubstr(directory.path())));
  const auto told = server.http().observer().AwaitExchanges(1);
  EXPECT_EQ(told.status, 200);
  EXPECT_THAT(std::string(told.error.message()), HasSubstr(directory.path()));
}

TEST(ManyPicturesTest, GivesUpOnAServerThatOwesAnAnswerForTooLong) {
  ApiServer server(
      {.batch = [](auto& context,
                   BatchStream&) { return test::WaitForCancel(context); }},
      {.limits = {.many = {.answer_timeout = milliseconds(50)}}});

  const auto results = ResultsIn(Ask(server, ThreePictures().Request()));

  ASSERT_THAT(results, SizeIs(3));
  for (const json& result : results) {
    EXPECT_EQ(result["error"]["code"], 504);
    EXPECT_EQ(result["error"]["details"][0]["reason"], "ANSWER_TIMEOUT");
  }
}

TEST(ManyPicturesTest, SendsTheCallersDeadlineAndIdentity) {
  test::SeenCall seen;
  ApiServer server({.batch = [&seen](auto& context, BatchStream& stream) {
    seen.Note(context);
    return test::EchoBatch(context, stream);
  }});

  Ask(server, ThreePictures().Request("X-Request-Timeout-Ms: 600000\r\n"
                                      "X-Request-Id: mine\r\n"
                                      "X-Wanwu-Priority: bulk\r\n"));

  EXPECT_LT(seen.TimeLeft(), milliseconds(610'000));
  EXPECT_EQ(seen.Metadata("x-request-id"), "mine");
  EXPECT_EQ(seen.Metadata("wanwu-priority"), "bulk");
}

TEST(ManyPicturesTest, SetsNoDeadlineOfItsOwnForTheWhole) {
  test::SeenCall seen;
  ApiServer server({.batch = [&seen](auto& context, BatchStream& stream) {
    seen.Note(context);
    return test::EchoBatch(context, stream);
  }});

  Ask(server, ThreePictures().Request());

  EXPECT_EQ(seen.TimeLeft(), std::nullopt);
}

TEST(ManyPicturesTest, KeepsWithinItsLimitInFlight) {
  constexpr int kLimit = 3;
  std::atomic<int> open{0};
  std::atomic<int> most{0};
  ApiServer server({.batch =
                        [&](auto&, BatchStream& stream) {
                          test_support::Counter read;
                          std::vector<std::string> ids;
                          std::mutex mutex;
                          std::thread reader([&] {
                            v1::ClassifyBatchRequest picture;
                            while (stream.Read(&picture)) {
                              most = std::max(most.load(), ++open);
                              const std::lock_guard lock(mutex);
                              ids.push_back(picture.id());
                              read.Add();
                            }
                          });
                          for (int i = 0; i < 20; ++i) {
                            // As many as may come without an answer, in the end
                            // all.
                            read.AwaitAtLeast(std::min(i + kLimit, 20));
                            std::string id;
                            {
                              const std::lock_guard lock(mutex);
                              id = ids[static_cast<std::size_t>(i)];
                            }
                            --open;
                            stream.Write(LabelAnswer(id, "x"));
                          }
                          reader.join();
                          return grpc::Status::OK;
                        }},
                   {.limits = {.many = {.max_in_flight = kLimit}}});

  EXPECT_THAT(ResultsIn(Ask(server, JsonList(20))), SizeIs(20));
  EXPECT_EQ(most, kLimit);
}

// Reads what comes without answering, and tells when the caller has cancelled.
class Silent {
 public:
  test::Script Script() {
    return {.batch = [this](auto& context, BatchStream& stream) {
      v1::ClassifyBatchRequest picture;
      while (stream.Read(&picture)) read.Add();
      const grpc::Status status = test::WaitForCancel(context);
      cancelled.Add();
      return status;
    }};
  }

  test_support::Counter read;
  test_support::Counter cancelled;
};

TEST(ManyPicturesTest, CancelsThePicturesOfACallerWhoHangsUp) {
  Silent silent;
  ApiServer server(silent.Script());
  {
    RawClient client(server.port());
    client.Send(ThreePictures().Request());
    silent.read.AwaitAtLeast(3);
  }

  silent.cancelled.AwaitAtLeast(1);
  EXPECT_EQ(server.http().observer().AwaitExchanges(1).status, 499);
}

TEST(ManyPicturesTest, CancelsThePicturesOfACallerWhoHangsUpWithinTheForm) {
  Silent silent;
  ApiServer server(silent.Script());
  {
    RawClient client(server.port());
    client.Send(ThreePictures().Request().substr(0, 450));
    silent.read.AwaitAtLeast(1);
  }

  silent.cancelled.AwaitAtLeast(1);
  EXPECT_EQ(server.http().observer().AwaitExchanges(1).status, 499);
}

TEST(ManyPicturesTest, NoticesAHangUpWhileAListWaitsForRoom) {
  Silent silent;
  ApiServer server(silent.Script(), {.limits = {.many = {.max_in_flight = 2}}});
  {
    RawClient client(server.port());
    client.Send(JsonList(5));
    silent.read.AwaitAtLeast(2);
  }

  silent.cancelled.AwaitAtLeast(1);
  EXPECT_EQ(server.http().observer().AwaitExchanges(1).status, 499);
}

TEST(ManyPicturesTest, CancelsWhatTheDrainBreaksOff) {
  Silent silent;
  ApiServer server(silent.Script(), {.limits = {.many = {.max_in_flight = 2}}});
  RawClient client(server.port());
  client.Send(ThreePictures().Request());
  silent.read.AwaitAtLeast(2);

  EXPECT_FALSE(
      server.http().listener().Drain(std::chrono::steady_clock::now()));

  silent.cancelled.AwaitAtLeast(1);
  server.http().observer().AwaitExchanges(1);
}

TEST(ManyPicturesTest, RefusesAnswersBeyondTheBuffers) {
  ApiServer server(kEcho, {.http = {.budget = 500}});

  const RawResponse response = Ask(server, ThreePictures().Request());

  EXPECT_EQ(response.status, 503);
  EXPECT_THAT(response.body, HasSubstr("BUFFER_FULL"));
}

TEST(ManyPicturesTest, GivesTheBuffersBack) {
  ApiServer server(kEcho);

  Ask(server, ThreePictures().Request());
  Ask(server, JsonList(3));
  server.http().observer().AwaitExchanges(2);

  EXPECT_EQ(server.http().budget().used(), 0U);
}

TEST(ManyPicturesTest, TakesTheNextRequestAfterAForm) {
  ApiServer server(kEcho);
  RawClient client(server.port());

  client.Send(ThreePictures().Request() + ThreePictures().Request(kNdjson));

  EXPECT_THAT(ResultsIn(client.Read()), SizeIs(3));
  EXPECT_THAT(Lines(client.Read()), SizeIs(3));
}

// Fails in a way that nobody foresaw.
class ThrowingSink final : public ResultSink {
 public:
  explicit ThrowingSink(Exchange& exchange) : exchange_(exchange) {}

  boost::asio::awaitable<bool> Add(Result) override {
    throw std::runtime_error("unforeseen");
    co_return true;
  }
  boost::asio::awaitable<void> End() override { co_return; }
  boost::asio::awaitable<void> Fail(absl::Status status) override {
    auto fail = exchange_.Fail(std::move(status));
    co_await std::move(fail);
  }

 private:
  Exchange& exchange_;
};

boost::asio::awaitable<void> AnswerByThrowing(client::AsyncClient& client,
                                              Exchange& exchange) {
  const MediaType type = ParseMediaType(exchange.head().Header("Content-Type"));
  FormPictures pictures(exchange, type.Parameter("boundary"), {}, {});
  ThrowingSink sink(exchange);
  ManyPictures many(client, exchange, {});
  auto run = many.Run(pictures, sink, {});
  co_await std::move(run);
}

TEST(ManyPicturesTest, ExceptionEndsTheStreamBeforeTheRequest) {
  test::FakeServer fake(kEcho);
  client::AsyncClient client({.address = fake.address()});
  test::HttpServer http([&client](Router& router) {
    router.Add(boost::beast::http::verb::post, "/v1/classify",
               [&client](Exchange& exchange, const PathParameters&) {
                 return AnswerByThrowing(client, exchange);
               });
  });
  RawClient caller(http.port());

  const RawResponse response = caller.Ask(ThreePictures().Request());

  EXPECT_EQ(response.status, 500);
  const auto told = http.observer().AwaitExchanges(1);
  EXPECT_THAT(std::string(told.error.message()), HasSubstr("unforeseen"));
  EXPECT_EQ(http.budget().used(), 0U);
}

}  // namespace
}  // namespace wanwu::gateway
