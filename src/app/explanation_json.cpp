#include "app/explanation_table.h"
#include "faultsim/fault_place.h"
#include "faultsim/fault_space.h"
#include "faultsim/mac_faults.h"
#include "faultsim/outcome.h"
#include "faultsim/output_trace.h"

namespace citrine {
namespace {

using Json = nlohmann::ordered_json;

Json output_json(const IntegerLayer& layer, std::uint32_t element) {
  const auto [row, column, channel] = output_place(layer, element);
  return {{"element", element}, {"row", row}, {"column", column}, {"channel", channel}};
}

// `input`: the element that the step reads, null on padding.
Json step_json(const IntegerNetwork& network, const Fault& fault, int step) {
  const auto& layer = network.layers[fault.layer];
  const auto [ky, kx, channel] = step_place(layer, step);
  Json json = {{"step", step},       {"steps", layer.convolution.steps()},
               {"ky", ky},           {"kx", kx},
               {"channel", channel}, {"input", nullptr}};
  if (const auto place = input_place(layer, fault.element, step)) {
    const auto& source = network.layers[static_cast<std::size_t>(layer.inputs[0])];
    const auto& [row, column, input_channel] = *place;
    json["input"] = {
        {"layer", source.name}, {"row", row}, {"column", column}, {"channel", input_channel}};
  }
  return json;
}

Json weight_json(const IntegerLayer& layer, std::uint32_t weight) {
  const auto steps = static_cast<std::uint32_t>(layer.convolution.steps());
  const auto [ky, kx, channel] = step_place(layer, weight % steps);
  return {{"element", weight},
          {"filter", weight / steps},
          {"ky", ky},
          {"kx", kx},
          {"channel", channel}};
}

// `channel`: null where one scale serves all.
Json scale_json(const IntegerLayer& layer, std::uint32_t scale) {
  Json json = {{"element", scale}, {"channel", scale}};
  if (layer.scales.size() == 1) json["channel"] = nullptr;
  return json;
}

Json array_json(const ArrayShape& array, std::uint32_t element) {
  return {
      {"rows", array.rows}, {"columns", array.columns},       {"mapping", name_of(array.mapping)},
      {"element", element}, {"row", element / array.columns}, {"column", element % array.columns}};
}

// What of the shift-based element is faulty.
Json shift_json(const IntegerLayer& layer, const Fault& fault) {
  const ShiftRegisters registers(layer.weight_format);
  const auto slots = static_cast<std::uint32_t>(registers.slots);
  if (fault.site == Site::mode_bit)
    return {{"cycle", fault.step}, {"cycles", registers.cycles(layer.convolution.steps())}};
  return {{"shifter", fault.step % slots}, {"shifters", slots}};
}

Json shape_json(const IntegerLayer& layer) { return {layer.height, layer.width, layer.channels}; }

Json layer_json(const IntegerNetwork& network, std::size_t index) {
  const auto& layer = network.layers[index];
  Json json = {{"index", index},
               {"name", layer.name},
               {"kind", name_of(layer.kind)},
               {"shape", shape_json(layer)}};
  const auto& window = layer.convolution;
  if (layer.kind == LayerKind::convolution || layer.kind == LayerKind::max_pool ||
      layer.kind == LayerKind::average_pool)
    json.update(
        {{"kernel", window.kernel}, {"stride", window.stride}, {"padding", window.padding}});
  return json;
}

void add_step(const IntegerNetwork& network, const Fault& fault, Json& json) {
  const auto& layer = network.layers[fault.layer];
  if (is_shift(fault.site)) json["shift_element"] = shift_json(layer, fault);
  const int step = mac_step(network, fault);
  if (step < layer.convolution.steps()) json["step"] = step_json(network, fault, step);
}

Json fault_json(const IntegerNetwork& network, const Fault& fault, const ArrayShape& array) {
  const auto& layer = network.layers[fault.layer];
  Json json = {{"site", name_of(fault.site)},
               {"bit", fault.bit},
               {"bits", site_extent(network, fault.site, fault.layer).bits},
               {"width", fault.width},
               {"effect", name_of(fault.effect)},
               {"value", nullptr}};
  if (fault.effect == Effect::random_value) json["value"] = fault.value;
  if (is_array(fault.site)) {
    json["array"] = array_json(array, fault.element);
    return json;
  }
  json["layer"] = layer_json(network, fault.layer);
  if (fault.site == Site::weight_memory)
    json["weight"] = weight_json(layer, fault.element);
  else if (fault.site == Site::bias_memory)
    json["bias"] = {{"element", fault.element}, {"filter", fault.element}};
  else if (is_scale(fault.site))
    json["scale"] = scale_json(layer, fault.element);
  else
    json["output"] = output_json(layer, fault.element);
  if (has_steps(fault.site)) add_step(network, fault, json);
  return json;
}

std::string binary(std::uint32_t code, int bits) {
  std::string text;
  for (int bit = bits; bit-- > 0;) text += (code >> bit & 1) != 0 ? '1' : '0';
  return text;
}

Json word_json(const Word& word) {
  return {{"binary", binary(word.code, word.bits)}, {"value", word.value}, {"real", word.real()}};
}

Json registers_json(const std::vector<RegisterChange>& registers) {
  auto json = Json::array();
  for (const auto& change : registers)
    json.push_back({{"register", change.name},
                    {"bits", change.before.bits},
                    {"before", word_json(change.before)},
                    {"after", word_json(change.after)},
                    {"changed_bits", binary(change.changed_bits(), change.before.bits)}});
  return json;
}

Json difference_json(const IntegerNetwork& network, const LayerDifference& difference) {
  const char* const state = difference.changed > 0   ? "changed"
                            : difference.is_masked() ? "masked"
                                                     : "not reached";
  Json json = layer_json(network, difference.layer);
  json.update({{"state", state},
               {"changed", difference.changed},
               {"elements", difference.elements},
               {"share",
                static_cast<double>(difference.changed) / static_cast<double>(difference.elements)},
               {"changed_pixels", difference.changed_pixels},
               {"pixels", difference.pixels},
               {"largest", difference.largest},
               {"largest_real", difference.largest_real},
               {"has_fault", difference.has_fault}});
  if (difference.array_macs > 0)
    json["array"] = {{"outputs", difference.array_outputs}, {"macs", difference.array_macs}};
  return json;
}

Json logits_json(const Explanation& explanation, double step) {
  const auto& before = explanation.golden_logits;
  const auto& after = explanation.faulty_logits;
  auto json = Json::array();
  for (std::size_t i = 0; i < before.size(); ++i)
    json.push_back({{"class", i},
                    {"before", before[i] * step},
                    {"after", after[i] * step},
                    {"change", (static_cast<double>(after[i]) - before[i]) * step},
                    {"confidence_before", confidence(before, i, step)},
                    {"confidence_after", confidence(after, i, step)}});
  return json;
}

Json outcome_json(const Outcome& outcome) {
  return {{"outcome", name_of(outcome.kind)},     {"golden_class", outcome.golden_class},
          {"faulty_class", outcome.faulty_class}, {"sdc5", outcome.is_sdc5 != 0},
          {"drop10", outcome.is_drop10 != 0},     {"drop20", outcome.is_drop20 != 0},
          {"logit_change", outcome.logit_change}};
}

// A fault and what registers hold under it alone.
Json alone_json(const IntegerNetwork& network, const Fault& fault, const ArrayShape& array,
                const FaultTrace& trace) {
  Json json = {{"fault", fault_json(network, fault, array)},
               {"registers", registers_json(trace.registers)}};
  if (trace.output) json["registers_of"] = output_json(network.layers[fault.layer], *trace.output);
  json["changed_sums"] = trace.changed_sums;
  return json;
}

}  // namespace

Json explanation_json(const IntegerNetwork& network, const ExplainedRow& row) {
  const auto& explanation = row.explanation;
  Json json = {{"row", row.index}, {"image", row.row.image}, {"label", row.label}};
  json.update(outcome_json(explanation.outcome));
  const FaultTrace& first = row.alone.empty() ? explanation : row.alone.front();
  json.update(alone_json(network, row.row.fault, row.array, first));
  for (std::size_t i = 0; i < row.row.further.size(); ++i)
    json["further_faults"].push_back(
        alone_json(network, row.row.further[i], row.array, row.alone.at(i + 1)));
  json["layers"] = Json::array();
  json["masked_in"] = Json::array();
  for (const auto& layer : explanation.layers) {
    json["layers"].push_back(difference_json(network, layer));
    if (layer.is_masked()) json["masked_in"].push_back(network.layers[layer.layer].name);
  }
  json["logits"] = logits_json(explanation, logit_step(network));
  return json;
}

}  // namespace citrine
