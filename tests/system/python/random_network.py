"""Makes the network of a demo set one with random weights, as PyTorch initialises convolutions and linear layers.

Usage: random_network.py MODEL OUTPUT SEED. The sanity check of Adebayo et al., "Sanity checks for saliency maps", 2018.
"""

import sys

try:
    import torch
except ImportError as error:
    print("skipped:", error)
    sys.exit(77)


def main():
    model, output, seed = sys.argv[1:]
    network = torch.jit.load(model)
    generator = torch.Generator().manual_seed(int(seed))
    with torch.no_grad():
        for name, weight in network.named_parameters():
            if weight.dim() > 1:
                weight.copy_((2 * torch.rand(weight.shape, generator=generator) - 1) / weight[0].numel() ** 0.5)
            else:
                weight.fill_(1.0 if name.endswith("scale") else 0.0)
        for name, statistic in network.named_buffers():  # of the normalisations
            statistic.fill_(1.0 if name.endswith("variance") else 0.0)
    network.save(output)


if __name__ == "__main__":
    main()
