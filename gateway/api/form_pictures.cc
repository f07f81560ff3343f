#include "gateway/api/form_pictures.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/api/classify_options.h"
#include "gateway/api/mangled_picture.h"
#include "gateway/errors/gateway_error.h"
#include "gateway/http/counted_bytes.h"

namespace wanwu::gateway {
namespace {

namespace asio = boost::asio;

// These names are no options, so that callers who leave the file's name out
// can mean a picture only.
bool IsPicture(const MultipartParser& part) {
  return part.is_file() || part.name() == "file" || part.name() == "image";
}

}  // namespace

FormPictures::FormPictures(Exchange& exchange, std::string_view boundary,
                           v1::ClassifyRequest options,
                           const RequestLimits& limits)
    : exchange_(exchange),
      limits_(limits),
      parser_(boundary),
      options_(std::move(options)) {}

asio::awaitable<absl::StatusOr<FormPictures::Event>> FormPictures::NextEvent() {
  while (true) {
    const Event event = parser_.Next();
    if (event == Event::kError) co_return parser_.error();
    if (event != Event::kNeedMore) co_return event;
    auto read = exchange_.ReadBody(limits_.max_form_bytes);
    const absl::StatusOr<std::string_view> piece = co_await std::move(read);
    if (!piece.ok()) co_return piece.status();
    if (piece->empty()) {
      parser_.FeedEnd();
    } else {
      parser_.Feed(*piece);
    }
  }
}

asio::awaitable<absl::StatusOr<std::optional<Picture>>> FormPictures::Next() {
  while (true) {
    auto next = NextEvent();
    const absl::StatusOr<Event> event = co_await std::move(next);
    if (!event.ok()) co_return event.status();
    if (*event == Event::kEnd) {
      if (pictures_ > 0) co_return std::nullopt;
      co_return FieldError("file", "the form holds no picture");
    }
    if (*event != Event::kPart) continue;
    if (!IsPicture(parser_)) {
      auto read = ReadOption();
      const absl::Status status = co_await std::move(read);
      if (!status.ok()) co_return status;
      continue;
    }
    if (++pictures_ > limits_.max_pictures) {
      co_return FieldError("file",
                           absl::StrCat("at most ", limits_.max_pictures,
                                        " pictures in one request"));
    }
    auto read = ReadFile();
    absl::StatusOr<Picture> picture = co_await std::move(read);
    if (!picture.ok()) co_return picture.status();
    if (!IsUnused(*picture)) co_return *std::move(picture);
    --pictures_;
  }
}

// What a browser sends of a file input in which nothing was chosen.
bool FormPictures::IsUnused(const Picture& picture) const {
  return parser_.file_name().empty() && picture.request.ok() &&
         picture.request->image().empty();
}

asio::awaitable<absl::Status> FormPictures::ReadOption() {
  const std::string name = parser_.name();
  std::string value;
  while (true) {
    auto next = NextEvent();
    const absl::StatusOr<Event> event = co_await std::move(next);
    if (!event.ok()) co_return event.status();
    if (*event == Event::kPartEnd) break;
    value.append(parser_.data());
    // Refused below.
    if (value.size() > kMaxOptionBytes) break;
  }
  const absl::Status status = SetClassifyOption(name, name, value, options_);
  if (!absl::IsNotFound(status)) co_return status;
  co_return FieldError(
      name.substr(0, 64),
      "unknown field; a picture needs a file name or the name file");
}

asio::awaitable<absl::StatusOr<Picture>> FormPictures::ReadFile() {
  Picture picture{parser_.file_name(), options_,
                  BudgetShare(exchange_.budget())};
  if (picture.id.empty()) picture.id = std::to_string(pictures_ - 1);
  CountedBytes bytes(picture.share, limits_.max_image_bytes);
  while (true) {
    auto next = NextEvent();
    const absl::StatusOr<Event> event = co_await std::move(next);
    if (!event.ok()) co_return event.status();
    if (*event == Event::kPartEnd) break;
    const std::string_view data = parser_.data();
    // What is too large is read to its end, since others follow.
    if (!picture.request.ok()) continue;
    if (bytes.size() + data.size() > limits_.max_image_bytes) {
      picture.request = ImageTooLargeError(limits_.max_image_bytes);
    } else if (!bytes.Append(data)) {
      picture.request = BufferFullError(exchange_.budget().limit());
    }
    if (picture.request.ok()) continue;
    static_cast<void>(bytes.Take());
    picture.share.Release();
  }
  if (!picture.request.ok()) co_return picture;
  picture.request->set_image(bytes.Take());
  const absl::Status mangled = CheckNotMangled(picture.request->image());
  if (!mangled.ok()) picture.request = mangled;
  co_return picture;
}

}  // namespace wanwu::gateway
