#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "gateway/api/json_request.h"
#include "gateway/api/picture_source.h"

namespace wanwu::gateway {

// The pictures of a JSON list, which has arrived whole.
class JsonPictures final : public PictureSource {
 public:
  // `share` is of all the pictures.
  JsonPictures(std::vector<JsonPicture> pictures, BudgetShare share)
      : pictures_(std::move(pictures)), share_(std::move(share)) {}

  boost::asio::awaitable<absl::StatusOr<std::optional<Picture>>> Next()
      override {
    if (next_ == pictures_.size()) co_return std::nullopt;
    JsonPicture& item = pictures_[next_++];
    const std::size_t bytes =
        item.request.ok() ? item.request->ByteSizeLong() : 0;
    co_return Picture{std::move(item.id), std::move(item.request),
                      share_.Split(bytes)};
  }

 private:
  std::vector<JsonPicture> pictures_;
  std::size_t next_ = 0;
  BudgetShare share_;
};

}  // namespace wanwu::gateway
