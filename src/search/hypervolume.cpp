#include "search/hypervolume.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "kernels/error.h"

namespace citrine {
namespace {

// Boxes that share the corner at the origin: `dimensions` extents each, all positive. The union of
// them is what is measured.
struct Boxes {
  std::size_t dimensions = 0;
  std::vector<double> extents;

  std::size_t size() const { return extents.size() / dimensions; }
  const double* operator[](std::size_t i) const { return extents.data() + i * dimensions; }
};

double product(const double* extents, std::size_t count) {
  double result = 1;
  for (std::size_t i = 0; i < count; ++i) result *= extents[i];
  return result;
}

// Area of a union of rectangles that grows; its corners are kept by falling width.
class Staircase {
 public:
  double area() const { return area_; }
  void clear() {
    corners_.clear();
    area_ = 0;
  }

  void add(double width, double height) {
    auto first =
        std::ranges::partition_point(corners_, [&](const Corner& c) { return c.width > width; });
    if (first != corners_.end() && first->width == width && first->height >= height) return;
    const double below = first == corners_.begin() ? 0 : std::prev(first)->height;
    if (below >= height) return;
    area_ += new_area(first, width, height, below);
    const auto last =
        std::find_if(first, corners_.end(), [&](const Corner& c) { return c.height > height; });
    if (first == last) {
      corners_.insert(first, {width, height});
    } else {
      *first = {width, height};
      corners_.erase(first + 1, last);
    }
  }

 private:
  // Heights rise as widths fall.
  struct Corner {
    double width, height;
  };
  using Iterator = std::vector<Corner>::iterator;

  // Corners from `first` on are at most as wide; below `below` all is covered already.
  double new_area(Iterator first, double width, double height, double below) const {
    double sum = 0, covered = below;
    auto corner = first;
    for (; corner != corners_.end() && corner->height < height; ++corner) {
      sum += (corner->height - covered) * (width - corner->width);
      covered = corner->height;
    }
    const double narrower = corner == corners_.end() ? 0 : corner->width;
    return sum + (height - covered) * (width - narrower);
  }

  std::vector<Corner> corners_;
  double area_ = 0;
};

std::vector<std::size_t> falling_order(const Boxes& boxes, std::size_t axis) {
  std::vector<std::size_t> order(boxes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    return boxes[a][axis] != boxes[b][axis] ? boxes[a][axis] > boxes[b][axis] : a < b;
  });
  return order;
}

double area(const Boxes& boxes) {
  Staircase stairs;
  for (std::size_t i = 0; i < boxes.size(); ++i) stairs.add(boxes[i][0], boxes[i][1]);
  return stairs.area();
}

// Sweeps down along the third axis.
double volume(const Boxes& boxes) {
  Staircase stairs;
  double sum = 0;
  for (const auto i : falling_order(boxes, 2)) {
    const double before = stairs.area();
    stairs.add(boxes[i][0], boxes[i][1]);
    sum += boxes[i][2] * (stairs.area() - before);
  }
  return sum;
}

// A box of four dimensions without its fourth extent, of which its rank is left.
struct RankedBox {
  double width, height, depth;
  std::size_t rank;
};

// By falling depth; rank 0 has the largest fourth extent.
std::vector<RankedBox> ranked_boxes(const Boxes& boxes, std::span<const std::size_t> by_fourth) {
  std::vector<std::size_t> ranks(boxes.size());
  for (std::size_t rank = 0; rank < by_fourth.size(); ++rank) ranks[by_fourth[rank]] = rank;
  std::vector<RankedBox> ranked;
  ranked.reserve(boxes.size());
  for (const auto i : falling_order(boxes, 2))
    ranked.push_back({boxes[i][0], boxes[i][1], boxes[i][2], ranks[i]});
  return ranked;
}

// Volume in three dimensions of the union of the boxes of rank below `rank`, each cut to `limit`.
// Cutting keeps the order along an axis, so one order serves every limit.
double cut_volume(std::span<const RankedBox> ranked, std::size_t rank, const double* limit,
                  Staircase& stairs) {
  stairs.clear();
  double sum = 0;
  for (const auto& box : ranked) {
    if (box.rank >= rank) continue;
    const double before = stairs.area();
    stairs.add(std::min(box.width, limit[0]), std::min(box.height, limit[1]));
    sum += std::min(box.depth, limit[2]) * (stairs.area() - before);
    if (box.width >= limit[0] && box.height >= limit[1]) break;  // behind it all is covered
  }
  return sum;
}

double volume_4d(const Boxes& boxes) {
  const auto by_fourth = falling_order(boxes, 3);
  const auto ranked = ranked_boxes(boxes, by_fourth);
  Staircase stairs;
  double sum = 0;
  for (std::size_t rank = 0; rank < by_fourth.size(); ++rank) {
    const double* box = boxes[by_fourth[rank]];
    sum += box[3] * (product(box, 3) - cut_volume(ranked, rank, box, stairs));
  }
  return sum;
}

bool contains(const double* outer, const double* inner, std::size_t dimensions) {
  for (std::size_t d = 0; d < dimensions; ++d)
    if (outer[d] < inner[d]) return false;
  return true;
}

// Adds a box unless one there contains it; those that it contains go.
void add_maximal(Boxes& boxes, const double* box) {
  const auto dimensions = boxes.dimensions;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    if (contains(boxes[i], box, dimensions)) return;  // then it contains none, and none was moved
    if (contains(box, boxes[i], dimensions)) continue;
    if (kept != i)
      std::copy_n(boxes[i], dimensions,
                  boxes.extents.begin() + static_cast<std::ptrdiff_t>(kept * dimensions));
    ++kept;
  }
  boxes.extents.resize(kept * dimensions);
  boxes.extents.insert(boxes.extents.end(), box, box + dimensions);
}

double measure(const Boxes& boxes);

// Slices along the last axis from the far end: at each box's extent its exclusive part is added.
double sliced(const Boxes& boxes) {
  const auto axis = boxes.dimensions - 1;
  const auto order = falling_order(boxes, axis);
  Boxes cut = {.dimensions = axis, .extents = {}};
  std::vector<double> box(axis);
  double sum = 0;
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    const double* limit = boxes[order[rank]];
    cut.extents.clear();
    for (std::size_t before = 0; before < rank; ++before) {
      for (std::size_t d = 0; d < axis; ++d) box[d] = std::min(boxes[order[before]][d], limit[d]);
      add_maximal(cut, box.data());
    }
    sum += limit[axis] * (product(limit, axis) - measure(cut));
  }
  return sum;
}

double measure(const Boxes& boxes) {
  if (boxes.extents.empty()) return 0;
  if (boxes.dimensions == 1) return std::ranges::max(boxes.extents);
  if (boxes.dimensions == 2) return area(boxes);
  if (boxes.dimensions == 3) return volume(boxes);
  if (boxes.dimensions == 4) return volume_4d(boxes);
  return sliced(boxes);
}

void check(const Points& points, std::span<const double> reference) {
  if (reference.empty()) throw Error("a hypervolume needs at least one objective, got none");
  const auto is_finite = [](double value) { return std::isfinite(value); };
  for (const auto& point : points) {
    if (point.size() != reference.size())
      throw Error("points of a hypervolume must have the ", reference.size(),
                  " objectives of its reference point, got ", point.size());
    if (!std::ranges::all_of(point, is_finite))
      throw Error("points of a hypervolume must be finite");
  }
  if (!std::ranges::all_of(reference, is_finite))
    throw Error("the reference point of a hypervolume must be finite");
}

// Extents below the reference; false if one is not positive.
bool extents_of(std::span<const double> point, std::span<const double> reference,
                std::vector<double>& extents) {
  for (std::size_t d = 0; d < point.size(); ++d) extents[d] = reference[d] - point[d];
  return std::ranges::all_of(extents, [](double extent) { return extent > 0; });
}

}  // namespace

double hypervolume(const Points& points, std::span<const double> reference) {
  check(points, reference);
  Boxes boxes = {.dimensions = reference.size(), .extents = {}};
  std::vector<double> extents(reference.size());
  for (const auto& point : points)
    if (extents_of(point, reference, extents)) add_maximal(boxes, extents.data());
  return measure(boxes);
}

std::vector<double> hypervolume_contributions(const Points& points,
                                              std::span<const double> reference) {
  check(points, reference);
  std::vector<double> contributions(points.size(), 0), limit(reference.size()),
      other(reference.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (!extents_of(points[i], reference, limit)) continue;
    Boxes cut = {.dimensions = reference.size(), .extents = {}};
    for (std::size_t j = 0; j < points.size(); ++j) {
      if (j == i || !extents_of(points[j], reference, other)) continue;
      for (std::size_t d = 0; d < other.size(); ++d) other[d] = std::min(other[d], limit[d]);
      add_maximal(cut, other.data());
    }
    contributions[i] = std::max(product(limit.data(), limit.size()) - measure(cut), 0.0);
  }
  return contributions;
}

}  // namespace citrine
