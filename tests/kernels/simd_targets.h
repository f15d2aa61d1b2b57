#pragma once
// Tests of SIMD kernels on every target of Highway that this processor has.
#include <gtest/gtest.h>

#include "kernels/simd/targets.h"

namespace citrine {

// Calls test() once a target; what is packed for one target must be used on it.
template <class Test>
void for_each_simd_target(Test test) {
  for (const auto target : hwy::SupportedAndGeneratedTargets()) {
    SCOPED_TRACE(hwy::TargetName(target));
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    test();
  }
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

}  // namespace citrine
