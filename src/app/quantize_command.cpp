#include <algorithm>
#include <chrono>
#include <cmath>
#include <iostream>
#include <limits>

#include <spdlog/fmt/fmt.h>

#include "app/commands.h"
#include "app/evaluation.h"
#include "app/interrupt.h"
#include "app/log.h"
#include "app/network_source.h"
#include "app/progress.h"
#include "app/settings.h"
#include "app/target.h"
#include "kernels/error.h"
#include "lower/lower.h"
#include "store/files.h"

namespace citrine {
namespace {

Scheme scheme_of(const std::string& name, const Options& options) {
  auto result = scheme(name);
  result.is_per_channel = options.toggle("per-channel");
  return result;
}

// A float network, and the images that it is quantized and tested with.
struct Subject {
  Dataset dataset;
  Network network;
  std::vector<float> calibration;
  ImageSet test;
};

Subject load_subject(const Options& options) {
  const auto& name = options.arguments().front();
  if (is_integer_network(name)) throw Error(name, " is an integer network already");
  auto dataset = load_dataset(options);
  auto network = load_network(name, options, &dataset);
  const auto images =
      sample(dataset.train, options.integer("images"), split(key_of(options), "calibration"));
  auto calibration = normalized_images(dataset, select(dataset.train, images));
  auto test =
      drawn_images(dataset.test, options.integer("test-images"), split(key_of(options), "test"));
  return {std::move(dataset), std::move(network), std::move(calibration), std::move(test)};
}

IntegerNetwork lower_network(const Subject& subject, const Scheme& scheme, const Options& options) {
  Progress progress("quantize");
  const auto elements = static_cast<std::size_t>(subject.dataset.train.shape.elements());
  return lower(subject.network, subject.calibration,
               static_cast<std::int64_t>(subject.calibration.size() / elements),
               {.scheme = scheme, .correct_bias = options.toggle("correct-bias")},
               [&](int done, int total) {
                 progress.update(done, total);
                 check_interrupt(kNothingWritten);
               });
}

Evaluation evaluate_reference(const Subject& subject, const Options& options) {
  return evaluate_float(subject.network, subject.dataset, subject.test,
                        {.device = options.text("device")});
}

// Images whose top class differs from the float network's.
std::int64_t disagreements(const Evaluation& integer, const Evaluation& reference) {
  const auto classes = integer.logits.size() / static_cast<std::size_t>(integer.total);
  std::int64_t count = 0;
  for (std::size_t at = 0; at < integer.logits.size(); at += classes) {
    const auto top = [&](const std::vector<float>& logits) {
      const auto row = std::span(logits).subspan(at, classes);
      return std::ranges::max_element(row) - row.begin();
    };
    count += top(integer.logits) == top(reference.logits) ? 0 : 1;
  }
  return count;
}

// Of the logits, dB.
double signal_to_noise(const Evaluation& integer, const Evaluation& reference) {
  double signal = 0, noise = 0;
  for (std::size_t i = 0; i < reference.logits.size(); ++i) {
    signal += std::pow(double{reference.logits[i]}, 2);
    noise += std::pow(double{integer.logits[i]} - double{reference.logits[i]}, 2);
  }
  return 10 * std::log10(signal / std::max(noise, std::numeric_limits<double>::min()));
}

// Of weights and of the biases' 32 bits.
std::int64_t weight_bytes(const IntegerNetwork& network) {
  std::int64_t bits = 0;
  for (const auto& layer : network.layers)
    bits += std::ssize(layer.weights) * layer.weight_format.bits() + 32 * std::ssize(layer.bias);
  return (bits + 7) / 8;
}

nlohmann::json compared(const Scheme& scheme, const std::string& name, const Subject& subject,
                        const Evaluation& reference, const Options& options) {
  const auto start = std::chrono::steady_clock::now();
  const auto network = lower_network(subject, scheme, options);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  const auto backend = make_backend(options.text("backend"));
  const auto integer = evaluate_integer(network, subject.dataset, subject.test, *backend);
  auto json = evaluation_json(integer);
  json["scheme"] = name;
  json["disagreements"] = disagreements(integer, reference);
  json["logits_signal_to_noise_db"] = signal_to_noise(integer, reference);
  json["weight_bytes"] = weight_bytes(network);
  json["seconds"] = seconds.count();
  return json;
}

std::string table_line(const nlohmann::json& row) {
  return fmt::format(
      "{:<20} {:>5}/{:<5} {:>7.2f} {:>7.2f} {:>7.2f} {:>9} {:>8.1f} {:>9} {:>8.1f}\n",
      row["scheme"].get<std::string>(), row["correct"].get<int>(), row["total"].get<int>(),
      100 * row["accuracy"].get<double>(), 100 * row["interval"][0].get<double>(),
      100 * row["interval"][1].get<double>(), row["disagreements"].get<int>(),
      row["logits_signal_to_noise_db"].get<double>(), row["weight_bytes"].get<int>(),
      row["seconds"].get<double>());
}

void print_comparison(const nlohmann::json& json, const Options& options) {
  if (options.text("format") == "json") {
    std::cout << json.dump(2) << '\n';
    return;
  }
  std::cout << fmt::format("float: {}/{} correct\n", json["float"]["correct"].get<int>(),
                           json["float"]["total"].get<int>());
  std::cout << fmt::format("{:<20} {:^11} {:>7} {:>15} {:>9} {:>8} {:>9} {:>8}\n", "scheme",
                           "correct", "%", "95 % interval", "disagree", "SNR, dB", "bytes",
                           "seconds");
  for (const auto& row : json["schemes"]) std::cout << table_line(row);
}

// One line a scheme; writes no file.
void compare(const std::vector<std::string>& names, const Options& options) {
  for (const auto* unused : {"out", "scheme"})
    if (options.is_given(unused))
      throw Error("--compare writes no file and names its schemes: leave --", unused, " away");
  std::vector<Scheme> schemes;
  for (const auto& name : names) schemes.push_back(scheme_of(name, options));
  const auto subject = load_subject(options);
  if (subject.test.count() == 0) throw Error("--compare needs test images: --test-images is 0");
  const auto reference = evaluate_reference(subject, options);
  nlohmann::json json = {{"float", evaluation_json(reference)},
                         {"schemes", nlohmann::json::array()}};
  for (std::size_t i = 0; i < names.size(); ++i) {
    json["schemes"].push_back(compared(schemes[i], names[i], subject, reference, options));
    spdlog::info("{}: {}/{} correct", names[i], json["schemes"].back()["correct"].get<int>(),
                 subject.test.count());
  }
  print_comparison(json, options);
}

void print(const nlohmann::json& record, const Options& options) {
  if (options.text("format") == "json") std::cout << record.dump(2) << '\n';
}

}  // namespace

void run_quantize(const Options& options) {
  if (const auto names = options.texts("compare"); !names.empty()) return compare(names, options);
  const std::filesystem::path out = options.text("out");
  check_target(out, options);
  const auto scheme = scheme_of(options.text("scheme"), options);
  const auto subject = load_subject(options);

  IntegerNetworkFile file{.network = lower_network(subject, scheme, options),
                          .graph = subject.network.graph,
                          .origin = {}};
  file.origin = {.config = options.config(), .seed = key_of(options).seed};
  file.origin.record = {{"from", network_hash(subject.network)},
                        {"fingerprint", fingerprint(file.network)}};
  if (subject.test.count() > 0) {
    const auto backend = make_backend(options.text("backend"));
    const auto integer = evaluate_integer(file.network, subject.dataset, subject.test, *backend);
    const auto reference = evaluate_reference(subject, options);
    file.origin.record["evaluation"] = evaluation_json(integer);
    file.origin.record["float_evaluation"] = evaluation_json(reference);
    spdlog::info("float:   {}", evaluation_text(reference));
    spdlog::info("integer: {}", evaluation_text(integer));
  }
  write_integer_network(out, file);
  spdlog::info("wrote {}", out.string());
  print(file.origin.record, options);
}

}  // namespace citrine
