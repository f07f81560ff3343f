#pragma once

#include <functional>
#include <list>
#include <memory>
#include <mutex>

namespace wanwu::gateway {

// Keeps the number of connections. Where no place is left, the connection that
// has waited longest for a request loses its own. Must outlive the places.
// Thread-safe.
class ConnectionLimit {
 public:
  // A connection's, until it is destroyed.
  class Place {
   public:
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    // From now on no request is under way, and the place may go to another
    // connection. `on_lost` tells it, once and on any thread; it must not
    // block, nor call back.
    void Wait(std::function<void()> on_lost);

    // A request has come. False if the place is lost.
    [[nodiscard]] bool StopWaiting();

   private:
    friend class ConnectionLimit;
    explicit Place(ConnectionLimit& limit) : limit_(limit) {}

    // With the limit's lock.
    void Leave();

    ConnectionLimit& limit_;
    // Guarded by the limit's lock.
    std::list<Place*>::iterator position_;
    std::function<void()> on_lost_;
    bool waiting_ = false;
    bool lost_ = false;
  };

  explicit ConnectionLimit(int most) : most_(most) {}

  // Null if every connection has a request under way.
  std::unique_ptr<Place> Enter();

  // False if none waits.
  bool EvictIdlest();

 private:
  // With the lock.
  bool Evict();

  const int most_;
  std::mutex mutex_;
  // Guarded by mutex_.
  int taken_ = 0;
  // Who waits, the longest first.
  std::list<Place*> waiting_;
};

}  // namespace wanwu::gateway
