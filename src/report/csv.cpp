#include "report/csv.h"

#include <sstream>

#include "graph/words.h"

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

// Counts of a group's trials and its SDC interval, behind `cells`.
template <class... Cells>
void sum_line(Csv& csv, const OutcomeSummary& sum, const Cells&... cells) {
  const auto& [masked_at_site, masked_in_layer, masked_later, benign, sdc] = sum.outcomes;
  csv.line(cells..., sum.trials(), masked_at_site, masked_in_layer, masked_later, benign, sdc,
           sum.sdc.low, sum.sdc.high);
}

template <class... Names>
void sum_head(Csv& csv, const Names&... names) {
  csv.line(names..., "trials", "masked_at_site", "masked_in_layer", "masked_later", "benign", "sdc",
           "sdc_low", "sdc_high");
}

std::string outcomes(const std::vector<NetworkEntry>& networks) {
  Csv csv;
  sum_head(csv, "network", "site", "layer", "layer_name");
  for (const auto& network : networks)
    for (const auto& [site, layer, index, sum] : groups_of(network, Grouping::layer))
      sum_line(csv, sum, network.name, name_of(site), layer,
               layer_name(site, layer, network.campaign.layers));
  return csv.text();
}

// Of the groupings beside that by layer.
std::string groups(const std::vector<NetworkEntry>& networks) {
  Csv csv;
  sum_head(csv, "network", "site", "grouping", "layer", "index", "sdc_share");
  for (const auto& network : networks)
    for (int i = 1; i < kGroupings; ++i)
      for (const auto& [site, layer, index, sum] : groups_of(network, static_cast<Grouping>(i)))
        sum_line(csv, sum, network.name, name_of(site), name_of(static_cast<Grouping>(i)), layer,
                 index, sum.share(OutcomeKind::sdc));
  return csv.text();
}

std::string curve(const std::vector<NetworkEntry>& networks) {
  Csv csv;
  csv.line("network", "site", "rate_per_bit", "seed", "faults", "images", "wrong", "changed");
  for (const auto& network : networks)
    for (const auto& point : network.campaign.result.curve)
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
    tables.push_back({"groups", groups(content.networks)});
    tables.push_back({"curve", curve(content.networks)});
  }
  return tables;
}

}  // namespace citrine
