"""PyTorch modules of citrine's built-in networks that share no code with them.

From packages: MobileNetV2 (torchvision), NASNet-A's cells and its mobile network (pretrainedmodels); the others are written here.
"""
import torch
from pretrainedmodels.models import nasnet_mobile as nasnet
from torch import nn
from torch.nn import functional
from torchvision.models import mobilenet_v2


class BasicBlock(nn.Module):
    """He et al. 2016, option A."""

    def __init__(self, channels, filters):
        super().__init__()
        self.stride, self.pad = filters // channels, (filters - channels) // 2
        self.conv1, self.bn1 = nn.Conv2d(channels, filters, 3, self.stride, 1, bias=False), nn.BatchNorm2d(filters)
        self.conv2, self.bn2 = nn.Conv2d(filters, filters, 3, 1, 1, bias=False), nn.BatchNorm2d(filters)

    def forward(self, x):
        skip = functional.pad(x[:, :, ::self.stride, ::self.stride], (0, 0, 0, 0, self.pad, self.pad))
        return torch.relu(self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x))))) + skip)


def head(channels, classes):
    return nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, classes)


def resnet(depth):
    blocks = (depth - 2) // 6
    sizes = [16] * (blocks + 1) + [32] * blocks + [64] * blocks
    return nn.Sequential(nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU(),
                         *(BasicBlock(a, b) for a, b in zip(sizes, sizes[1:])), *head(64, 10))


def mobilenet_v2_cifar():
    """The first convolution and the stage of 24 channels keep the resolution."""
    model = mobilenet_v2(num_classes=10)
    model.features[0][0].stride = (1, 1)
    model.features[2].conv[1][0].stride = (1, 1)
    return model


def conv_bn_relu(channels, filters, kernel, groups=1):
    return nn.Conv2d(channels, filters, kernel, 1, kernel // 2, groups=groups, bias=False), nn.BatchNorm2d(filters), nn.ReLU()


def lemonade(widths, depth, is_separable):
    layers, channels = [*conv_bn_relu(3, widths[0], 3)], widths[0]
    for stage, width in enumerate(widths):
        for _ in range(depth):
            if is_separable:
                layers += conv_bn_relu(channels, channels, 3, channels)
            layers += conv_bn_relu(channels, width, 1 if is_separable else 3)
            channels = width
        layers += [nn.MaxPool2d(2)] if stage < 2 else head(width, 10)
    return nn.Sequential(*layers)


def fitted(channels, filters):
    return nn.Sequential(nn.ReLU(), nn.Conv2d(channels, filters, 1, bias=False), nn.BatchNorm2d(filters))


class FirstCifarCell(nasnet.NormalCell):
    """The first cell has one input, the stem; it reads it as it is where others read the fitted input before the current one."""

    def __init__(self, channels, filters):
        super().__init__(channels, filters, channels, filters)
        self.conv_prev_1x1 = nn.Identity()
        self.comb_iter_0_right = nasnet.BranchSeparablesStem(channels, filters, 3, 1, 1)
        self.comb_iter_1_left = nasnet.BranchSeparablesStem(channels, filters, 5, 1, 2)
        self.comb_iter_1_right = nasnet.BranchSeparablesStem(channels, filters, 3, 1, 1)
        self.comb_iter_2_right, self.path = fitted(channels, filters), nn.Sequential(*list(fitted(channels, filters))[1:])
        for name in ("left", "right"):
            pool = getattr(self, f"comb_iter_3_{name}")
            setattr(self, f"comb_iter_3_{name}", nn.Sequential(pool, *list(fitted(channels, filters))[1:]))

    def forward(self, x):
        right = self.conv_1x1(x)
        blocks = (self.comb_iter_0_left(right) + self.comb_iter_0_right(x), self.comb_iter_1_left(x) + self.comb_iter_1_right(x),
                  self.comb_iter_2_left(right) + self.comb_iter_2_right(x), self.comb_iter_3_left(x) + self.comb_iter_3_right(x),
                  self.comb_iter_4_left(right) + right)
        return torch.cat([self.path(x), *blocks], 1)


class NasnetCifar(nn.Module):
    """6 @ 768 of pretrainedmodels' cells. A normal cell has six times its filters, a reduction cell four times."""

    def __init__(self, filters=32, repeats=6):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 3 * filters, 3, 1, 1, bias=False), nn.BatchNorm2d(3 * filters))
        self.first = FirstCifarCell(3 * filters, filters)
        self.cells = nn.ModuleList()
        before, current = 3 * filters, 6 * filters
        for stage in range(3):
            f = filters << stage
            if stage > 0:
                self.cells.append(nasnet.ReductionCell1(before, f, current, f))
                before, current = current, 4 * f
            for i in range(repeats - (stage == 0)):
                halved = stage > 0 and i == 0
                self.cells.append(nasnet.FirstCell(before, f // 2, current, f) if halved else nasnet.NormalCell(before, f, current, f))
                before, current = current, 6 * f
        self.head = nn.Sequential(nn.ReLU(), *head(current, 10))

    def forward(self, x):
        before = self.stem(x)
        current = self.first(before)
        for cell in self.cells:
            before, current = current, cell(current, before)
        return self.head(current)


def without_cropping(model):
    """pretrainedmodels pads one more row and column, computes with them and cuts the first of each off; this takes both steps out."""
    for module in model.modules():
        if isinstance(module, nasnet.BranchSeparablesReduction):
            module.__class__ = nasnet.BranchSeparables
        if isinstance(module, nasnet.BranchSeparables):
            module.name = None
    return model


SMALL = (3, 32, 32)
LARGE = (3, 224, 224)
HERE, VISION, PORT = "own module", "torchvision", "pretrainedmodels"
# Name, where the module is from, input and module.
MODELS = tuple((f"resnet{depth}", HERE, SMALL, lambda depth=depth: resnet(depth)) for depth in (20, 32, 44, 56)) + (
    ("mobilenet_v2", VISION, LARGE, mobilenet_v2),
    ("mobilenet_v2_cifar", VISION, SMALL, mobilenet_v2_cifar),
    ("lemonade_1", HERE, SMALL, lambda: lemonade((16, 32, 80), 2, True)),
    ("lemonade_2", HERE, SMALL, lambda: lemonade((24, 48, 80), 1, False)),
    ("lemonade_3", HERE, SMALL, lambda: lemonade((48, 128, 192), 2, True)),
    ("lemonade_4", HERE, SMALL, lambda: lemonade((32, 64, 160), 2, False)),
    ("nasnet_a_mobile", PORT, LARGE, lambda: without_cropping(nasnet.NASNetAMobile(num_classes=1000))),
    ("nasnet_a_mobile", f"{PORT} with cropping", LARGE, lambda: nasnet.NASNetAMobile(num_classes=1000)),
    ("nasnet_a_cifar", PORT, SMALL, lambda: without_cropping(NasnetCifar())),
)
