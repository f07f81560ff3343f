#pragma once

#include <atomic>

#include "absl/status/status.h"

namespace wanwu::rpc {

// Bounds how many calls of one kind run at once. Thread-safe.
class CallLimit {
 public:
  explicit CallLimit(int most) : most_(most) {}

  // RESOURCE_EXHAUSTED (TOO_MANY_WATCHES).
  absl::Status Refusal() const;

  // One call's place, given back at its end. False: there was none.
  class Place {
   public:
    explicit Place(CallLimit& limit)
        : limit_(limit), taken_(limit.running_.fetch_add(1) < limit.most_) {}
    ~Place() { limit_.running_.fetch_sub(1); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    explicit operator bool() const { return taken_; }

   private:
    CallLimit& limit_;
    const bool taken_;
  };

 private:
  const int most_;
  // Those about to be refused included.
  std::atomic<int> running_{0};
};

}  // namespace wanwu::rpc
