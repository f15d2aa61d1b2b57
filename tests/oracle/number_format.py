"""Number formats: what each code reads as, written from docs/format.md alone."""
import re
import numpy as np

TWO_HOT_TERM_BITS = {3: 3, 4: 4, 5: 4, 6: 4, 7: 4, 8: 5}


def sign_magnitude(bits, magnitude):
    """A sign in the highest bit, below it the code of what is signed."""
    half = 1 << (bits - 1)
    return [magnitude(code) for code in range(half)] + [-magnitude(code) for code in range(half)]


def power(code):
    return 0 if code == 0 else 1 << (code - 1)


def linear(bits):
    return [code - (code >> (bits - 1) << bits) for code in range(1 << bits)]


def two_hot_term(exponents):
    return sign_magnitude(TWO_HOT_TERM_BITS[exponents], lambda code: power(min(code, exponents)))


def two_hot(exponents):
    term = two_hot_term(exponents)
    return [first + second for first in term for second in term]


def additive_powers(bits):
    fields, odd = divmod(bits - 1, 2)

    def magnitude(code):
        total = (code & 1) << fields if odd else 0
        for t in range(fields):
            field = code >> (odd + 2 * t) & 3
            total += [0, 1 << t, 1 << (t + fields + odd), 1 << (t + 2 * fields + odd)][field]
        return total

    return sign_magnitude(bits, magnitude)


def root_of_two_power(code):
    return 0 if code == 0 else (128 if code % 2 else 181) << ((code - 1) // 2)


READINGS = {
    "linear": linear,
    "magnitude": lambda bits: sign_magnitude(bits, lambda code: code),
    "unsigned": lambda bits: list(range(1 << bits)),
    "pot": lambda bits: sign_magnitude(bits, power),
    "unsigned_pot": lambda bits: [power(code) for code in range(1 << bits)],
    "twohot": two_hot,
    "apot": additive_powers,
    "logsqrt": lambda bits: sign_magnitude(bits, root_of_two_power),
}


def greedy_code(value, exponents):
    """The power nearest to a two-hot integer (half-way: the larger one), then that of what is left."""
    term = two_hot_term(exponents)[:]
    written = [code for code, power_ in enumerate(term) if term.index(power_) == code]
    first = min(written, key=lambda code: (abs(term[code] - value), -abs(term[code])))
    second = term.index(value - term[first])
    return first * len(term) + second


def twos_complement(bits, register):
    """What a signed register holds of an integer, or of an array of them."""
    half = 1 << (register - 1)
    return ((bits + half) & ((1 << register) - 1)) - half


def register_bits(values):
    """Bits that hold all integers: in two's complement where one is negative."""
    low, high = min(values), max(values)
    if low >= 0:
        return high.bit_length()
    return 1 + max(high.bit_length(), (-low - 1).bit_length())


class NumberFormat:
    def __init__(self, name):
        self.family, size = re.fullmatch(r"([a-z_]+?)(\d+)", name).groups()
        self.size = int(size)
        self.readings = READINGS[self.family](self.size)
        self.bits = (len(self.readings) - 1).bit_length()
        self.value_bits = register_bits(self.readings)
        self.written = np.array(sorted(self._written()), np.int64)

    def _written(self):
        values = set(self.readings)
        if self.family == "linear":
            values.remove(-(1 << (self.size - 1)))
        return values

    def code(self, value):
        if self.family == "twohot":
            return greedy_code(value, self.size)
        return self.readings.index(value)

    def nearest(self, values):
        """Of two equally near integers the higher one."""
        if values.dtype.kind == "i" and self.written[-1] - self.written[0] == len(self.written) - 1:
            return np.clip(values, self.written[0], self.written[-1])
        between = self.written[:-1] + self.written[1:]
        return self.written[np.searchsorted(between, 2 * values, side="right")]
