#pragma once
// One file from a server, continued where an earlier transfer was cut.
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace citrine {

// Bytes there and bytes in all (0 while unknown); what it throws ends the transfer and is passed
// on.
using TransferProgress = std::function<void(std::int64_t done, std::int64_t total)>;

// Fetches `url` (http or https) into `part`, after the bytes that it holds already. A cut transfer
// is continued while each attempt brings new bytes; then Error, and `part` stays for the next call.
void download(const std::string& url, const std::filesystem::path& part,
              const TransferProgress& progress);

}  // namespace citrine
