#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "gateway/api/picture_source.h"
#include "gateway/http/exchange.h"
#include "gateway/http/multipart_parser.h"

namespace wanwu::gateway {

struct FormLimits {
  std::uint64_t max_body_bytes = std::uint64_t{1} << 30;
  std::size_t max_image_bytes = 16 << 20;
  int max_pictures = 1000;
};

// The files of a multipart/form-data body, each as soon as it has arrived. The
// form's other fields are options for the files behind them.
class FormPictures final : public PictureSource {
 public:
  FormPictures(Exchange& exchange, std::string_view boundary,
               v1::ClassifyRequest options, const FormLimits& limits);

  boost::asio::awaitable<absl::StatusOr<std::optional<Picture>>> Next()
      override;

 private:
  using Event = MultipartParser::Event;

  // Not kNeedMore.
  boost::asio::awaitable<absl::StatusOr<Event>> NextEvent();
  boost::asio::awaitable<absl::Status> ReadOption();
  boost::asio::awaitable<absl::StatusOr<Picture>> ReadFile();

  Exchange& exchange_;
  const FormLimits limits_;
  MultipartParser parser_;
  v1::ClassifyRequest options_;
  int pictures_ = 0;
};

}  // namespace wanwu::gateway
