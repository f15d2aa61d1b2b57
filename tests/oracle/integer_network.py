"""Dense inference of an integer network, written from docs/format.md alone. Maps are [channels, batch, height, width]."""
import json
import h5py
import numpy as np
from number_format import NumberFormat, twos_complement

EXACT_IN_FLOAT32 = 1 << 24


class Scales:
    """x multiplier / 2^shift, halves rounded up; one for all channels or one each."""

    def __init__(self, multiplier, shift):
        self.multiplier, self.shift = (np.asarray(a, np.int64).reshape(-1) for a in (multiplier, shift))

    def __getitem__(self, index):
        return Scales(self.multiplier[index], self.shift[index])

    def __call__(self, values):
        across = (-1,) + (1,) * (values.ndim - 1)
        shift = self.shift.reshape(across)
        down, up = np.maximum(shift, 0), np.maximum(-shift, 0)
        half = np.where(down > 0, np.int64(1) << np.maximum(down - 1, 0), 0)
        return ((values.astype(np.int64) * self.multiplier.reshape(across) << up) + half) >> down


class Layer:
    product_bits = 0  # unless the file names more

    def __init__(self, group):
        for name, value in group.attrs.items():
            # Of Python's own types, whose integers have no width.
            setattr(self, name, value.decode() if isinstance(value, bytes) else np.asarray(value).item())
        self.inputs = group["inputs"][:].tolist()
        self.scales, self.residual_scales, self.input_scales = (
            Scales(group[name]["multiplier"][:], group[name]["shift"][:])
            for name in ("scales", "residual_scales", "input_scales"))
        self.number = NumberFormat(self.format)
        if self.kind == "convolution":
            self.weights, self.bias = group["weights"][:].astype(np.int64), group["bias"][:].astype(np.int64)
            self.weight_steps = group["weight_steps"][:]
            self.weight_number = NumberFormat(self.weight_format)
            self._check_codes(group["weight_codes"][:].astype(np.int64))

    def _check_codes(self, codes):
        written = {value: self.weight_number.code(value) for value in np.unique(self.weights).tolist()}
        mask = (1 << self.weight_number.bits) - 1
        if (np.vectorize(written.get)(self.weights) != codes & mask).any():
            raise SystemExit(f"{self.name}: weight codes are not those of the weights in {self.weight_format}")

    def place(self, element):
        """An element's row, column, channel in the layer's map."""
        pixel, channel = divmod(int(element), self.channels)
        return *divmod(pixel, self.width), channel

    def hold(self, total):
        """What the accumulator keeps of a sum."""
        half = 1 << (self.accumulator_bits - 1)
        if self.overflow == "saturate":
            return np.clip(total, -half, half - 1)
        return twos_complement(total, self.accumulator_bits)

    def store(self, values):
        return self.number.nearest(np.clip(values, self.low, self.high))

    # Every map that windows see, one tap at a time, padding being `fill`.
    def taps(self, maps, fill=0):
        pad = self.padding
        bordered = np.pad(maps, ((0, 0), (0, 0), (pad, pad), (pad, pad)), constant_values=fill)
        for y in range(self.kernel):
            for x in range(self.kernel):
                yield bordered[:, :, y:y + self.stride * (self.height - 1) + 1:self.stride,
                               x:x + self.stride * (self.width - 1) + 1:self.stride]

    def sums(self, maps, weights=None):
        weights = self.weights if weights is None else weights
        return (self._stepwise if self.overflow == "saturate" else self._at_once)(maps, weights)

    def _at_once(self, maps, weights):
        """The register wraps, so that it may do so once at the end."""
        largest = int(np.abs(maps).max(initial=0)) * int(np.abs(weights).sum(axis=(1, 2, 3)).max(initial=0))
        exact = np.float32 if largest < EXACT_IN_FLOAT32 else np.float64
        assert largest < 1 << 53
        filters, depth = weights.shape[0], weights.shape[3]
        grouped = weights.reshape(self.groups, filters // self.groups, -1, depth).astype(exact)
        total = 0
        for tap, seen in enumerate(self.taps(maps.astype(exact))):
            shape = seen.shape[1:]
            columns = np.ascontiguousarray(seen).reshape(self.groups, depth, -1)
            if depth == 1:
                total = total + grouped[:, :, tap] * columns
            else:
                total = total + np.stack([w @ c for w, c in zip(grouped[:, :, tap], columns)])
        total = total.reshape(filters, *shape).astype(np.int64)
        return self.hold(total + self.bias.reshape(-1, 1, 1, 1))

    def _stepwise(self, maps, weights):
        filters, depth = weights.shape[0], weights.shape[3]
        first = np.arange(filters) // (filters // self.groups) * depth
        total = self.bias.reshape(-1, 1, 1, 1)
        for tap, seen in enumerate(self.taps(maps)):
            for channel in range(depth):
                weight = weights.reshape(filters, -1, depth)[:, tap, channel].reshape(-1, 1, 1, 1)
                total = self.hold(total + weight * seen[first + channel])
        return total

    def requantized(self, sums, inputs, channel=slice(None)):
        """What a convolution stores of its sums, of all channels or one."""
        if len(self.inputs) > 1:
            scales = self.residual_scales if self.residual_scales.shift.size == 1 else self.residual_scales[channel]
            sums = self.hold(sums + scales(inputs[1]))
        scales = self.scales if self.scales.shift.size == 1 else self.scales[channel]
        return self.store(scales(sums))

    def __call__(self, inputs):
        return getattr(self, "_" + self.kind)(inputs)

    def _convolution(self, inputs):
        return self.requantized(self.sums(inputs[0]), inputs)

    def _max_pool(self, inputs):
        lowest = np.iinfo(np.int64).min
        return self.store(self.scales(np.max(list(self.taps(inputs[0], lowest)), axis=0)))

    def _average_pool(self, inputs):
        """Padding counts as zeros."""
        area = self.kernel * self.kernel
        mean = (2 * sum(self.taps(inputs[0])) + area) // (2 * area)
        return self.store(self.scales(mean))

    def _add(self, inputs):
        total = sum(self.input_scales[i](maps) for i, maps in enumerate(inputs))
        return self.store(self.scales(twos_complement(total, 32)))

    def _concat(self, inputs):
        return np.concatenate([self.store(self.input_scales[i](maps)) for i, maps in enumerate(inputs)])

    def _shortcut(self, inputs):
        seen = self.store(self.input_scales[0](inputs[0][:, :, ::self.stride, ::self.stride]))
        before = (self.channels - self.input_channels) // 2
        after = self.channels - self.input_channels - before
        return np.pad(seen, ((before, after), (0, 0), (0, 0), (0, 0)))


class IntegerNetwork:
    def __init__(self, path):
        with h5py.File(path) as file:
            self.fingerprint = file.attrs["fingerprint"].decode()
            self.config = json.loads(file["origin/config"][()])
            self.layers = [Layer(file["layers"][index]) for index in sorted(file["layers"])]
        last = self.layers[-1]
        self.logit_step = last.weight_steps[0] * self.layers[last.inputs[0]].step

    def encode(self, values):
        """Real values [images, height, width, channels] as maps of the input layer."""
        first = self.layers[0]
        units = np.clip(values.astype(np.float64) / first.step, first.low, first.high)
        return np.ascontiguousarray(first.number.nearest(units).transpose(3, 0, 1, 2))

    def inputs_of(self, index, maps):
        return [maps[source] for source in self.layers[index].inputs]

    def run(self, images):
        """What every layer stores; of the last one its accumulators, the logits."""
        maps = [images]
        for index in range(1, len(self.layers)):
            maps.append(self.compute(index, self.inputs_of(index, maps)))
        return maps

    def compute(self, index, inputs):
        layer = self.layers[index]
        return layer.sums(inputs[0]) if index + 1 == len(self.layers) else layer(inputs)
