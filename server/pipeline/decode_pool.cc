#include "server/pipeline/decode_pool.h"

#include <pthread.h>

#include "server/pipeline/stand_back.h"

namespace wanwu::pipeline {

DecodePool::DecodePool(DecodePoolOptions options, DecodeStage& stage,
                       const batching::Clock& clock)
    : stage_(stage), gate_(clock) {
  for (int worker = 0; worker < options.threads; ++worker) {
    threads_.emplace_back([this, options, worker] {
      pthread_setname_np(pthread_self(), options.thread_name.c_str());
      StandBack(options.nice);
      Work(worker);
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
