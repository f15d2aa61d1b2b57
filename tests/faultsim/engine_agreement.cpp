#include "engine_agreement.h"

#include <algorithm>
#include <functional>
#include <optional>

#include <tbb/parallel_for.h>

#include "array_reference.h"
#include "faultsim/dense_run.h"
#include "faultsim/explanation.h"
#include "faultsim/injection.h"
#include "faultsim/outcome.h"
#include "quant/forward.h"
#include "some_faults.h"

namespace citrine::testing {
namespace {

struct Answer {
  std::vector<std::int32_t> logits;
  std::optional<Outcome> outcome;
};

// Computes faulty inferences of one image.
class WholeRuns {
 public:
  WholeRuns(const IntegerNetwork& network, const std::vector<std::int16_t>& image,
            const AgreementSettings& settings)
      : network_(network),
        image_(image),
        array_(settings.model.array),
        reference_(settings.reference),
        backend_(make_backend("cpu")),
        golden_logits_(forward(network, image, *backend_).logits) {
    if (reference_ == Reference::array_model) golden_ = run_reference(network, image, {});
  }

  Answer operator()(const Fault& fault) const {
    switch (reference_) {
      case Reference::dense:
        return dense(fault);
      case Reference::explanation: {
        const auto told = explain(network_, fault, image_, *backend_, array_);
        return {told.faulty_logits, told.outcome};
      }
      default: {
        const auto logits =
            run_reference(network_, image_, {fault}, &golden_, array_).stored.back();
        return {{logits.begin(), logits.end()}, {}};
      }
    }
  }

 private:
  Answer dense(const Fault& fault) const {
    DenseRun changes(network_, array_, std::span(&fault, 1));
    const auto logits = forward(network_, image_, *backend_, std::ref(changes)).logits;
    auto outcome = compare_logits(golden_logits_, logits, logit_step(network_));
    if (!changes.is_stored_changed())
      outcome.kind =
          changes.is_sum_changed() ? OutcomeKind::masked_in_layer : OutcomeKind::masked_at_site;
    return {logits, outcome};
  }

  const IntegerNetwork& network_;
  const std::vector<std::int16_t>& image_;
  const ArrayShape array_;
  const Reference reference_;
  std::unique_ptr<Backend> backend_;
  std::vector<std::int32_t> golden_logits_;
  ReferenceRun golden_;
};

// Of all faults those that meet the image.
std::vector<Fault> faults_of(std::span<const Fault> all, std::size_t image, std::size_t images) {
  std::vector<Fault> faults;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (i % 4 == 0 || i / 4 % images == image) faults.push_back(all[i]);
  return faults;
}

Agreement compare_image(const Engine& engine, const WholeRuns& whole, const Golden& golden,
                        std::span<const Fault> faults) {
  Agreement agreement;
  const auto outcomes = engine.run(faults, golden);
  for (std::size_t i = 0; i < faults.size(); ++i) {
    const auto site = static_cast<std::size_t>(faults[i].site);
    const auto expected = whole(faults[i]);
    ++agreement.trials[site];
    agreement.changed_answers[site] += expected.logits != golden.logits ? 1 : 0;
    if (engine.faulty_logits(faults[i], golden) != expected.logits ||
        expected.outcome.value_or(outcomes[i]) != outcomes[i])
      agreement.mismatches.push_back(describe(faults[i]));
  }
  return agreement;
}

void add(std::array<std::uint64_t, kSites>& to, const std::array<std::uint64_t, kSites>& more) {
  std::ranges::transform(to, more, to.begin(), std::plus());
}

}  // namespace

void Agreement::operator+=(const Agreement& other) {
  add(faults, other.faults);
  add(trials, other.trials);
  add(changed_answers, other.changed_answers);
  mismatches.insert(mismatches.end(), other.mismatches.begin(), other.mismatches.end());
}

Agreement compare_runs(const Engine& engine, const IntegerNetwork& network,
                       std::span<const std::vector<std::int16_t>> images,
                       const AgreementSettings& settings) {
  auto all = some_faults(network, settings.seed, settings.each, settings.model);
  // The others an engine computes in the same way itself.
  if (settings.reference == Reference::dense)
    std::erase_if(all, [&](const Fault& fault) { return !is_local(network, fault); });
  std::vector<Agreement> parts(images.size());
  tbb::parallel_for(std::size_t{0}, images.size(), [&](std::size_t i) {
    const WholeRuns whole(network, images[i], settings);
    parts[i] =
        compare_image(engine, whole, engine.golden(images[i]), faults_of(all, i, images.size()));
  });
  Agreement agreement;
  for (const auto& part : parts) agreement += part;
  for (const auto& fault : all) ++agreement.faults[static_cast<std::size_t>(fault.site)];
  return agreement;
}

}  // namespace citrine::testing
