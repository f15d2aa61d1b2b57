#!/usr/bin/env python3
"""usage: recompute.py NETWORK CAMPAIGN IMAGES [--rows N] [--jobs N]

Recomputes rows of a campaign by dense integer inferences, written from docs/format.md and docs/method.md alone, and compares them.
IMAGES is a file of CIFAR-10 records, of which the campaign used the first ones. Ends with 1 if a row differs."""
import argparse
import copy
import hashlib
import json
import sys
from functools import partial
from multiprocessing import Pool

try:
    import h5py
    import numpy as np
except ImportError as missing:
    print(f"skipped: {missing.name} is not installed")
    sys.exit(77)
from integer_network import IntegerNetwork
from number_format import twos_complement

MEAN, DEVIATION = (np.array(a, np.float32) for a in ((.485, .456, .406), (.229, .224, .225)))
BATCH = 32  # rows
REPORTED = 500  # rows
COMPARED = ("outcome", "golden_class", "faulty_class", "flags", "logit_change")


def upset(bits, faults):
    """What a register or word reads as under faults, one after the other."""
    for fault in faults:
        mask = (1 << fault["width"]) - 1 << fault["bit"]
        read = {"flip": ~bits, "stuck_at_0": 0, "stuck_at_1": mask, "random_value": fault["value"] << fault["bit"]}
        bits = (bits & ~mask) | (read[fault["effect"]] & mask)
    return bits


def upset_number(number, value, faults):
    return number.readings[upset(number.code(int(value)), faults)]


def upset_register(value, width, faults):
    return twos_complement(upset(int(value), faults), width)


def by(name, faults):
    """Faults in groups that have a place in common."""
    groups = {}
    for fault in faults:
        groups.setdefault(fault[name], []).append(fault)
    return groups


def window(layer, maps, row, column, channel):
    """The activations of an output's steps, channel fastest."""
    depth = layer.weights.shape[3]
    first = channel // (layer.filters // layer.groups) * depth
    taps = [seen[first:first + depth, 0, row, column] for seen in layer.taps(maps)]
    return np.concatenate(taps).tolist()


def faulty_sum(network, layer, inputs, element, faults):
    """One output's dot product on a multiply-accumulate unit, register by register."""
    row, column, channel = layer.place(element)
    activation_number = network.layers[layer.inputs[0]].number
    width = max(layer.product_bits, layer.weight_number.value_bits + activation_number.value_bits)
    total = int(layer.hold(layer.bias[channel]))
    steps = zip(layer.weights[channel].reshape(-1).tolist(), window(layer, inputs[0], row, column, channel))
    of_step = by("step", faults)
    for step, (weight, activation) in enumerate(steps):
        here = of_step.get(step, [])
        site = here[0]["site"] if here else None
        if site == "weight_operand":
            weight = upset_number(layer.weight_number, weight, here)
        if site == "activation_operand":
            activation = upset_number(activation_number, activation, here)
        product = weight * activation
        if site == "product":
            product = upset_register(product, width, here)
        total = int(layer.hold(total + product))
        if site == "accumulator":
            total = upset_register(total, layer.accumulator_bits, here)
    return total


def upset_units(network, layer, inputs, faults):
    """Sums of the layer under faults of the units that compute its outputs."""
    sums = layer.sums(inputs[0])
    for element, here in by("element", faults).items():
        row, column, channel = layer.place(element)
        sums[channel, 0, row, column] = faulty_sum(network, layer, inputs, element, here)
    return sums


def upset_weights(network, layer, inputs, faults):
    """Sums of the layer under faults of weights in memory."""
    weights = layer.weights.copy()
    flat = weights.reshape(-1)
    for element, here in by("element", faults).items():
        flat[element] = upset_number(layer.weight_number, flat[element], here)
    return layer.sums(inputs[0], weights)


def upset_biases(network, layer, inputs, faults):
    """Sums of the layer under faults of biases in memory."""
    altered = copy.copy(layer)
    altered.bias = layer.bias.copy()
    for element, here in by("element", faults).items():
        altered.bias[element] = upset_register(layer.bias[element], layer.accumulator_bits, here)
    return altered.sums(inputs[0])


def upset_stored(layer, before, faults):
    """What the layer stores under faults of its stored integers."""
    stored = before.copy()
    for element, here in by("element", faults).items():
        row, column, channel = layer.place(element)
        stored[channel, 0, row, column] = upset_number(layer.number, stored[channel, 0, row, column], here)
    return stored


# By site: what computes the sums under faults; or they are of what is stored.
OF_SUMS = {
    "weight_operand": upset_units,
    "activation_operand": upset_units,
    "product": upset_units,
    "accumulator": upset_units,
    "weight_memory": upset_weights,
    "bias_memory": upset_biases,
}
OF_STORED = ("output_register", "activation_memory")


def inject(network, index, inputs, before, faults):
    """What a layer that would store `before` stores under its faults, and the outcome if that is the same."""
    layer, site, is_last = network.layers[index], faults[0]["site"], index + 1 == len(network.layers)
    if site in OF_STORED:
        stored = upset_stored(layer, before, faults)
        return stored, "masked_at_site" if (stored == before).all() else None
    if site not in OF_SUMS:
        raise SystemExit(f"rows of {site} are not recomputed here")
    sums = OF_SUMS[site](network, layer, inputs, faults)
    if (sums == layer.sums(inputs[0])).all():
        return before, "masked_at_site"
    stored = sums if is_last else layer.requantized(sums, inputs)
    return stored, "masked_in_layer" if (stored == before).all() else None


def inject_one(network, golden, fault):
    index = fault["layer"]
    return inject(network, index, network.inputs_of(index, golden), golden[index], [fault])


def run_together(network, golden, faults):
    """Logits under several faults in one inference, and the outcome if they change nothing that is stored."""
    maps, kinds, of_layer = list(golden), [], by("layer", faults)
    for index in range(1, len(network.layers)):
        inputs = network.inputs_of(index, maps)
        if any(maps[source] is not golden[source] for source in network.layers[index].inputs):
            maps[index] = network.compute(index, inputs)
        if index in of_layer:
            maps[index], kind = inject(network, index, inputs, maps[index], of_layer[index])
            kinds.append(kind)
    kind = None if None in kinds else "masked_in_layer" if "masked_in_layer" in kinds else "masked_at_site"
    return maps[-1].reshape(-1), kind


def confidence(logits, wanted, step):
    return 1 / sum(np.exp((float(logit) - float(logits[wanted])) * step) for logit in logits)


def outcome(golden, faulty, step, kind=None):
    """The compared columns, from the logits; `kind` if nothing reached them."""
    before, after = int(np.argmax(golden)), int(np.argmax(faulty))
    if (golden == faulty).all():
        return kind or "masked_later", before, before, frozenset(), np.float32(0)
    better = [i for i, logit in enumerate(faulty) if (-logit, i) < (-faulty[before], before)]
    drop = confidence(golden, before, step) - confidence(faulty, before, step)
    met = {"sdc5": len(better) >= 5, "drop10": drop > .1, "drop20": drop > .2}
    change = np.float32(float(np.abs(golden - faulty).max()) * step)
    return "benign" if before == after else "sdc", before, after, frozenset(n for n in met if met[n]), change


def recompute(network, images, rows):
    """Outcomes of rows, each a list of faults, at most a batch of them."""
    used, image_of = np.unique([row[0]["image"] for row in rows], return_inverse=True)
    golden = network.run(images[:, used])
    own = [[maps[:, i:i + 1] for maps in golden] for i in range(len(used))]
    results = [None] * len(rows)
    single = [i for i, row in enumerate(rows) if len(row) == 1]
    for i in set(range(len(rows))) - set(single):
        results[i] = run_together(network, own[image_of[i]], rows[i])
    injected = {i: inject_one(network, own[image_of[i]], rows[i][0]) for i in single}
    live = [i for i in single if injected[i][1] is None]
    logits = run_faulty(network, [maps[:, image_of[live]] for maps in golden],
                        [rows[i][0]["layer"] for i in live], [injected[i][0] for i in live])
    for i in single:
        results[i] = own[image_of[i]][-1].reshape(-1), injected[i][1]
    for at, i in enumerate(live):
        results[i] = logits[:, at].reshape(-1), None
    return [outcome(own[i][-1].reshape(-1), faulty, network.logit_step, kind)
            for i, (faulty, kind) in zip(image_of, results)]


def run_faulty(network, maps, layers, stored):
    """Logits of inferences that are fault-free up to the row's own layer, in which they store what is given."""
    layers, changed = np.array(layers), np.zeros((len(network.layers), len(layers)), bool)
    for index in range(1, len(network.layers)):
        sources = network.layers[index].inputs
        seen = np.flatnonzero((layers < index) & changed[sources].any(axis=0))
        if len(seen):
            computed = network.compute(index, [maps[source][:, seen] for source in sources])
            changed[index, seen] = (computed != maps[index][:, seen]).any(axis=(0, 2, 3))
            maps[index][:, seen] = computed
        for row in np.flatnonzero(layers == index):
            maps[index][:, row], changed[index, row] = stored[row][:, 0], True
    return maps[-1]


class Campaign:
    def __init__(self, path):
        with h5py.File(path) as file:
            self.fingerprint = file.attrs["network_fingerprint"].decode()
            self.labels = file["labels"][:]
            self.images_hash = json.loads(file["origin/record"][()])["images"]
            rows = file["rows"]
            self.columns = {name: column[:] for name, column in rows.items()}
            names = {name: rows[name].attrs["names"].astype(str) for name in ("site", "effect", "outcome", "flags")}
            self.further = {name: column[:] for name, column in file.get("further_faults", {}).items()}
        for name in ("site", "effect", "outcome"):
            self.columns[name] = names[name][self.columns[name]]
        self.columns["flags"] = [frozenset(name for bit, name in enumerate(names["flags"]) if flags >> bit & 1)
                                 for flags in self.columns["flags"].tolist()]
        if self.further:
            self.further["effect"] = names["effect"][self.further["effect"]]
        self.size = len(self.columns["site"])

    def faults(self, row):
        """All faults of a row, with its site and image."""
        first = self.plain(self.columns, row)
        last = range(0)
        if self.further:
            last = range(*np.searchsorted(self.further["row"], [row, row + 1]))
        return [first] + [first | self.plain(self.further, at) for at in last]

    @staticmethod
    def plain(columns, at):
        texts = {name: str(columns[name][at]) for name in ("site", "effect") if name in columns}
        return texts | {name: int(column[at]) for name, column in columns.items()
                        if name not in COMPARED and name not in texts}

    def outcome(self, row):
        return tuple(self.columns[name][row] for name in COMPARED)


def input_maps(network, campaign, path):
    """The images' integers, checked against the campaign's labels and hash."""
    records = np.fromfile(path, np.uint8).reshape(-1, 3073)[:len(campaign.labels)]
    if (records[:, 0] != campaign.labels).any():
        raise SystemExit(f"{path}: must begin with the campaign's images, but their labels differ")
    pixels = records[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1).astype(np.float32)
    maps = network.encode((pixels / np.float32(255) - MEAN) / DEVIATION)
    stored = maps.transpose(1, 2, 3, 0).astype("<i2").tobytes()
    if hashlib.sha256(stored).hexdigest() != campaign.images_hash:
        raise SystemExit(f"{path}: must begin with the campaign's images, but the hash of their integers differs")
    return maps


def mismatches(network, campaign, images, rows):
    """For each row None, or a line on how it differs."""
    got = recompute(network, images, [campaign.faults(row) for row in rows])
    return [None if new == campaign.outcome(row) else
            f"row {row} {campaign.faults(row)}: recomputed {new}, campaign has {campaign.outcome(row)}"
            for row, new in zip(rows, got)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("network", "campaign", "images"):
        parser.add_argument(name)
    parser.add_argument("--rows", type=int, help="so many, evenly spaced; all if not given")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    given = parser.parse_args()
    network, campaign = IntegerNetwork(given.network), Campaign(given.campaign)
    if network.fingerprint != campaign.fingerprint:
        raise SystemExit(f"{given.campaign}: is a campaign of another network than {given.network}")
    images = input_maps(network, campaign, given.images)
    wanted = min(given.rows or campaign.size, campaign.size)
    rows = np.arange(wanted, dtype=np.int64) * campaign.size // wanted
    rows = rows[np.argsort(campaign.columns["image"][rows], kind="stable")]
    batches = np.array_split(rows, -(-wanted // BATCH)) if wanted else []
    done = wrong = 0
    with Pool(given.jobs) as pool:
        for lines in pool.imap(partial(mismatches, network, campaign, images), batches):
            wrong += sum(line is not None for line in lines)
            print("".join(f"{line}\n" for line in lines if line), end="", flush=True)
            if done // REPORTED < (done := done + len(lines)) // REPORTED:
                print(f"{done} of {wanted} rows", flush=True)
    print(f"{done} rows recomputed, {wrong} mismatches")
    return 0 if done == wanted > 0 and wrong == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
