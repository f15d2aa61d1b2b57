#!/usr/bin/env python3
"""Draws random network architectures for Fashion-MNIST as citrine graphs (JSON).

usage: architectures.py FOLDER [COUNT [SEED]]

COUNT networks of each family, FAMILY_NN.json: `chain` (strided convolutions), `pooled` (max- and average-pools), `residual`
(sums), `concat` (each layer's map joined to its input), `separable` (depthwise and pointwise), `mixed` (each stage of another
of these). 4 to 20 stored layers, 10,000 to 1,000,000 parameters (drawn evenly on a logarithmic scale, met within a quarter where
the other draws allow it), at most 15 million multiply-accumulates; a quarter has a fully connected layer before the logits.
"""
import json
import math
import random
import sys
from pathlib import Path

FAMILIES = ["chain", "pooled", "residual", "concat", "separable", "mixed"]
SIDE, CLASSES = 28, 10
MOST_MACS = 15e6


class Builder:
    """A graph that grows layer by layer, with its parameters, multiply-accumulates and stored layers."""

    def __init__(self):
        self.nodes = [{"name": "image", "op": "input"}]
        self.channels, self.side = {"image": 1}, {"image": SIDE}
        self.parameters = self.macs = self.stored = 0

    def add(self, name, op, inputs, channels, side, attributes=None):
        self.nodes.append({"name": name, "op": op, "inputs": inputs, **(attributes or {})})
        self.channels[name], self.side[name] = channels, side
        return name

    def convolution(self, source, channels, kernel=3, stride=1, groups=1, has_relu=True):
        """Convolution, batch norm and ReLU; the name of the last."""
        name = f"conv{self.stored + 1}"
        inputs = self.channels[source]
        side = (self.side[source] + 2 * (kernel // 2) - kernel) // stride + 1
        attributes = {"channels": channels, "kernel": kernel, "stride": stride, "padding": kernel // 2, "groups": groups}
        defaults = {"kernel": 1, "stride": 1, "padding": 0, "groups": 1}
        written = {key: value for key, value in attributes.items() if defaults.get(key) != value}
        weights = channels * inputs // groups * kernel**2
        self.parameters += weights + 2 * channels
        self.macs += weights * side**2
        self.stored += 1
        out = self.add(name, "convolution", [source], channels, side, written)
        out = self.add(f"{name}.bn", "batch_norm", [out], channels, side)
        return self.add(f"{name}.relu", "relu", [out], channels, side) if has_relu else out

    def pool(self, source, op, kernel):
        padding = kernel // 2 if kernel == 3 else 0
        side = (self.side[source] + 2 * padding - kernel) // 2 + 1
        attributes = {"kernel": kernel, "stride": 2, **({"padding": padding} if padding else {})}
        return self.add(f"pool{len(self.nodes)}", op, [source], self.channels[source], side, attributes)

    def join(self, op, inputs):
        channels = sum(self.channels[i] for i in inputs) if op == "concat" else self.channels[inputs[0]]
        return self.add(f"{op}{len(self.nodes)}", op, inputs, channels, self.side[inputs[0]])

    def relu(self, source):
        return self.add(f"{source}.relu", "relu", [source], self.channels[source], self.side[source])

    def fully_connected(self, source, units, name):
        inputs = self.channels[source] * self.side[source] ** 2
        self.parameters += units * (inputs + 1)
        self.macs += units * inputs
        return self.add(name, "fully_connected", [source], units, 1, {"channels": units, "has_bias": True})

    def graph(self, output):
        return {"schema": "citrine graph", "version": 1, "input": {"height": SIDE, "width": SIDE, "channels": 1},
                "nodes": self.nodes, "output": output}


def down(builder, x, how, channels, kernel):
    """Halves the resolution."""
    if how == "stride":
        return builder.convolution(x, channels, kernel, stride=2)
    op, size = how
    return builder.pool(builder.convolution(x, channels, kernel), op, size)


def layer(builder, x, style, channels, kernel):
    """One or two stored layers of a style at one resolution."""
    if style == "residual" and builder.channels[x] == channels:
        y = builder.convolution(builder.convolution(x, channels, kernel), channels, kernel, has_relu=False)
        return builder.relu(builder.join("add", [y, x]))
    if style == "concat":
        grown = builder.convolution(x, max(4, channels // 4 * 2), kernel)
        joined = builder.join("concat", [x, grown])
        return joined if builder.channels[joined] <= 2 * channels else builder.convolution(joined, channels, 1)
    if style == "separable":
        x = builder.convolution(x, builder.channels[x], kernel, groups=builder.channels[x])
        return builder.convolution(x, channels, 1)
    return builder.convolution(x, channels, kernel)


def build(plan, width):
    """The network of a plan with so many channels in the first stage."""
    builder = Builder()
    x = builder.convolution("image", width, 3)
    channels = width
    for stage in plan["stages"]:
        while builder.stored < stage["until"]:
            x = layer(builder, x, stage["style"], channels, plan["kernels"][builder.stored % len(plan["kernels"])])
        if stage["down"]:
            channels = max(4, round(channels * plan["growth"] / 4) * 4)
            x = down(builder, x, stage["down"], channels, 3)
    if plan["hidden"]:
        while builder.side[x] > 4:
            x = builder.pool(x, "average_pool", 2)
        x = builder.relu(builder.fully_connected(x, plan["hidden"], "hidden"))
        builder.stored += 1
    else:
        x = builder.add("average", "global_average_pool", [x], builder.channels[x], 1)
    return builder, builder.fully_connected(x, CLASSES, "logits")


def draw_plan(family, rng):
    depth = rng.randint(4, 18)
    downs = rng.randint(1, min(3, depth - 2))
    cuts = sorted(rng.sample(range(1, depth), downs)) + [depth]
    styles = {"mixed": ["chain", "residual", "concat", "separable"]}.get(family, [family])
    hows = ["stride"]
    if family in ("pooled", "mixed"):
        hows = [("max_pool", 2), ("max_pool", 2), ("max_pool", 3), ("average_pool", 2)] + ["stride"] * (family == "mixed")
    stages = [{"style": rng.choice(styles), "until": cut, "down": rng.choice(hows) if i < downs else None}
              for i, cut in enumerate(cuts)]
    return {"stages": stages, "growth": rng.choice([1, 1.5, 2]), "hidden": rng.choice([0, 0, 0, rng.choice([16, 32, 64])]),
            "kernels": [rng.choice([1, 3, 3, 3, 5]) for _ in range(7)]}


def draw(family, rng):
    """Plans until one can be as large as drawn."""
    while True:
        target, plan = math.exp(rng.uniform(math.log(1e4), math.log(1e6))), draw_plan(family, rng)
        fitting = [(abs(math.log(b.parameters / target)), w, b, out) for w in range(4, 200, 4)
                   for b, out in [build(plan, w)] if b.macs <= MOST_MACS and 1e4 <= b.parameters <= 1e6]
        if not fitting:
            continue
        miss, _, builder, output = min(fitting, key=lambda entry: entry[:2])
        if miss < math.log(1.25) and 4 <= builder.stored <= 20:
            return builder.graph(output)


def main():
    arguments = dict(enumerate(sys.argv))
    folder, count, seed = Path(arguments[1]), int(arguments.get(2, 24)), int(arguments.get(3, 0))
    folder.mkdir(parents=True, exist_ok=True)
    for family in FAMILIES:
        for number in range(count):
            rng = random.Random(f"{seed} {family} {number}")
            path = folder / f"{family}_{number:02}.json"
            path.write_text(json.dumps(draw(family, rng), indent=1) + "\n")


if __name__ == "__main__":
    main()
