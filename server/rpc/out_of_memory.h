#pragma once

#include <new>

#include "absl/status/status.h"
#include "server/errors/service_error.h"

namespace wanwu::rpc {

// What `work` returns, an absl::Status or StatusOr; RESOURCE_EXHAUSTED
// (OUT_OF_MEMORY) if it runs out of memory. For all of a call that grows with
// its request: an exception that leaves a coroutine ends the process.
template <typename Work>
auto OrOutOfMemory(Work work) -> decltype(work()) {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    return errors::OutOfMemory();
  }
}

}  // namespace wanwu::rpc
