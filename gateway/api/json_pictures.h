#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "gateway/api/picture_source.h"

namespace wanwu::gateway {

// The pictures of a JSON list, which has arrived whole.
class JsonPictures final : public PictureSource {
 public:
  // `share` is of the body that the pictures came out of.
  JsonPictures(std::vector<v1::ClassifyBatchRequest> requests,
               BudgetShare share, ByteBudget& budget)
      : requests_(std::move(requests)),
        share_(std::move(share)),
        budget_(budget) {}

  boost::asio::awaitable<absl::StatusOr<std::optional<Picture>>> Next()
      override {
    if (next_ == requests_.size()) co_return std::nullopt;
    v1::ClassifyBatchRequest& item = requests_[next_++];
    co_return Picture{item.id(), std::move(*item.mutable_request()),
                      BudgetShare(budget_)};
  }

 private:
  std::vector<v1::ClassifyBatchRequest> requests_;
  std::size_t next_ = 0;
  // Held until all pictures are on their way.
  const BudgetShare share_;
  ByteBudget& budget_;
};

}  // namespace wanwu::gateway
