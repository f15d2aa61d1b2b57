#include "data/download.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <exception>
#include <memory>
#include <system_error>

#include <curl/curl.h>

#include "kernels/error.h"

namespace citrine {
namespace {

namespace fs = std::filesystem;
using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;
using Handle = std::unique_ptr<CURL, void (*)(CURL*)>;

constexpr long kStallSeconds = 60, kConnectSeconds = 30, kLeastBytesPerSecond = 1;
constexpr long kWhole = 200, kPartial = 206, kNothingLeft = 416;
constexpr int kMostAttempts = 20;

struct Transfer {
  CURL* handle;
  std::FILE* file;
  std::int64_t start;  // bytes of an earlier transfer
  const TransferProgress* progress;
  std::exception_ptr thrown = nullptr;
  int write_error = 0;  // as in errno
};

long status_of(CURL* handle) {
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  return status;
}

// A server that ignores the range sends the whole file again.
bool restart_if_whole(Transfer& transfer) {
  if (transfer.start == 0 || status_of(transfer.handle) != kWhole) return true;
  transfer.start = 0;
  std::rewind(transfer.file);
  return ftruncate(fileno(transfer.file), 0) == 0;
}

std::size_t on_bytes(char* bytes, std::size_t, std::size_t count, void* context) {
  auto& transfer = *static_cast<Transfer*>(context);
  const long status = status_of(transfer.handle);
  if (status != kWhole && status != kPartial) return count;  // the text of a failure is not kept
  const bool is_written =
      restart_if_whole(transfer) && std::fwrite(bytes, 1, count, transfer.file) == count;
  if (!is_written) transfer.write_error = errno;
  return is_written ? count : 0;
}

int on_progress(void* context, curl_off_t total, curl_off_t done, curl_off_t, curl_off_t) {
  auto& transfer = *static_cast<Transfer*>(context);
  try {
    if (*transfer.progress)
      (*transfer.progress)(transfer.start + done, total == 0 ? 0 : transfer.start + total);
    return 0;
  } catch (...) {
    transfer.thrown = std::current_exception();
    return 1;
  }
}

Handle make_handle() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  Handle handle(started == CURLE_OK ? curl_easy_init() : nullptr, curl_easy_cleanup);
  if (!handle) throw Error("the network library must start, but did not");
  return handle;
}

void set_options(CURL* handle, const std::string& url, Transfer& transfer) {
  curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, kLeastBytesPerSecond);
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, kStallSeconds);
  // A range by hand: libcurl itself gives up when the server ignores it.
  if (transfer.start > 0)
    curl_easy_setopt(handle, CURLOPT_RANGE, (std::to_string(transfer.start) + "-").c_str());
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_bytes);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, on_progress);
  curl_easy_setopt(handle, CURLOPT_XFERINFODATA, &transfer);
}

void check_status(long status, const std::string& url) {
  if (status != 0 && status != kWhole && status != kPartial && status != kNothingLeft)
    throw Error(url, ": the server must send the file, but answers with status ", status);
}

std::int64_t size_of(const fs::path& path) {
  return fs::exists(path) ? static_cast<std::int64_t>(fs::file_size(path)) : 0;
}

[[noreturn]] void fail_to_write(const fs::path& part, int error) {
  throw Error(part.string(), ": cannot be written: ", std::generic_category().message(error));
}

// Empty when the file is whole, otherwise why the transfer ended.
std::string attempt(const std::string& url, const fs::path& part,
                    const TransferProgress& progress) {
  const File file(std::fopen(part.c_str(), "ab"), std::fclose);
  if (!file) fail_to_write(part, errno);
  std::setvbuf(file.get(), nullptr, _IONBF, 0);
  const Handle handle = make_handle();
  Transfer transfer{handle.get(), file.get(), size_of(part), &progress};
  set_options(handle.get(), url, transfer);
  const CURLcode code = curl_easy_perform(handle.get());
  if (transfer.thrown) std::rethrow_exception(transfer.thrown);
  if (transfer.write_error != 0) fail_to_write(part, transfer.write_error);
  check_status(status_of(handle.get()), url);
  return code == CURLE_OK ? "" : curl_easy_strerror(code);
}

}  // namespace

void download(const std::string& url, const fs::path& part, const TransferProgress& progress) {
  std::string failure;
  for (int i = 0; i < kMostAttempts; ++i) {
    const std::int64_t before = size_of(part);
    failure = attempt(url, part, progress);
    if (failure.empty()) return;
    if (size_of(part) <= before) break;
  }
  throw Error(url, ": the transfer must end, but was cut after ", size_of(part), " bytes (",
              failure, "); fetching again continues it");
}

}  // namespace citrine
