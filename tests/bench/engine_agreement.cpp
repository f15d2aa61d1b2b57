// Random faults of every site, effect and width, single and permanent ones, run by the engine and
// by a computation of the whole network, on integer networks from files and the first images of
// cifar10. usage: engine_agreement dense|explanation|array_model FAULTS SEED INTEGER.h5...
#include "../faultsim/engine_agreement.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <numeric>
#include <string_view>

#include "../faultsim/some_faults.h"
#include "data/dataset.h"
#include "kernels/error.h"
#include "store/integer_network_file.h"

namespace citrine::testing {
namespace {

using Images = std::vector<std::vector<std::int16_t>>;

constexpr std::size_t kImages = 256, kAtOnce = 2;
constexpr std::uint32_t kArraySide = 32;
constexpr std::string_view kReferences[] = {"dense", "explanation", "array_model"};

Reference reference(std::string_view name) {
  for (std::size_t i = 0; i < std::size(kReferences); ++i)
    if (kReferences[i] == name) return static_cast<Reference>(i);
  throw Error("the reference must be dense, explanation or array_model, got ", name);
}

Images images_of(const IntegerNetwork& network) {
  const auto dataset = load_dataset("cifar10", {.limit = kImages});
  std::vector<float> image(static_cast<std::size_t>(dataset.test.shape.elements()));
  Images images;
  for (std::int64_t i = 0; i < dataset.test.count(); ++i) {
    normalize(dataset, dataset.test.image(i), image);
    images.push_back(encode_input(network, image.data()));
  }
  return images;
}

std::uint64_t total(const std::array<std::uint64_t, kSites>& counts) {
  return std::reduce(counts.begin(), counts.end());
}

// Each part has a fault model, an engine and images of its own.
Agreement compare(const IntegerNetwork& network, std::uint64_t faults, AgreementSettings settings) {
  const auto images = images_of(network);
  const auto backend = make_backend("cpu");
  // Every effect and width at least once.
  settings.each = std::max<std::uint64_t>(1, faults / (32 * kSites));
  Agreement all;
  for (std::uint64_t part = 0; total(all.faults) < faults; ++part) {
    settings.model = model_of(settings.seed);
    settings.model.array.rows = settings.model.array.columns = kArraySide;
    const Engine engine(network, *backend, settings.model.array);
    all +=
        compare_runs(engine, network,
                     std::span(images).subspan(part * kAtOnce % images.size(), kAtOnce), settings);
    ++settings.seed;
  }
  return all;
}

void print(const char* file, const Agreement& all, double seconds) {
  std::printf("%s: %zu mismatches of %llu faults, %llu trials, %.0f s\n", file,
              all.mismatches.size(), static_cast<unsigned long long>(total(all.faults)),
              static_cast<unsigned long long>(total(all.trials)), seconds);
  for (std::size_t site = 0; site < kSites; ++site)
    if (all.faults[site] > 0)
      std::printf("  %-18s %8llu faults, %8llu trials, %8llu of them with other logits\n",
                  std::string(name_of(static_cast<Site>(site))).c_str(),
                  static_cast<unsigned long long>(all.faults[site]),
                  static_cast<unsigned long long>(all.trials[site]),
                  static_cast<unsigned long long>(all.changed_answers[site]));
  for (const auto& mismatch : all.mismatches) std::printf("  differs: %s\n", mismatch.c_str());
  std::fflush(stdout);
}

int run(int count, char** words) {
  if (count < 5)
    throw Error("usage: engine_agreement dense|explanation|array_model FAULTS SEED INTEGER.h5...");
  const AgreementSettings settings{.seed = std::strtoull(words[3], nullptr, 10),
                                   .reference = reference(words[1])};
  bool agrees = true;
  for (int i = 4; i < count; ++i) {
    const auto start = std::chrono::steady_clock::now();
    const auto network = read_integer_network(words[i]).network;
    const auto all = compare(network, std::strtoull(words[2], nullptr, 10), settings);
    print(words[i], all,
          std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    agrees = agrees && all.mismatches.empty();
  }
  return agrees ? 0 : 1;
}

}  // namespace
}  // namespace citrine::testing

int main(int argc, char** argv) try {
  return citrine::testing::run(argc, argv);
} catch (const std::exception& error) {
  std::fprintf(stderr, "engine_agreement: %s\n", error.what());
  return 2;
}
