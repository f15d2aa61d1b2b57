"""Coverage of intervals for images like these, when the images are drawn from those of a campaign.

usage: image_coverage.py CAMPAIGN [RUNS]    (numpy, scipy, h5py)

Each run draws images with replacement from the campaign's and asks whether the interval of their SDC share
holds that of all its images: with the degrees of freedom of Korn and Graubard (1998), images less one, and
with Satterthwaite's, as citrine does (faultsim/clusters.h). Prints a line a site and number of images:
per cent of the runs, and the mean width in points.
"""
import sys

import h5py
import numpy as np
from scipy import stats

SDC = 4  # code of the outcome
IMAGES = (50, 200, 500, 1000)


def t_quantile(freedom):
    return stats.t.ppf(0.975, freedom)


def beta_interval(share, trials):
    hits = share * trials
    low = stats.beta.ppf(0.025, hits, trials - hits + 1) if hits > 0 else 0
    high = stats.beta.ppf(0.975, hits + 1, trials - hits) if hits < trials else 1
    return low, high


def intervals(hits, trials):
    """Korn and Graubard's, and with Satterthwaite's degrees of freedom; hits and trials by image."""
    images, total = len(hits), trials.sum()
    share = hits.sum() / total
    least = total**2 / (trials**2).sum()
    squares = (hits - share * trials) ** 2
    if not squares.any() or share in (0, 1):
        return beta_interval(share, total), beta_interval(share, least)
    variance = images / (images - 1) * squares.sum() / total**2
    effective = min(total, share * (1 - share) / variance) * t_quantile(total - 1) ** 2
    freedom = squares.sum() ** 2 / (squares**2).sum() - 1
    ours = max(least, effective / t_quantile(freedom) ** 2) if freedom >= 0.1 else least
    return beta_interval(share, effective / t_quantile(images - 1) ** 2), beta_interval(share, ours)


def main():
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 400
    draws = np.random.default_rng(1)
    with h5py.File(sys.argv[1]) as file:
        rows = file["rows"]
        site, image, is_sdc = rows["site"][()], rows["image"][()], rows["outcome"][()] == SDC
        names = [name.decode() for name in rows["site"].attrs["names"]]
    count = image.max() + 1
    for code in np.unique(site):
        own = site == code
        hits = np.bincount(image[own], weights=is_sdc[own], minlength=count)
        trials = np.bincount(image[own], minlength=count).astype(float)
        truth = hits.sum() / trials.sum()
        for images in IMAGES:
            covered, widths = np.zeros(2), np.zeros(2)
            for _ in range(runs):
                drawn = draws.integers(0, count, images)
                for i, (low, high) in enumerate(intervals(hits[drawn], trials[drawn])):
                    covered[i] += low <= truth <= high
                    widths[i] += high - low
            print(f"{names[code]:<20} {images:>5} images:"
                  f" Korn and Graubard {100 * covered[0] / runs:5.1f} ({100 * widths[0] / runs:.2g}),"
                  f" Satterthwaite {100 * covered[1] / runs:5.1f} ({100 * widths[1] / runs:.2g})", flush=True)


main()
