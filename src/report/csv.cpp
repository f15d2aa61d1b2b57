#include "report/csv.h"

#include <sstream>

#include "graph/words.h"
#include "report/aggregate.h"

namespace citrine {
namespace {

std::string csv_quoted(std::string_view text) {
  if (text.find_first_of(",\"\n\r") == std::string_view::npos) return std::string(text);
  std::string result = "\"";
  for (const char c : text) result += c == '"' ? "\"\"" : std::string(1, c);
  return result + '"';
}

class Csv {
 public:
  Csv() { text_.precision(10); }
  template <class... Cells>
  void line(const Cells&... cells) {
    bool is_first = true;
    ((text_ << (is_first ? "" : ",") << cell(cells), is_first = false), ...);
    text_ << '\n';
  }
  std::string text() const { return text_.str(); }

 private:
  template <class T>
  static const T& cell(const T& value) {
    return value;
  }
  static std::string cell(const std::string& text) { return csv_quoted(text); }

  std::ostringstream text_;
};

std::string candidates(const SearchEntry& search) {
  std::string names;
  for (const auto& name : search.objectives) names += "," + name;
  std::string text = "id,parent,generation,on_front,parameters,macs,operators" + names + "\n";
  for (const auto& entry : search.candidates) {
    std::ostringstream row;
    row.precision(10);
    row << entry.id << ',' << entry.parent << ',' << entry.generation << ',' << entry.is_on_front
        << ',' << count_parameters(entry.graph) << ',' << count_macs(entry.graph) << ','
        << csv_quoted(join(entry.operators, "; "));
    for (const double value : entry.objectives) row << ',' << value;
    text += row.str() + "\n";
  }
  return text;
}

std::string generations(const SearchEntry& search) {
  Csv csv;
  csv.line("generation", "evaluated", "population", "archive", "hypervolume");
  for (const auto& entry : search.generations)
    csv.line(entry.generation, entry.evaluated, entry.population, entry.archive, entry.hypervolume);
  return csv.text();
}

std::string outcomes(const std::vector<NetworkEntry>& networks) {
  Csv csv;
  csv.line("network", "site", "layer", "layer_name", "trials", "masked_at_site", "masked_in_layer",
           "masked_later", "benign", "sdc", "sdc_low", "sdc_high");
  for (const auto& network : networks)
    for (const auto& [where, count] : count_by_layer(network.campaign)) {
      const auto interval = count.interval(OutcomeKind::sdc);
      csv.line(network.name, name_of(where.first), where.second, network.layers.at(where.second),
               count.trials(), count[static_cast<OutcomeKind>(0)],
               count[static_cast<OutcomeKind>(1)], count[static_cast<OutcomeKind>(2)],
               count[static_cast<OutcomeKind>(3)], count[static_cast<OutcomeKind>(4)], interval.low,
               interval.high);
    }
  return csv.text();
}

std::string curve(const std::vector<NetworkEntry>& networks) {
  Csv csv;
  csv.line("network", "site", "rate_per_bit", "seed", "faults", "images", "wrong", "changed");
  for (const auto& network : networks)
    for (const auto& point : network.campaign.curve)
      csv.line(network.name, name_of(point.site), point.rate, point.seed, point.faults,
               point.images, point.wrong, point.changed);
  return csv.text();
}

}  // namespace

std::vector<CsvTable> csv_tables(const ReportContent& content) {
  std::vector<CsvTable> tables;
  if (content.search) {
    tables.push_back({"candidates", candidates(*content.search)});
    tables.push_back({"generations", generations(*content.search)});
  }
  if (!content.networks.empty()) {
    tables.push_back({"outcomes", outcomes(content.networks)});
    tables.push_back({"curve", curve(content.networks)});
  }
  return tables;
}

}  // namespace citrine
