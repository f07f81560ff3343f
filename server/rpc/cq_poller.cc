#include "server/rpc/cq_poller.h"

#include <pthread.h>

#include "server/rpc/completion_tag.h"

namespace wanwu::rpc {

void CqPoller::Start() {
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "wanwu-poller");
    Poll();
  });
}

void CqPoller::Join() {
  if (thread_.joinable()) thread_.join();
}

void CqPoller::Poll() {
  void* tag = nullptr;
  bool ok = false;
  while (queue_->Next(&tag, &ok)) {
    const batching::AtWork at_work(mark_, clock_.Now());
    static_cast<CompletionTag*>(tag)->OnEvent(ok);
  }
}

}  // namespace wanwu::rpc
