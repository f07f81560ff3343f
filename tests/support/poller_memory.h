#pragma once

#include <atomic>
#include <cstddef>

namespace wanwu::test_support {

// How a test makes memory short on the pollers of its program, whose operator
// new poller_memory.cc replaces: add it to the test's SOURCES.

// What one allocation on a poller may take; 0: as much as it wants.
inline std::atomic<size_t> poller_limit{0};
// One of this size gets nothing there; 0: none.
inline std::atomic<size_t> poller_refused{0};

}  // namespace wanwu::test_support
