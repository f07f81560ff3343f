#pragma once

namespace wanwu::gateway {

// From now on the listening socket takes no notice of who begins to connect;
// who has begun still gets through. Closing the socket resets those whom nobody
// has accepted, although they may have sent a request already: this way there
// can be none. Whoever is not noticed asks again after a second, and finds
// another process on the port or is refused. False where the system cannot.
bool IgnoreNewConnects(int listening_socket);

}  // namespace wanwu::gateway
