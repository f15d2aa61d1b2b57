#pragma once
// Intervals for trials that come in clusters: many faults on one image, many images under one
// fault.
#include <span>

#include "faultsim/statistics.h"

namespace citrine {

// Trials that share an image or a fault; weighted trials need not add up to whole numbers.
struct Cluster {
  double hits = 0, trials = 0;
};

// The unit of sampling is the cluster: the interval speaks of all clusters like these. Variance of
// the ratio estimator between clusters, as an effective number of trials in Clopper and Pearson's
// interval (Korn and Graubard 1998). Its degrees of freedom are those of Satterthwaite (1946), one
// less than the clusters that would have as much of it each: few may hold nearly all hits. The
// number is never below that of clusters of one trial. Throws Error unless there are two clusters
// with trials.
Interval cluster_interval(std::span<const Cluster> clusters, double confidence = kConfidence);

// Of the shares of hits of two, by what each cluster adds to them; 0 if one does not vary. Clusters
// at one index are the same, perhaps without trials. Throws Error unless both have as many.
double cluster_correlation(std::span<const Cluster> first, std::span<const Cluster> second);

}  // namespace citrine
