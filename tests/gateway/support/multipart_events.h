#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/http/multipart_parser.h"

namespace wanwu::test {

// What a parser told of a body: "part NAME FILE", "field NAME", "data BYTES"
// (all of a part's at once, none if it is empty), then "end" or "error". Feeds
// `pieces`, in order.
inline std::vector<std::string> MultipartEvents(
    std::string_view boundary, const std::vector<std::string_view>& pieces) {
  using Event = gateway::MultipartParser::Event;
  gateway::MultipartParser parser(boundary);
  std::vector<std::string> events;
  std::string data;
  std::size_t next = 0;
  while (true) {
    switch (parser.Next()) {
      case Event::kNeedMore:
        next < pieces.size() ? parser.Feed(pieces[next]) : parser.FeedEnd();
        ++next;
        break;
      case Event::kPart:
        data.clear();
        events.push_back(parser.is_file() ? "part " + parser.name() + " " +
                                                parser.file_name()
                                          : "field " + parser.name());
        break;
      case Event::kData:
        data += parser.data();
        break;
      case Event::kPartEnd:
        if (!data.empty()) events.push_back("data " + data);
        break;
      case Event::kEnd:
        events.emplace_back("end");
        return events;
      case Event::kError:
        events.emplace_back("error");
        return events;
    }
  }
}

}  // namespace wanwu::test
