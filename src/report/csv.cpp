#include "report/csv.h"

#include <sstream>

#include "graph/words.h"
#include "store/sum_columns.h"

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
    (add(cells), ...);
    end_line();
  }
  template <class T>
  void add(const T& value) {
    text_ << (is_first_ ? "" : ",") << cell(value);
    is_first_ = false;
  }
  void end_line() {
    text_ << '\n';
    is_first_ = true;
  }
  std::string text() const { return text_.str(); }

 private:
  template <class T>
  static const T& cell(const T& value) {
    return value;
  }
  static std::string cell(const std::string& text) { return csv_quoted(text); }

  std::ostringstream text_;
  bool is_first_ = true;  // of the line
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

// What a group's trials add up to, behind `cells`.
template <class... Cells>
void sum_line(Csv& csv, const OutcomeGroup& group, const Cells&... cells) {
  (csv.add(cells), ...);
  csv.add(group.sum.trials());
  visit_sum([&](const std::string&, const auto& field) { csv.add(field(group)); });
  csv.end_line();
}

template <class... Names>
void sum_head(Csv& csv, const Names&... names) {
  (csv.add(names), ...);
  csv.add("trials");
  visit_sum([&](const std::string& name, const auto&) { csv.add(name); });
  csv.end_line();
}

std::string outcomes(const std::vector<NetworkEntry>& networks) {
  Csv csv;
  sum_head(csv, "network", "site", "layer", "layer_name");
  for (const auto& network : networks)
    for (const auto& group : groups_of(network, Grouping::layer))
      sum_line(csv, group, network.name, name_of(group.site), group.layer,
               layer_name(group.site, group.layer, network.campaign.layers));
  return csv.text();
}

// Of the groupings beside that by layer.
std::string groups(const std::vector<NetworkEntry>& networks) {
  Csv csv;
  sum_head(csv, "network", "site", "grouping", "layer", "index");
  for (const auto& network : networks)
    for (int i = 1; i < kGroupings; ++i)
      for (const auto& group : groups_of(network, static_cast<Grouping>(i)))
        sum_line(csv, group, network.name, name_of(group.site), name_of(static_cast<Grouping>(i)),
                 group.layer, group.index);
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
