#include "data/checksum.h"

#include <array>
#include <fstream>
#include <memory>
#include <vector>

#include <openssl/evp.h>

#include "kernels/error.h"

namespace citrine {
namespace {

using Context = std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)>;

Context start(const std::string& algorithm) {
  const EVP_MD* digest = algorithm == "md5"      ? EVP_md5()
                         : algorithm == "sha256" ? EVP_sha256()
                                                 : nullptr;
  if (digest == nullptr) throw Error("checksum must be md5 or sha256, got '", algorithm, "'");
  Context context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  if (!context || EVP_DigestInit_ex(context.get(), digest, nullptr) != 1)
    throw Error("checksum ", algorithm, " is not available on this machine");
  return context;
}

void add_file(const std::filesystem::path& path, EVP_MD_CTX* context) {
  if (!std::filesystem::is_regular_file(path)) throw Error(path.string(), ": a file must be here");
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(path.string(), ": cannot be opened");
  std::vector<char> chunk(std::size_t{1} << 20);
  while (file.read(chunk.data(), static_cast<std::streamsize>(chunk.size())) || file.gcount() > 0)
    EVP_DigestUpdate(context, chunk.data(), static_cast<std::size_t>(file.gcount()));
  if (file.bad()) throw Error(path.string(), ": cannot be read to its end");
}

std::string hexadecimal(EVP_MD_CTX* context) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  EVP_DigestFinal_ex(context, bytes.data(), &size);
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (unsigned i = 0; i < size; ++i)
    text += {kDigits[bytes.at(i) >> 4], kDigits[bytes.at(i) & 15]};
  return text;
}

}  // namespace

std::string checksum(std::span<const std::uint8_t> bytes) {
  const Context context = start("sha256");
  EVP_DigestUpdate(context.get(), bytes.data(), bytes.size());
  return "sha256:" + hexadecimal(context.get());
}

std::string checksum(const std::filesystem::path& path, const std::string& algorithm) {
  const Context context = start(algorithm);
  add_file(path, context.get());
  return algorithm + ":" + hexadecimal(context.get());
}

void verify_checksum(const std::filesystem::path& path, const std::string& expected) {
  const std::string got = checksum(path, expected.substr(0, expected.find(':')));
  if (got != expected)
    throw Error(path.string(), ": must have checksum ", expected, ", but has ", got);
}

}  // namespace citrine
