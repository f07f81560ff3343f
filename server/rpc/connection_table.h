#pragma once

#include <sys/types.h>

#include <chrono>
#include <unordered_map>

#include "server/rpc/descriptor.h"

namespace wanwu::rpc {

// The connections that were handed to gRPC, which owns their descriptors and
// closes them without a word, and when each was last heard of. Used by one
// thread.
class ConnectionTable {
 public:
  using Time = std::chrono::steady_clock::time_point;

  ConnectionTable();

  // Before gRPC gets it.
  void Add(int descriptor, Time now);

  // Notes of which connections anything has come in, or was taken, since the
  // last time. Costs as much as there are such.
  void NoteActivity(Time now);

  // Besides, forgets what gRPC has closed, for which all are looked at.
  void Refresh(Time now);

  // Breaks off the connections that have been silent for longest, so that gRPC
  // closes them; at most `count`. How many.
  int CloseIdlest(int count);

  // From now on what comes in stays in the system's buffers, unread. Has no
  // effect on unix sockets, nor once a buffer is half full.
  void StopReading();

  // Breaks off all of them.
  void CloseAll() { CloseIdlest(open()); }

  int open() const { return static_cast<int>(connections_.size()); }
  // Of those, broken off and not closed yet.
  int closing() const { return closing_; }

 private:
  struct Connection {
    ino_t socket;  // what the descriptor was when it was added
    Time last_heard;
    bool closing = false;
  };

  std::unordered_map<int, Connection> connections_;
  int closing_ = 0;
  // Has a connection ready once for whatever happened to it since it was asked
  // last; closed ones leave it by themselves.
  Descriptor activity_;
};

}  // namespace wanwu::rpc
