#include "gateway/http/multipart_parser.h"

#include <boost/url/pct_string_view.hpp>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gateway/errors/gateway_error.h"
#include "gateway/http/media_type.h"

namespace wanwu::gateway {
namespace {

constexpr std::size_t kLongestBoundary = 70;  // RFC 2046 §5.1.1
constexpr std::size_t kMaxHeaderBytes = 4 << 10;
constexpr std::size_t kMaxPreambleBytes = 4 << 10;
constexpr std::string_view kEndOfLine = "\r\n";
constexpr std::string_view kEndOfHeaders = "\r\n\r\n";

// Of a header of that name, which is in lower case and has its colon.
std::optional<MediaType> ValueOf(absl::string_view name,
                                 absl::string_view line) {
  if (!absl::StartsWithIgnoreCase(line, name)) return std::nullopt;
  line.remove_prefix(name.size());
  return ParseMediaType({line.data(), line.size()});
}

// That in "filename*" is UTF-8''NAME with %XX (RFC 8187).
std::string FileName(const MediaType& disposition) {
  if (disposition.parameters.contains("filename")) {
    return disposition.Parameter("filename");
  }
  const std::string extended = disposition.Parameter("filename*");
  const std::size_t name = extended.find("''");
  if (name == std::string::npos) return extended;
  const auto encoded = boost::urls::make_pct_string_view(
      std::string_view(extended).substr(name + 2));
  return encoded ? encoded->decode() : extended.substr(name + 2);
}

}  // namespace

MultipartParser::MultipartParser(std::string_view boundary)
    : delimiter_(absl::StrCat("\r\n--", std::string(boundary))),
      // So that a delimiter at the very beginning is found like any other.
      buffer_(kEndOfLine) {
  if (boundary.empty() || boundary.size() > kLongestBoundary) {
    Fail("the boundary must have 1 to 70 characters");
  }
}

void MultipartParser::Feed(std::string_view piece) {
  buffer_.erase(0, position_);
  position_ = 0;
  buffer_.append(piece);
}

std::string_view MultipartParser::Rest() const {
  return std::string_view(buffer_).substr(position_);
}

bool MultipartParser::Exceeds(std::size_t found, std::size_t limit,
                              std::size_t mark_size) const {
  if (found != std::string_view::npos) return found > limit;
  // All but one byte of the mark may be here.
  return Rest().size() > limit + mark_size - 1;
}

MultipartParser::Event MultipartParser::Next() {
  switch (state_) {
    case State::kPreamble:
      return NextInPreamble();
    case State::kDelimiter:
      return NextAfterDelimiter();
    case State::kHeaders:
      return NextInHeaders();
    case State::kBody:
      return NextInBody();
    case State::kDone:
      // What follows the last delimiter is of no account.
      position_ = buffer_.size();
      return ended_ ? Event::kEnd : Event::kNeedMore;
    case State::kFailed:
      break;
  }
  return Event::kError;
}

MultipartParser::Event MultipartParser::Fail(std::string_view message) {
  state_ = State::kFailed;
  error_ = GatewayError(
      absl::StatusCode::kInvalidArgument, kFormMalformed,
      absl::StrCat("malformed multipart/form-data: ", std::string(message)));
  return Event::kError;
}

MultipartParser::Event MultipartParser::NeedMore(std::string_view what) {
  if (!ended_) return Event::kNeedMore;
  return Fail(absl::StrCat("the body ends within ", std::string(what)));
}

MultipartParser::Event MultipartParser::NextInPreamble() {
  const std::size_t found = Rest().find(delimiter_);
  if (Exceeds(found, kMaxPreambleBytes, delimiter_.size())) {
    return Fail("no boundary");
  }
  if (found == std::string_view::npos) {
    return NeedMore("what precedes the first boundary");
  }
  Skip(found + delimiter_.size());
  state_ = State::kDelimiter;
  return NextAfterDelimiter();
}

MultipartParser::Event MultipartParser::NextAfterDelimiter() {
  const std::string_view rest = Rest();
  if (rest.starts_with("--")) {
    state_ = State::kDone;
    return Next();
  }
  const std::size_t line_end = rest.find(kEndOfLine);
  if (Exceeds(line_end, kMaxHeaderBytes, kEndOfLine.size())) {
    return Fail("a boundary without end");
  }
  if (line_end == std::string_view::npos) return NeedMore("a boundary");
  if (rest.substr(0, line_end).find_first_not_of(" \t") !=
      std::string_view::npos) {
    return Fail("text behind a boundary");
  }
  // The line's end may be the beginning of the headers' end.
  Skip(line_end);
  state_ = State::kHeaders;
  return NextInHeaders();
}

MultipartParser::Event MultipartParser::NextInHeaders() {
  const std::string_view rest = Rest();
  const std::size_t end = rest.find(kEndOfHeaders);
  if (Exceeds(end, kMaxHeaderBytes, kEndOfHeaders.size())) {
    return Fail("the headers of a part exceed 4096 bytes");
  }
  if (end == std::string_view::npos) return NeedMore("the headers of a part");
  error_ = ReadHeaders(rest.substr(0, end));
  if (!error_.ok()) return Fail(std::string(error_.message()));
  // Keeps the line's end: the part may be empty, so that its delimiter begins
  // with it.
  Skip(end + 2);
  state_ = State::kBody;
  data_ = {};
  return Event::kPart;
}

absl::Status MultipartParser::ReadHeaders(std::string_view headers) {
  name_.clear();
  file_name_.clear();
  is_file_ = false;
  bool named = false;
  for (const absl::string_view line : absl::StrSplit(
           absl::string_view(headers.data(), headers.size()), "\r\n")) {
    if (const auto type = ValueOf("content-type:", line)) {
      is_file_ = is_file_ || !type->name.starts_with("text/");
    }
    const auto disposition = ValueOf("content-disposition:", line);
    if (!disposition || named) continue;
    if (disposition->name != "form-data") break;
    named = true;
    name_ = disposition->Parameter("name");
    is_file_ = is_file_ || disposition->parameters.contains("filename") ||
               disposition->parameters.contains("filename*");
    file_name_ = FileName(*disposition);
  }
  return named ? absl::OkStatus()
               : absl::InvalidArgumentError("a part without name");
}

MultipartParser::Event MultipartParser::NextInBody() {
  // The line's end behind the headers is not part of the data.
  std::string_view rest = Rest();
  const bool at_start = data_.data() == nullptr;
  const std::size_t found = rest.find(delimiter_);
  const std::size_t begin = at_start ? 2 : 0;
  if (found != std::string_view::npos) {
    if (found > begin) {
      data_ = rest.substr(begin, found - begin);
      Skip(found);
      return Event::kData;
    }
    Skip(found + delimiter_.size());
    state_ = State::kDelimiter;
    return Event::kPartEnd;
  }
  // The end may be the beginning of a delimiter.
  const std::size_t keep = delimiter_.size() - 1;
  if (rest.size() <= keep + begin) return NeedMore("a part");
  data_ = rest.substr(begin, rest.size() - keep - begin);
  Skip(rest.size() - keep);
  return Event::kData;
}

}  // namespace wanwu::gateway
