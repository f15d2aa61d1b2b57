#pragma once
// Contestants that take turns, so that what else the machine does falls on all of them.
#include <algorithm>
#include <chrono>
#include <ctime>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace citrine {

inline double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

// Each has its rate of every round, in units a second.
class Contest {
 public:
  explicit Contest(int threads) : threads_(threads) {}

  // `units`: of one call.
  void add(const std::string& name, double units, std::function<void()> work) {
    work();
    const int calls = std::max(1, static_cast<int>(kSeconds / seconds_of(work)));
    contestants_.push_back({name, units * calls, [work, calls] {
                              for (int i = 0; i < calls; ++i) work();
                            }});
  }

  void run(int rounds) {
    for (int round = 0; round < rounds; ++round)
      for (const auto& [name, units, work] : contestants_)
        rates_[name].push_back(units / seconds_of(work));
  }

  double rate(const std::string& name) const { return median(rates_.at(name)); }
  // Median of the rounds' ratios.
  double ratio(const std::string& name, const std::string& other) const {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < rates_.at(name).size(); ++i)
      ratios.push_back(rates_.at(name)[i] / rates_.at(other)[i]);
    return median(ratios);
  }

 private:
  static constexpr double kSeconds = 0.02;  // of one contestant's turn

  struct Contestant {
    std::string name;
    double units;
    std::function<void()> work;
  };

  // One thread is measured in processor time, which other programs do not lengthen.
  double now() const {
    if (threads_ == 1) return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
  }
  double seconds_of(const std::function<void()>& work) const {
    const double start = now();
    work();
    return now() - start;
  }

  int threads_;
  std::vector<Contestant> contestants_;
  std::map<std::string, std::vector<double>> rates_;
};

}  // namespace citrine
