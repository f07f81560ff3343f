#include "gateway/api/result_sink.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/lib/proto_json.h"
#include "gateway/api/response_json.h"
#include "gateway/errors/gateway_error.h"
#include "gateway/errors/http_error.h"
#include "gateway/http/media_type.h"

namespace wanwu::gateway {
namespace {

namespace asio = boost::asio;

constexpr char kNdjson[] = "application/x-ndjson";
constexpr char kEventStream[] = "text/event-stream";

// {"results": […]} in the order of the request, once all are there.
class JsonList final : public ResultSink {
 public:
  explicit JsonList(Exchange& exchange)
      : exchange_(exchange), share_(exchange.budget()) {}

  asio::awaitable<bool> Add(Result result) override {
    std::string json = ResultJson(result);
    if (!share_.TryGrow(json.size())) {
      overflow_ = BufferFullError(exchange_.budget().limit());
      co_return false;
    }
    results_[result.index] = std::move(json);
    co_return true;
  }

  asio::awaitable<void> End() override {
    std::string body = "{\"results\":[";
    body.reserve(share_.bytes() + results_.size() + 2 * body.size());
    while (!results_.empty()) {
      const auto first = results_.begin();
      absl::StrAppend(&body, first->first == 0 ? "" : ",", first->second);
      results_.erase(first);
    }
    body += "]}\n";
    // Respond() counts it.
    share_.Release();
    auto respond = exchange_.Respond(JsonResponse(std::move(body)));
    co_await std::move(respond);
  }

  asio::awaitable<void> Fail(absl::Status status) override {
    auto fail = exchange_.Fail(overflow_.ok() ? status : overflow_);
    co_await std::move(fail);
  }

 private:
  Exchange& exchange_;
  BudgetShare share_;
  std::map<std::size_t, std::string> results_;
  absl::Status overflow_;
};

// One result a line, or an event; the response begins with the first.
class ResultStream final : public ResultSink {
 public:
  enum class Form { kLines, kEvents };

  ResultStream(Exchange& exchange, Form form)
      : exchange_(exchange), form_(form) {}

  asio::awaitable<bool> Add(Result result) override {
    auto write = Write("result", ResultJson(result));
    co_return co_await std::move(write);
  }

  asio::awaitable<void> End() override {
    bool open = true;
    if (!exchange_.streaming() || form_ == Form::kEvents) {
      auto write = form_ == Form::kEvents ? Write("done", "{}") : Begin();
      open = co_await std::move(write);
    }
    if (!open) co_return;
    auto end = exchange_.EndStream();
    co_await std::move(end);
  }

  asio::awaitable<void> Fail(absl::Status status) override {
    if (!exchange_.streaming()) {
      auto fail = exchange_.Fail(std::move(status));
      co_await std::move(fail);
      co_return;
    }
    // The status line has gone; so the last line tells.
    auto write =
        Write("error", absl::StrCat("{\"error\":", ErrorObject(status), "}"));
    const bool open = co_await std::move(write);
    if (!open) co_return;
    auto end = exchange_.EndStream();
    co_await std::move(end);
  }

 private:
  asio::awaitable<bool> Begin() {
    const bool lines = form_ == Form::kLines;
    auto start = exchange_.StartStream(
        {.headers = {{"Content-Type", lines ? kNdjson : kEventStream},
                     {"Cache-Control", "no-store"},
                     {"X-Accel-Buffering", "no"}}});
    co_return co_await std::move(start);
  }

  asio::awaitable<bool> Write(std::string event, std::string json) {
    if (!exchange_.streaming()) {
      auto begin = Begin();
      const bool begun = co_await std::move(begin);
      if (!begun) co_return false;
    }
    const std::string text =
        form_ == Form::kLines
            ? absl::StrCat(json, "\n")
            : absl::StrCat("event: ", event, "\ndata: ", json, "\n\n");
    auto write = exchange_.WriteChunk(text);
    co_return co_await std::move(write);
  }

  Exchange& exchange_;
  const Form form_;
};

}  // namespace

std::string ResultJson(const Result& result) {
  const std::string id = client::JsonString(result.id);
  if (result.answer.ok()) {
    return absl::StrCat("{\"id\":", id,
                        ",\"response\":", ResponseJson(*result.answer), "}");
  }
  return absl::StrCat("{\"id\":", id,
                      ",\"error\":", ErrorObject(result.answer.status()), "}");
}

std::unique_ptr<ResultSink> MakeResultSink(Exchange& exchange) {
  const std::string_view accept = exchange.head().Header("Accept");
  if (Accepts(accept, kNdjson)) {
    return std::make_unique<ResultStream>(exchange, ResultStream::Form::kLines);
  }
  if (Accepts(accept, kEventStream)) {
    return std::make_unique<ResultStream>(exchange,
                                          ResultStream::Form::kEvents);
  }
  return std::make_unique<JsonList>(exchange);
}

}  // namespace wanwu::gateway
