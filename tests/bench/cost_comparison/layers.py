"""The layers that cost models are compared on."""
from dataclasses import dataclass, replace

DATAFLOWS = ("output_stationary", "weight_stationary", "input_stationary")


@dataclass(frozen=True)
class Layer:
    """A convolution; a fully connected layer is one of a 1x1 map. Channels and filters are of all groups together."""
    name: str
    height: int
    width: int
    channels: int
    filters: int
    kernel: int = 1
    stride: int = 1
    padding: int = 0
    groups: int = 1

    def output(self, side):
        return (side + 2 * self.padding - self.kernel) // self.stride + 1

    @property
    def pixels(self):
        return self.output(self.height) * self.output(self.width)

    @property
    def steps(self):
        return self.kernel ** 2 * self.channels // self.groups

    @property
    def group(self):
        """One group, as a layer."""
        return replace(self, channels=self.channels // self.groups, filters=self.filters // self.groups, groups=1)

    def graph(self):
        """A network of this layer alone, in citrine's JSON."""
        node = {"name": "layer", "op": "convolution", "inputs": ["input"]}
        node |= {key: getattr(self, {"channels": "filters"}.get(key, key)) for key in ("channels", "kernel", "stride", "padding", "groups")}
        return {"schema": "citrine graph", "version": 1, "output": "layer",
                "input": {"height": self.height, "width": self.width, "channels": self.channels},
                "nodes": [{"name": "input", "op": "input"}, node]}


def fully_connected(name, inputs, units):
    return Layer(name, 1, 1, inputs, units)


LAYERS = (
    Layer("resnet20 conv1", 32, 32, 3, 16, 3, 1, 1),
    Layer("resnet20 layer1.0.conv1", 32, 32, 16, 16, 3, 1, 1),
    Layer("resnet20 layer2.0.conv1", 32, 32, 16, 32, 3, 2, 1),
    Layer("resnet20 layer2.1.conv1", 16, 16, 32, 32, 3, 1, 1),
    Layer("resnet20 layer3.0.conv1", 16, 16, 32, 64, 3, 2, 1),
    Layer("resnet20 layer3.1.conv1", 8, 8, 64, 64, 3, 1, 1),
    fully_connected("resnet20 linear", 64, 10),
    Layer("mobilenet_v2 block3.depthwise", 56, 56, 144, 144, 3, 2, 1, 144),
    Layer("mobilenet_v2 block4.depthwise", 28, 28, 192, 192, 3, 1, 1, 192),
    Layer("mobilenet_v2 block6.project", 14, 14, 192, 64),
    Layer("mobilenet_v2 block7.expand", 14, 14, 64, 384),
    Layer("mobilenet_v2 block13.depthwise", 14, 14, 576, 576, 3, 2, 1, 576),
    Layer("mobilenet_v2 block13.project", 7, 7, 576, 160),
    Layer("mobilenet_v2 block14.expand", 7, 7, 160, 960),
    Layer("nasnet_a_mobile stage1.0.before.path1", 56, 56, 44, 22, 1, 2),
    Layer("nasnet_a_mobile stage1.1.block0.left.first.depthwise", 28, 28, 44, 44, 5, 1, 2, 44),
    Layer("nasnet_a_mobile reduction2.block0.right.first.depthwise", 28, 28, 88, 88, 7, 2, 3, 88),
    Layer("nasnet_a_mobile stage2.1.before", 14, 14, 352, 88),
    Layer("nasnet_a_mobile reduction3.block2.right.first.depthwise", 14, 14, 176, 176, 5, 2, 2, 176),
    Layer("nasnet_a_mobile stage3.1.block0.left.first", 7, 7, 176, 176),
    Layer("nasnet_a_cifar stem", 32, 32, 3, 96, 3, 1, 1),
    fully_connected("nasnet_a_cifar classifier", 768, 10),
    Layer("7x7 stride 2", 30, 30, 3, 8, 7, 2, 3),
    Layer("7x7 wider than high", 7, 13, 3, 33, 7, 1, 3),
    Layer("5x5 higher than wide", 17, 5, 6, 10, 5, 1, 2),
    Layer("5x5 stride 3", 23, 23, 4, 12, 5, 3, 1),
    Layer("3x3 stride 2 without padding", 11, 13, 5, 7, 3, 2),
    Layer("3x3 stride above the kernel", 6, 6, 2, 3, 3, 4),
    Layer("3x3 four groups", 10, 10, 12, 20, 3, 1, 1, 4),
    Layer("one multiply-accumulate a pixel", 9, 9, 1, 1),
    fully_connected("400 inputs 120 outputs", 400, 120),
)
