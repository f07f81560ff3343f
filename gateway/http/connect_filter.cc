#include "gateway/http/connect_filter.h"

#include <linux/filter.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>

namespace wanwu::gateway {

bool IgnoreNewConnects(int listening_socket) {
  // Of a TCP header, which is where a TCP socket's filter begins to count.
  constexpr unsigned kFlagsOffset = 13;
  constexpr unsigned kWhole = 0xffff'ffff;
  // No SYN, or one that acknowledges: passes. Else it is dropped.
  std::array<sock_filter, 5> program = {{
      BPF_STMT(BPF_LD | BPF_B | BPF_ABS, kFlagsOffset),
      BPF_STMT(BPF_ALU | BPF_AND | BPF_K, TH_SYN | TH_ACK),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, TH_SYN, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, 0),
      BPF_STMT(BPF_RET | BPF_K, kWhole),
  }};
  const sock_fprog filter = {static_cast<unsigned short>(program.size()),
                             program.data()};
  return setsockopt(listening_socket, SOL_SOCKET, SO_ATTACH_FILTER, &filter,
                    sizeof(filter)) == 0;
}

}  // namespace wanwu::gateway
