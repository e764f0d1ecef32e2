#include "tests/support/silent_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace twotier::testing_support {
namespace {

// How long threads wait before they look whether the proxy has ended.
constexpr int kLookMs = 20;
constexpr int kBacklog = 64;
constexpr size_t kBufferBytes = 64 << 10;

void Require(bool ok, const char* what) {
  if (ok) return;
  std::perror(what);
  std::abort();
}

sockaddr_in AddressOf(const std::string& host, int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  Require(inet_pton(AF_INET, host.c_str(), &address.sin_addr) == 1, "address of the server");
  return address;
}

// False when the connection is at its end.
bool Pass(int from, int to, bool drop) {
  char buffer[kBufferBytes];
  const ssize_t got = recv(from, buffer, sizeof(buffer), 0);
  if (got <= 0) return false;
  for (ssize_t sent = 0; !drop && sent < got;) {
    const ssize_t now = send(to, buffer + sent, got - sent, MSG_NOSIGNAL);
    if (now <= 0) return false;
    sent += now;
  }
  return true;
}

}  // namespace

SilentProxy::SilentProxy(const std::string& url) {
  const size_t at = url.find('@');
  const size_t colon = url.find(':', at);
  const size_t path = url.find('/', colon);
  server_host_ = url.substr(at + 1, colon - at - 1);
  Require(path != std::string::npos &&
              absl::SimpleAtoi(url.substr(colon + 1, path - colon - 1), &server_port_),
          "URL of the server");
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in own = AddressOf("127.0.0.1", 0);
  socklen_t size = sizeof(own);
  Require(bind(listener_, reinterpret_cast<sockaddr*>(&own), size) == 0 &&
              listen(listener_, kBacklog) == 0 &&
              getsockname(listener_, reinterpret_cast<sockaddr*>(&own), &size) == 0,
          "listening");
  url_ = absl::StrCat(url.substr(0, at + 1), "127.0.0.1:", ntohs(own.sin_port), url.substr(path));
  accepting_ = std::thread([this] { Accept(); });
}

SilentProxy::~SilentProxy() {
  ended_ = true;
  accepting_.join();
  for (std::thread& connection : connections_) connection.join();
  close(listener_);
}

void SilentProxy::Accept() {
  while (!ended_) {
    pollfd waiting{listener_, POLLIN, 0};
    if (poll(&waiting, 1, kLookMs) <= 0) continue;
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client >= 0) connections_.emplace_back([this, client] { Forward(client); });
  }
}

void SilentProxy::Forward(int client) {
  const int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = AddressOf(server_host_, server_port_);
  bool alive = connect(server, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  bool drop = false;  // For good: a stream with a gap is of no use.
  while (alive && !ended_) {
    pollfd waiting[] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
    if (poll(waiting, 2, kLookMs) < 0) break;
    drop = drop || silent_;
    if (waiting[0].revents != 0) alive = Pass(client, server, drop);
    if (alive && waiting[1].revents != 0) alive = Pass(server, client, drop);
  }
  close(client);
  close(server);
}

}  // namespace twotier::testing_support
