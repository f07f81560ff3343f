#include "server/app/wake_event.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

namespace wanwu::app {

WakeEvent::WakeEvent() : descriptor_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (descriptor_ < 0) {
    throw std::system_error(errno, std::generic_category(), "eventfd");
  }
}

WakeEvent::~WakeEvent() { close(descriptor_); }

void WakeEvent::Set() { eventfd_write(descriptor_, 1); }

void WakeEvent::Clear() {
  eventfd_t count = 0;
  eventfd_read(descriptor_, &count);
}

}  // namespace wanwu::app
