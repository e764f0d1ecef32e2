// A TCP proxy that can fall silent: what a server looks like whose processes are stopped while its
// machine still acknowledges every packet.
#ifndef TWOTIER_TESTS_SUPPORT_SILENT_PROXY_H_
#define TWOTIER_TESTS_SUPPORT_SILENT_PROXY_H_

#include <atomic>
#include <list>
#include <string>
#include <thread>

namespace twotier::testing_support {

// Forwards connections to 127.0.0.1:port() to the server of a URL. A proxy that cannot listen ends
// the process. Its functions are thread-safe.
class SilentProxy {
 public:
  // `url`: "postgresql://user@HOST:PORT/name", HOST an address of IPv4.
  explicit SilentProxy(const std::string& url);
  // Closes every connection.
  ~SilentProxy();
  SilentProxy(const SilentProxy&) = delete;
  SilentProxy& operator=(const SilentProxy&) = delete;

  // The given URL, by way of the proxy.
  const std::string& url() const { return url_; }

  // While true, connections are still made and bytes are taken, but nothing is forwarded any more.
  // Connections that were made before do not come back to life.
  void SetSilent(bool silent) { silent_ = silent; }

 private:
  void Accept();
  void Forward(int client);

  std::string url_;
  std::string server_host_;
  int server_port_ = 0;
  int listener_ = -1;
  std::atomic<bool> silent_{false};
  std::atomic<bool> ended_{false};
  std::list<std::thread> connections_;  // Of the accepting thread; after it, of the destructor.
  std::thread accepting_;
};

}  // namespace twotier::testing_support

#endif  // TWOTIER_TESTS_SUPPORT_SILENT_PROXY_H_
