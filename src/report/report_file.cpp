#include "report/report_file.h"

#include "graph/words.h"
#include "objectives/sensitivity.h"
#include "report/versions.h"
#include "store/columns.h"
#include "store/sum_columns.h"

namespace citrine {
namespace {

// One column of a table: `value` of each entry, as T.
template <class T, class Entries, class Value>
void put_column(Contents& contents, const std::string& path, const Entries& entries,
                const Value& value) {
  std::vector<T> column;
  column.reserve(entries.size());
  for (const auto& entry : entries) column.push_back(static_cast<T>(value(entry)));
  contents.put_list(path, std::move(column));
}

void put_candidates(Contents& contents, const SearchEntry& search) {
  const auto& all = search.candidates;
  const std::string group = "candidates/";
  put_column<std::uint64_t>(contents, group + "id", all, [](auto& c) { return c.id; });
  put_column<std::int64_t>(contents, group + "parent", all, [](auto& c) { return c.parent; });
  put_column<std::int32_t>(contents, group + "generation", all,
                           [](auto& c) { return c.generation; });
  put_column<std::uint8_t>(contents, group + "on_front", all,
                           [](auto& c) { return c.is_on_front; });
  put_column<std::int64_t>(contents, group + "parameters", all,
                           [](auto& c) { return count_parameters(c.graph); });
  put_column<std::int64_t>(contents, group + "macs", all,
                           [](auto& c) { return count_macs(c.graph); });
  put_column<std::string>(contents, group + "operators", all,
                          [](auto& c) { return join(c.operators, "; "); });
  for (std::size_t i = 0; i < search.objectives.size(); ++i)
    put_column<double>(contents, group + search.objectives[i], all,
                       [i](auto& c) { return c.objectives[i]; });
}

void put_generations(Contents& contents, const SearchEntry& search) {
  const auto& all = search.generations;
  const std::string group = "generations/";
  put_column<std::int32_t>(contents, group + "generation", all,
                           [](auto& g) { return g.generation; });
  put_column<std::uint64_t>(contents, group + "evaluated", all,
                            [](auto& g) { return g.evaluated; });
  put_column<std::uint64_t>(contents, group + "population", all,
                            [](auto& g) { return g.population; });
  put_column<std::uint64_t>(contents, group + "archive", all, [](auto& g) { return g.archive; });
  put_column<double>(contents, group + "hypervolume", all, [](auto& g) { return g.hypervolume; });
  contents.put_list("generations/reference", search.reference);
}

void put_sums(Contents& contents, const std::string& table,
              const std::vector<OutcomeGroup>& groups) {
  put_column<std::string>(contents, table + "/site", groups,
                          [](auto& group) { return std::string(name_of(group.site)); });
  put_column<std::uint32_t>(contents, table + "/layer", groups,
                            [](auto& group) { return group.layer; });
  put_column<std::uint64_t>(contents, table + "/trials", groups,
                            [](auto& group) { return group.sum.trials(); });
  visit_sum(put_columns(contents, table, groups, false));
}

void put_outcomes(Contents& contents, const NetworkEntry& network, const std::string& table) {
  const auto& layers = groups_of(network, Grouping::layer);
  put_sums(contents, table, layers);
  put_column<std::string>(contents, table + "/layer_name", layers, [&](auto& group) {
    return layer_name(group.site, group.layer, network.campaign.layers);
  });
}

// Of the groupings beside that by layer.
void put_groups(Contents& contents, const NetworkEntry& network, const std::string& table) {
  for (int i = 1; i < kGroupings; ++i) {
    const auto grouping = static_cast<Grouping>(i);
    const auto& groups = groups_of(network, grouping);
    const auto name = table + "/" + std::string(name_of(grouping));
    put_sums(contents, name, groups);
    put_column<std::uint32_t>(contents, name + "/index", groups,
                              [](auto& group) { return group.index; });
  }
}

void put_curve(Contents& contents, const std::vector<CurvePoint>& curve, const std::string& group) {
  put_column<std::string>(contents, group + "site", curve,
                          [](auto& p) { return std::string(name_of(p.site)); });
  put_column<double>(contents, group + "rate", curve, [](auto& p) { return p.rate; });
  put_column<std::int32_t>(contents, group + "seed", curve, [](auto& p) { return p.seed; });
  put_column<std::uint64_t>(contents, group + "faults", curve, [](auto& p) { return p.faults; });
  put_column<std::uint32_t>(contents, group + "images", curve, [](auto& p) { return p.images; });
  put_column<std::uint32_t>(contents, group + "wrong", curve, [](auto& p) { return p.wrong; });
  put_column<std::uint32_t>(contents, group + "changed", curve, [](auto& p) { return p.changed; });
}

void put_counted(Contents& contents, const std::string& path,
                 const std::optional<Counted>& counted) {
  if (!counted) return;
  contents.put_list(path, std::vector<std::int64_t>{counted->correct, counted->total});
}

void put_network(Contents& contents, const NetworkEntry& network) {
  const auto group = "networks/" + network.name + "/";
  put_counted(contents, group + "float_correct_total", network.float_test);
  put_counted(contents, group + "integer_correct_total", network.integer_test);
  if (network.graph) {
    const auto index = sensitivity(*network.graph);
    contents.put_scalar(group + "parameters", count_parameters(*network.graph));
    contents.put_scalar(group + "macs", count_macs(*network.graph));
    contents.put_scalar(group + "sensitivity_mean", index.mean);
    contents.put_scalar(group + "sensitivity_variance", index.variance);
    contents.put_scalar(group + "sensitivity_single", index.single);
  }
  if (!network.campaign.sites.empty()) {
    put_outcomes(contents, network, group + "outcomes");
    put_groups(contents, network, group + "groups");
  }
  if (!network.campaign.result.curve.empty())
    put_curve(contents, network.campaign.result.curve, group + "curve/");
}

}  // namespace

Contents report_contents(const ReportContent& content) {
  Contents contents("report");
  contents.put_scalar("config", content.config.dump());
  contents.put_list("inputs", content.inputs);
  for (const auto& [name, version] : library_versions())
    contents.put_scalar("versions/" + name, version);
  if (content.search) {
    put_candidates(contents, *content.search);
    put_generations(contents, *content.search);
  }
  for (const auto& network : content.networks) put_network(contents, network);
  return contents;
}

}  // namespace citrine
