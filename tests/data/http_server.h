#pragma once
// A file server on the loopback address that can cut a transfer, ignore ranges, or fail.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace citrine::testing {

class HttpServer {
 public:
  HttpServer() : listener_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        listen(listener_, 8) != 0)
      throw std::runtime_error("no port on the loopback address");
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~HttpServer() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  std::string url(const std::string& file) const {
    return "http://127.0.0.1:" + std::to_string(port_) + "/" + file;
  }
  // First byte asked for by each request so far.
  std::vector<std::size_t> starts() {
    const std::lock_guard lock(mutex_);
    return starts_;
  }

  // Set between calls of the code under test.
  std::map<std::string, std::string> files;
  std::atomic<std::size_t> most_bytes =
      std::string::npos;  // of one answer, then the connection is cut
  std::atomic<bool> knows_ranges = true;

 private:
  void serve() {
    for (;;) {
      const int connection = accept(listener_, nullptr, nullptr);
      if (connection < 0) return;
      answer(connection);
      close(connection);
    }
  }

  static std::string request_of(int connection) {
    std::string request;
    char buffer[4096];
    while (request.find("\r\n\r\n") == std::string::npos) {
      const auto got = recv(connection, buffer, sizeof buffer, 0);
      if (got <= 0) break;
      request.append(buffer, static_cast<std::size_t>(got));
    }
    return request;
  }

  static void send_all(int connection, const std::string& text) {
    for (std::size_t sent = 0; sent < text.size();) {
      const auto step = send(connection, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
      if (step <= 0) return;
      sent += static_cast<std::size_t>(step);
    }
  }

  void answer(int connection) {
    const std::string request = request_of(connection);
    const auto range = request.find("Range: bytes=");
    const std::size_t start =
        range == std::string::npos ? 0 : std::stoul(request.substr(range + 13));
    const std::lock_guard lock(mutex_);
    starts_.push_back(start);
    const auto first = request.find('/') + 1;
    const auto found = files.find(request.substr(first, request.find(' ', first) - first));
    if (found == files.end()) return send_all(connection, head("404 Not Found", 7) + "missing");
    if (knows_ranges && start >= found->second.size() && start > 0)
      return send_all(connection, head("416 Range Not Satisfiable", 0));
    const std::string body = found->second.substr(knows_ranges ? start : 0);
    const bool partial = start > 0 && knows_ranges;
    send_all(connection, head(partial ? "206 Partial Content" : "200 OK", body.size()) +
                             body.substr(0, most_bytes));
  }

  static std::string head(const std::string& status, std::size_t size) {
    return "HTTP/1.1 " + status +
           "\r\nConnection: close\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n";
  }

  int listener_, port_ = 0;
  std::mutex mutex_;
  std::vector<std::size_t> starts_;
  std::thread thread_;
};

}  // namespace citrine::testing
