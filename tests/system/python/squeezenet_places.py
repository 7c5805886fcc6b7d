"""The network of squeezenet_places365.ts in Python: SqueezeNet 1.1 with leaky activations, for Places365."""

import torch


class Conv(torch.nn.Module):
    def __init__(self, inputs, outputs, size, **more):
        super().__init__()
        self.conv = torch.nn.Conv2d(inputs, outputs, size, **more)

    def forward(self, x):
        return torch.nn.functional.leaky_relu(self.conv(x), 0.55)


class Fire(torch.nn.Module):
    def __init__(self, inputs, squeezed, expanded):
        super().__init__()
        self.squeeze = Conv(inputs, squeezed, 1)
        self.expand1 = Conv(squeezed, expanded, 1)
        self.expand3 = Conv(squeezed, expanded, 3, padding=1)

    def forward(self, x):
        s = self.squeeze(x)
        return torch.cat([self.expand1(s), self.expand3(s)], 1)


def pool():
    return torch.nn.MaxPool2d(3, stride=2)


class SqueezeNetPlaces(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("mean_image", torch.zeros(1, 3, 224, 224))
        self.register_buffer("std", torch.zeros(1, 3, 1, 1))
        self.register_buffer("mean", torch.zeros(1, 3, 1, 1))
        self.features = torch.nn.Sequential(
            Conv(3, 64, 3, stride=2, padding=1), pool(), Fire(64, 16, 64), Fire(128, 16, 64), pool(), Fire(128, 32, 128),
            Fire(256, 32, 128), pool(), Fire(256, 48, 192), Fire(384, 48, 192), Fire(384, 64, 256), Fire(512, 64, 256),
            Conv(512, 365, 1))

    def forward(self, x):
        bgr = torch.flip(x * self.std + self.mean, [1]) * 255.0
        return self.features((bgr - self.mean_image) / 255.0).mean([2, 3])
