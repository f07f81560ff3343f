#include "client/lib/server_set.h"

#include "client/lib/server_addresses.h"

namespace wanwu::client {
namespace {

// The less, the sooner a call on it gets somewhere. A link is ready if a server
// can be reached on it that says that it serves.
int Rank(grpc_connectivity_state state) {
  if (state == GRPC_CHANNEL_READY) return 0;
  return state == GRPC_CHANNEL_TRANSIENT_FAILURE ? 2 : 1;
}

}  // namespace

ServerLink::ServerLink(const ChannelOptions& options)
    : channel_(MakeChannel(options)),
      classifier_(v1::ImageClassifier::NewStub(channel_)),
      health_(grpc::health::v1::Health::NewStub(channel_)) {}

size_t LessLoadedOfTwo(const std::vector<int>& in_flight, uint64_t turn) {
  const size_t count = in_flight.size();
  if (count == 1) return 0;
  const size_t one = turn % count;
  const size_t other = (one + 1 + turn / count % (count - 1)) % count;
  return in_flight[other] < in_flight[one] ? other : one;
}

ServerSet::ServerSet(const ChannelOptions& options) {
  if (options.choice != ServerChoice::kLeastLoaded) {
    links_.push_back(std::make_unique<ServerLink>(options));
    return;
  }
  ChannelOptions each = options;
  for (const std::string& address : SplitAddresses(options.address)) {
    each.address = address;
    links_.push_back(std::make_unique<ServerLink>(each));
    links_.back()->State();
  }
}

ServerLink& ServerSet::Choose() {
  if (links_.size() == 1) return *links_.front();
  std::vector<ServerLink*> best;
  std::vector<int> in_flight;
  int rank = Rank(GRPC_CHANNEL_TRANSIENT_FAILURE);
  for (const auto& link : links_) {
    const int own = Rank(link->State());
    if (own > rank) continue;
    if (own < rank) {
      rank = own;
      best.clear();
      in_flight.clear();
    }
    best.push_back(link.get());
    in_flight.push_back(link->in_flight());
  }
  const uint64_t turn = turn_.fetch_add(1, std::memory_order_relaxed);
  return *best[LessLoadedOfTwo(in_flight, turn)];
}

}  // namespace wanwu::client
