#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/http/byte_budget.h"
#include "wanwu/v1/image_classifier.pb.h"

namespace wanwu::gateway {

// One picture of a request that brings several.
struct Picture {
  // As the caller knows it: a file's name, or its number.
  std::string id;

  // Or why it is refused here; the others go on.
  absl::StatusOr<v1::ClassifyRequest> request;

  // Of its bytes, while they are in memory.
  BudgetShare share;
};

// Gives the pictures of a request one by one, as they arrive.
class PictureSource {
 public:
  virtual ~PictureSource() = default;

  // nullopt: there are no more. An error is one of the whole request.
  virtual boost::asio::awaitable<absl::StatusOr<std::optional<Picture>>>
  Next() = 0;
};

}  // namespace wanwu::gateway
