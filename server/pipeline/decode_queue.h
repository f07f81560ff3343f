#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <tuple>

#include "absl/container/flat_hash_map.h"
#include "batching/model_queue.h"
#include "server/pipeline/decode_credit.h"
#include "server/pipeline/share.h"

namespace wanwu::pipeline {

class ClassifyJob;

// Jobs that wait to be decoded, in the order in which their turn comes, and
// the bound on how many are decoded ahead of the lanes.
//
// Order: by start-time fair queueing (see QueueTable::ChooseNext) on three
// levels, each by the work that its jobs cost: interactive and bulk share
// kInteractiveWeight to one, the models of a priority alike, the callers of a
// model alike; one caller's jobs of one model go in the order in which they
// came.
//
// Bound: decoding for a model pauses while the lanes have `most_ahead` decoded
// pictures of it, so that memory stays flat however many wait. A caller with
// none of them may have one beyond that when his turn comes, up to twice as
// many in all, so that nobody waits for another's backlog twice.
//
// Thread-safe; each call holds a lock for microseconds.
class DecodeQueue {
 public:
  using JobPtr = std::shared_ptr<ClassifyJob>;
  using MostAhead = std::function<int(const ServedModel&)>;

  // `on_release` is called on any thread after a credit was given back.
  DecodeQueue(MostAhead most_ahead, std::function<void()> on_release);
  ~DecodeQueue();
  DecodeQueue(const DecodeQueue&) = delete;
  DecodeQueue& operator=(const DecodeQueue&) = delete;

  // The job waits; it may be cancelled at any time. If an exception is thrown
  // nothing has changed.
  void Push(JobPtr job);

  struct Granted {
    // Taken by the caller of Pop.
    JobPtr job;
    DecodeCredit credit;
    // The caller has no other decoded picture that waits for a lane.
    bool first = false;
  };

  // Empty if nothing waits, or nothing that may be decoded now.
  std::optional<Granted> Pop();

  // Whether Pop may find something. A guess while others push and pop.
  bool HasWork() const;

  // Jobs that wait, cancelled ones that are still here included.
  size_t size() const;
  // Those of that kind; 0 unless HasWork.
  size_t Waiting(batching::BatchKind kind) const;

 private:
  friend class DecodeCredit;
  struct Client;
  struct Model;
  struct Level;

  // Members by the work they have had, and by their turn among equals.
  template <typename Member>
  using Order = std::set<std::tuple<int64_t, uint64_t, Member*>>;

  struct Choice {
    Level* level = nullptr;
    Model* model = nullptr;
    Client* client = nullptr;
  };

  // All with mutex_ held.
  Level& LevelOf(batching::Priority priority);
  Client& ClientOf(const Share& share);
  void EnterOrders(Client& client);
  std::optional<Choice> Choose() const;
  Client* ChooseClient(const Model& model) const;
  JobPtr TakeNext(Client& client);
  void CountServed(const Choice& choice, int64_t work_ns);
  void Leave(Client& client);
  void DropIfUnused(Client& client);
  void RemoveCancelled();

  void GiveBack(Client& client);

  const MostAhead most_ahead_;
  const std::function<void()> on_release_;
  mutable std::mutex mutex_;
  // All below are guarded by mutex_.
  std::unique_ptr<std::array<Level, 2>> levels_;
  // Of the levels.
  int64_t virtual_now_ = 0;
  uint64_t turns_ = 0;
  size_t size_ = 0;
  // Beyond this size the cancelled jobs are looked for.
  size_t clean_at_;
};

}  // namespace wanwu::pipeline
