#include "server/rpc/reader_watch.h"

#include <utility>

namespace wanwu::rpc {

ReaderWatch::ReaderWatch(CallServices& services, grpc::CompletionQueue& queue,
                         grpc::ServerContext& context, const char* method)
    : services_(services), context_(context), method_(method), timer_(queue) {}

void ReaderWatch::WriteBegins() {
  writing_ = true;
  write_began_ = services_.clock.Now();
  if (!armed_) Arm(services_.limits.reader_timeout);
}

void ReaderWatch::Arm(batching::Clock::Duration delay) {
  armed_ = true;
  timer_.Start(delay, *this);
}

void ReaderWatch::OnEvent(bool /*ok*/) {
  armed_ = false;
  if (waiter_) return std::exchange(waiter_, nullptr).resume();
  if (!writing_) return;
  const auto left =
      write_began_ + services_.limits.reader_timeout - services_.clock.Now();
  if (left > batching::Clock::Duration::zero()) return Arm(left);
  services_.error_log.Log(logging::Level::kWarning, "slow_reader_cut",
                          {{"method", method_}});
  context_.TryCancel();
}

}  // namespace wanwu::rpc
