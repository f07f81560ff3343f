#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace wanwu::gateway {

// Takes a multipart/form-data body (RFC 7578) apart while it arrives. Holds at
// most one part's headers and what was fed last. Not thread-safe.
//
//   while (true) {
//     switch (parser.Next()) {
//       case kNeedMore: parser.Feed(piece) or parser.FeedEnd(); break;
//       case kPart:     parser.name(), parser.file_name() …; break;
//       case kData:     parser.data() belongs to that part; break;
//       case kPartEnd:  break;
//       case kEnd:      return;
//       case kError:    return parser.error();
//     }
//   }
class MultipartParser {
 public:
  enum class Event { kNeedMore, kPart, kData, kPartEnd, kEnd, kError };

  // Of the Content-Type: 1 to 70 characters, else the first event is kError.
  explicit MultipartParser(std::string_view boundary);

  // After kNeedMore only.
  void Feed(std::string_view piece);
  // The body is over.
  void FeedEnd() { ended_ = true; }

  Event Next();

  // Of the present part.
  const std::string& name() const { return name_; }
  // Is it a file, even one without a name? Of a part that has none to say so
  // the type decides: text is a field.
  bool is_file() const { return is_file_; }
  const std::string& file_name() const { return file_name_; }
  // Valid until the next call of Next().
  std::string_view data() const { return data_; }

  // Why kError. INVALID_ARGUMENT.
  const absl::Status& error() const { return error_; }

 private:
  enum class State { kPreamble, kDelimiter, kHeaders, kBody, kDone, kFailed };

  Event Fail(std::string_view message);
  Event NeedMore(std::string_view what);
  Event NextInPreamble();
  Event NextAfterDelimiter();
  Event NextInHeaders();
  Event NextInBody();
  absl::Status ReadHeaders(std::string_view headers);
  std::string_view Rest() const;
  // Is a mark, found at `found` or not yet, more than `limit` bytes away? The
  // same however the body was split.
  bool Exceeds(std::size_t found, std::size_t limit,
               std::size_t mark_size) const;
  void Skip(std::size_t bytes) { position_ += bytes; }

  // CR LF "--" and the boundary.
  const std::string delimiter_;
  State state_ = State::kPreamble;
  // Fed; what lies before position_ is used up.
  std::string buffer_;
  std::size_t position_ = 0;
  bool ended_ = false;

  std::string name_;
  std::string file_name_;
  bool is_file_ = false;
  std::string_view data_;
  absl::Status error_;
};

}  // namespace wanwu::gateway
