#pragma once

#include <grpcpp/channel.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "client/lib/channel.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "wanwu/v1/image_classifier.grpc.pb.h"

namespace wanwu::client {

// A way to one server, or to several of which gRPC chooses, and the pictures
// that have been sent on it and are not answered.
class ServerLink {
 public:
  explicit ServerLink(const ChannelOptions& options);

  v1::ImageClassifier::Stub& classifier() { return *classifier_; }
  grpc::health::v1::Health::Stub& health() { return *health_; }
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

  // Connects if need be.
  grpc_connectivity_state State() { return channel_->GetState(true); }

  int in_flight() const { return in_flight_.load(std::memory_order_relaxed); }
  void Add(int pictures) {
    in_flight_.fetch_add(pictures, std::memory_order_relaxed);
  }

 private:
  const std::shared_ptr<grpc::Channel> channel_;
  const std::unique_ptr<v1::ImageClassifier::Stub> classifier_;
  const std::unique_ptr<grpc::health::v1::Health::Stub> health_;
  std::atomic<int> in_flight_{0};
};

// Of two servers the one with less in flight. Which two, follows from `turn`:
// in n (n - 1) turns all pairs come up, and of equals each server as often.
size_t LessLoadedOfTwo(const std::vector<int>& in_flight, uint64_t turn);

// The servers that a client calls. Thread-safe.
class ServerSet {
 public:
  // One link for each address if the choice is kLeastLoaded, else one for all.
  // Begins to connect to several.
  explicit ServerSet(const ChannelOptions& options);

  // Where the next call goes: to one whose health says SERVING, if any does.
  // Lives as long as this.
  ServerLink& Choose();

 private:
  std::vector<std::unique_ptr<ServerLink>> links_;
  std::atomic<uint64_t> turn_{0};
};

}  // namespace wanwu::client
