#include <algorithm>
#include <vector>

#include <spdlog/fmt/fmt.h>

#include "app/explanation_table.h"
#include "graph/words.h"

namespace citrine {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kNameWidth = 20;  // of a register

std::string text_of(const Json& json) { return json.get<std::string>(); }

// "32x32x3".
std::string product(const Json& sizes) {
  std::string text;
  for (const auto& size : sizes) text += (text.empty() ? "" : "x") + size.dump();
  return text;
}

std::string percent(const Json& share) {
  const double value = 100 * share.get<double>();
  return value > 0 && value < 0.01 ? fmt::format("{:.1e} %", value)
                                   : fmt::format("{:.2f} %", value);
}

// Digits in nibbles from the right: "1 0110".
std::string nibbles(const std::string& digits) {
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 4 == 0) text += ' ';
    text += digits[i];
  }
  return text;
}

// A line with a mark under each changed bit, the bits ending at column `end`.
std::string marks(const std::string& changed_bits, std::size_t end) {
  auto text = nibbles(changed_bits);
  std::ranges::replace(text, '0', ' ');
  std::ranges::replace(text, '1', '^');
  text = fmt::format("{:>{}}", text, end);
  return text.substr(0, text.find_last_of('^') + 1) + '\n';
}

std::string layer_of(const Json& layer) {
  auto text = fmt::format("{} '{}', {} ", layer["index"].dump(), text_of(layer["name"]),
                          text_of(layer["kind"]));
  if (layer.contains("kernel"))
    text += fmt::format("{0}x{0}, stride {1}, ", layer["kernel"].dump(), layer["stride"].dump());
  return text + "stores " + product(layer["shape"]);
}

std::string tap_of(const Json& place) {
  return fmt::format("ky {}, kx {}, c {}", place["ky"].dump(), place["kx"].dump(),
                     place["channel"].dump());
}

std::string output_of(const Json& place) {
  return fmt::format("row {}, column {}, channel {} (element {})", place["row"].dump(),
                     place["column"].dump(), place["channel"].dump(), place["element"].dump());
}

std::string step_of(const Json& step) {
  const auto& input = step["input"];
  const auto read = input.is_null() ? "padding"
                                    : fmt::format("row {}, column {}, channel {} of '{}'",
                                                  input["row"].dump(), input["column"].dump(),
                                                  input["channel"].dump(), text_of(input["layer"]));
  return fmt::format("{} of {}: {}, reads {}", step["step"].dump(), step["steps"].dump(),
                     tap_of(step), read);
}

std::string line(std::string_view name, const std::string& value) {
  return fmt::format("{:<10}{}\n", name, value);
}

// "bits 3 to 4 of 8 stuck at 1".
std::string bits_of(const Json& fault) {
  const auto bit = fault["bit"].get<unsigned>(), width = fault["width"].get<unsigned>();
  const auto effect = text_of(fault["effect"]);
  auto text = width == 1
                  ? fmt::format("bit {} of {} ", bit, fault["bits"].dump())
                  : fmt::format("bits {} to {} of {} ", bit, bit + width - 1, fault["bits"].dump());
  if (effect == "flip") return text + "flipped";
  if (fault["value"].is_null()) return text + spaced(effect);
  return text + fmt::format("read as {:0{}b}", fault["value"].get<std::uint32_t>(), width);
}

std::string array_of(const Json& array) {
  return fmt::format("row {}, column {} of {}x{}, {}", array["row"].dump(), array["column"].dump(),
                     array["rows"].dump(), array["columns"].dump(),
                     spaced(text_of(array["mapping"])));
}

std::string shift_element_of(const Json& element) {
  return element.contains("cycle")
             ? fmt::format("cycle {} of {}", element["cycle"].dump(), element["cycles"].dump())
             : fmt::format("shifter {} of {}", element["shifter"].dump(),
                           element["shifters"].dump());
}

std::string scale_of(const Json& scale) {
  return scale["channel"].is_null() ? "of all channels" : "of channel " + scale["channel"].dump();
}

std::string place_of(const Json& fault) {
  auto text = line("fault", text_of(fault["site"]) + ", " + bits_of(fault));
  if (fault.contains("array")) return text + line("element", array_of(fault["array"]));
  text += line("layer", layer_of(fault["layer"]));
  if (fault.contains("output")) text += line("output", output_of(fault["output"]));
  if (fault.contains("weight"))
    text +=
        line("weight", fmt::format("filter {}, {} (element {})", fault["weight"]["filter"].dump(),
                                   tap_of(fault["weight"]), fault["weight"]["element"].dump()));
  if (fault.contains("bias")) text += line("bias", "filter " + fault["bias"]["filter"].dump());
  if (fault.contains("scale")) text += line("scale", scale_of(fault["scale"]));
  if (fault.contains("shift_element"))
    text += line("element", shift_element_of(fault["shift_element"]));
  if (fault.contains("step")) text += line("step", step_of(fault["step"]));
  return text;
}

std::string head(const Json& json) {
  auto text = line("row", json["row"].dump() + ": " + outcome_line(json)) +
              line("image", json["image"].dump() + ", label " + json["label"].dump());
  if (json.contains("further_faults"))
    text += line("faults", std::to_string(1 + json["further_faults"].size()) +
                               " in one inference; registers show each as if it were alone");
  return text + place_of(json["fault"]);
}

std::string word_line(std::string_view name, std::size_t width, const Json& word) {
  return fmt::format("{:<{}}{:>{}}{:>13}{:>15.6g}\n", name, kNameWidth,
                     nibbles(text_of(word["binary"])), width, word["value"].dump(),
                     word["real"].get<double>());
}

std::string most_changed(const Json& json) {
  const auto which = json["changed_sums"] == 0
                         ? std::string("outputs that the scale serves")
                         : json["changed_sums"].dump() + " outputs whose sum changed";
  return fmt::format("of the {}, the one that changed most: {}\n", which,
                     output_of(json["registers_of"]));
}

// The value before; where it changed that after it too, and marks under the changed bits.
std::string registers(const Json& json) {
  if (json["registers"].empty()) return "";
  std::size_t width = 0;
  for (const auto& change : json["registers"])
    width = std::max(width, nibbles(text_of(change["changed_bits"])).size());
  auto text = fmt::format("\n{:<{}}{:>{}}{:>13}{:>15}\n", "register", kNameWidth, "bits", width,
                          "integer", "real");
  bool is_told = json["fault"].contains("output");
  for (const auto& change : json["registers"]) {
    if (!is_told && change["register"] == "sum") {
      text += most_changed(json);
      is_told = true;
    }
    text += word_line(text_of(change["register"]), width, change["before"]);
    if (change["before"] == change["after"]) continue;
    text += word_line("", width, change["after"]);
    text += marks(text_of(change["changed_bits"]), kNameWidth + width);
  }
  return text;
}

std::string further_faults(const Json& json) {
  std::string text;
  for (const auto& further : json.value("further_faults", Json::array()))
    text += '\n' + place_of(further["fault"]) + registers(further);
  return text;
}

// What of a layer is faulty.
std::string fault_in(const Json& layer) {
  if (!layer["has_fault"]) return "";
  if (!layer.contains("array")) return "  the fault";
  return fmt::format("  the fault: {} MACs of {} outputs", layer["array"]["macs"].dump(),
                     layer["array"]["outputs"].dump());
}

std::string layer_line(const Json& layer) {
  auto text = fmt::format("{:>3} {:<18.18} {:<13} {:<10}", layer["index"].dump(),
                          text_of(layer["name"]), text_of(layer["kind"]), product(layer["shape"]));
  const auto state = text_of(layer["state"]);
  if (state == "changed")
    text += fmt::format("{:>15} {:>11} {:>12} {:>9} {:>11.4g}",
                        layer["changed"].dump() + "/" + layer["elements"].dump(),
                        percent(layer["share"]),
                        layer["changed_pixels"].dump() + "/" + layer["pixels"].dump(),
                        layer["largest"].dump(), layer["largest_real"].get<double>());
  else
    text += fmt::format("{:>15}", state == "masked" ? "masked" : "-");
  return text + fault_in(layer) + "\n";
}

std::string layers(const Json& json) {
  auto text =
      fmt::format("\n{:>3} {:<18} {:<13} {:<10}{:>15} {:>11} {:>12} {:>9} {:>11}\n", "", "layer",
                  "kind", "shape", "changed", "share", "pixels", "largest", "real");
  for (const auto& layer : json["layers"]) text += layer_line(layer);
  if (!json["masked_in"].empty())
    text += "masked in " + join(json["masked_in"].get<std::vector<std::string>>(), ", ") + '\n';
  return text;
}

std::string logits(const Json& json) {
  auto text = fmt::format("\n{:>5}{:>12}{:>12}{:>12}{:>22}{:>12}\n", "class", "logit", "with fault",
                          "change", "confidence", "with fault");
  for (const auto& logit : json["logits"]) {
    text += fmt::format("{:>5}{:>12.5g}{:>12.5g}{:>12.4g}{:>22}{:>12}", logit["class"].dump(),
                        logit["before"].get<double>(), logit["after"].get<double>(),
                        logit["change"].get<double>(), percent(logit["confidence_before"]),
                        percent(logit["confidence_after"]));
    for (const auto* name : {"label", "golden_class", "faulty_class"})
      if (json[name] == logit["class"]) text += fmt::format("  {}", name);
    text += '\n';
  }
  return text;
}

}  // namespace

std::string outcome_line(const Json& json) {
  const auto golden = json["golden_class"].dump(), faulty = json["faulty_class"].dump();
  return spaced(text_of(json["outcome"])) + ", class " + faulty +
         (golden == faulty ? " as without the fault" : " instead of " + golden);
}

std::string place_line(const Json& json) {
  const auto& fault = json["fault"];
  const auto where = fault.contains("array") ? "element " + array_of(fault["array"])
                                             : text_of(fault["layer"]["name"]);
  auto text = fmt::format("{} in {} of {}, image {}", bits_of(fault),
                          spaced(text_of(fault["site"])), where, json["image"].dump());
  if (json.contains("further_faults"))
    return text + fmt::format(", and {} more", json["further_faults"].size());
  for (const auto& change : json["registers"])
    if (change["register"] == fault["site"])
      text += fmt::format(": {} becomes {}", change["before"]["value"].dump(),
                          change["after"]["value"].dump());
  return text;
}

std::string explanation_text(const Json& json) {
  return head(json) + registers(json) + further_faults(json) + layers(json) + logits(json);
}

}  // namespace citrine
