#pragma once

#include <string>

#include "gateway/api/picture_source.h"
#include "gateway/api/request_limits.h"
#include "gateway/http/exchange.h"
#include "gateway/http/multipart_parser.h"

namespace wanwu::gateway {

// The files of a multipart/form-data body, each as soon as it has arrived. The
// form's other fields are options for the files behind them.
class FormPictures final : public PictureSource {
 public:
  FormPictures(Exchange& exchange, std::string_view boundary,
               v1::ClassifyRequest options, const RequestLimits& limits);

  boost::asio::awaitable<absl::StatusOr<std::optional<Picture>>> Next()
      override;

 private:
  using Event = MultipartParser::Event;

  // Not kNeedMore.
  boost::asio::awaitable<absl::StatusOr<Event>> NextEvent();
  boost::asio::awaitable<absl::Status> ReadOption();
  boost::asio::awaitable<absl::StatusOr<Picture>> ReadFile();
  bool IsUnused(const Picture& picture) const;

  Exchange& exchange_;
  const RequestLimits limits_;
  MultipartParser parser_;
  v1::ClassifyRequest options_;
  int pictures_ = 0;
};

}  // namespace wanwu::gateway
