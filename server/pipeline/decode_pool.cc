#include "server/pipeline/decode_pool.h"

#include <pthread.h>

#include "server/pipeline/stand_back.h"

namespace wanwu::pipeline {

DecodePool::DecodePool(DecodeStage& stage, const batching::Clock& clock,
                       int nice)
    : stage_(stage), gate_(clock) {
  for (size_t worker = 0; worker < stage.workers().size(); ++worker) {
    threads_.emplace_back([this, nice, worker] {
      pthread_setname_np(pthread_self(), stage_.workers()[worker].c_str());
      StandBack(nice);
      Work(static_cast<int>(worker));
    });
  }
}

DecodePool::~DecodePool() { Drain(); }

void DecodePool::Drain() {
  draining_.store(true);
  gate_.WakeAll();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void DecodePool::Work(int worker) {
  for (;;) {
    if (stage_.Feed(worker)) continue;
    if (Drained()) {
      // Others may be parked since before the last job was taken.
      gate_.WakeAll();
      return;
    }
    WaitForWork();
  }
}

void DecodePool::WaitForWork() {
  const auto ticket = gate_.Prepare();
  if (stage_.HasWork() || Drained()) {
    gate_.Cancel();
  } else {
    gate_.Wait(ticket);
  }
}

}  // namespace wanwu::pipeline
