#pragma once

namespace wanwu::app {

// Wakes a thread that polls descriptors. Thread-safe.
class WakeEvent {
 public:
  // Throws std::system_error if the kernel has no file descriptor left.
  WakeEvent();
  ~WakeEvent();
  WakeEvent(const WakeEvent&) = delete;
  WakeEvent& operator=(const WakeEvent&) = delete;

  void Set();
  void Clear();
  // Readable while set.
  int descriptor() const { return descriptor_; }

 private:
  const int descriptor_;
};

}  // namespace wanwu::app
