#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace wanwu::test {

// A response as it came off the wire.
struct RawResponse {
  int status = 0;
  // Such as "HTTP/1.1 200 OK".
  std::string status_line;
  // By name in lower case; of repeated ones the last.
  std::map<std::string, std::string> headers;
  // With chunks put together.
  std::string body;

  // Empty if it is not there.
  std::string Header(const std::string& name) const;
};

// Does the response that is read have content?
enum class Content { kAsFramed, kNone };

// One blocking connection to 127.0.0.1 whose bytes the test writes itself.
// Fails the test, by way of an exception, when nothing comes for a minute.
class RawClient {
 public:
  explicit RawClient(int port);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  void Send(std::string_view bytes);

  // False if the other side does not take it all.
  bool TrySend(std::string_view bytes);

  RawResponse Read(Content content = Content::kAsFramed);

  // Sends and reads one response.
  RawResponse Ask(std::string_view bytes,
                  Content content = Content::kAsFramed) {
    Send(bytes);
    return Read(content);
  }

  // Up to and with `end`.
  std::string ReadUntil(std::string_view end);

  // All that still comes until the other side closes.
  std::string ReadRest();

  // As little as possible is taken in while nothing is read. Before Send().
  void ShrinkReceiveBuffer();

  // Sends no more, and still reads.
  void EndSending();

  // Breaks the connection off, so that the other side sees a reset.
  void Reset();
  void Close();

 private:
  // False at the end.
  bool Fill();
  std::string Take(std::size_t bytes);
  std::string ReadChunks();

  int socket_ = -1;
  std::string buffer_;
};

}  // namespace wanwu::test
