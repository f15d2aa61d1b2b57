// Inferences of ResNet-20 at a bit error rate against fault-free ones of the same batch, in turn on
// one thread. Goal: at most 1.3 times as long, faults drawn included. Random weights, or an integer
// network from a file. usage: error_rate_bench [rounds] [integer.h5]
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <tbb/global_control.h>

#include "bench/contest.h"
#include "faultsim/campaign.h"
#include "faultsim/resnet20.h"
#include "kernels/backend.h"
#include "quant/prepared_network.h"
#include "store/integer_network_file.h"

namespace citrine {
namespace {

constexpr int kBatch = 64;
constexpr Site kCurveSites[] = {Site::weight_operand, Site::activation_operand,
                                Site::product,        Site::accumulator,
                                Site::weight_memory,  Site::activation_memory};
constexpr double kRates[] = {1e-8, 1e-7, 1e-6, 1e-5, 1e-4};
const std::string kFree = "fault-free";

std::string name_of_point(const CurvePoint& point) {
  char text[64];
  std::snprintf(text, sizeof text, "%-18s %.0e", std::string(name_of(point.site)).c_str(),
                point.rate);
  return text;
}

void run(int rounds, const char* file) {
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, 1);
  auto builder = testing::resnet20_builder();
  const auto network = file == nullptr ? builder.finish() : read_integer_network(file).network;
  CampaignImages images;
  for (std::uint64_t i = 0; i < kBatch; ++i) {
    const auto codes = builder.image(i);
    images.codes.insert(images.codes.end(), codes.begin(), codes.end());
    images.labels.push_back(0);
  }
  const auto codes = images.codes;
  const auto backend = make_backend("cpu");
  CampaignSettings settings;
  settings.rates.assign(std::begin(kRates), std::end(kRates));
  settings.curve_sites.assign(std::begin(kCurveSites), std::end(kCurveSites));
  settings.curve_seeds = 1;
  const Campaign campaign(network, std::move(images), settings, *backend);
  const PreparedNetwork prepared(network);
  Contest contest(1);
  contest.add(kFree, kBatch, [&] { prepared.logits(codes, kBatch); });
  std::vector<CurvePoint> points;
  for (std::uint64_t i = 0; i < campaign.curve_points(); ++i) {
    points.push_back(campaign.run_point(i));
    contest.add(name_of_point(points.back()), kBatch, [&campaign, i] { campaign.run_point(i); });
  }
  contest.run(rounds);
  std::printf("%s: %.0f us an image\n", kFree.c_str(), 1e6 / contest.rate(kFree));
  for (const auto& point : points) {
    const auto name = name_of_point(point);
    std::printf(
        "  %s  %9.1f faults an image, %6.2f times as long\n", name.c_str(),
        static_cast<double>(point.faults) / (point.site == Site::weight_memory ? 1 : kBatch),
        contest.ratio(kFree, name));
  }
}

}  // namespace
}  // namespace citrine

int main(int argc, char** argv) {
  citrine::run(argc > 1 ? std::atoi(argv[1]) : 11, argc > 2 ? argv[2] : nullptr);
}
