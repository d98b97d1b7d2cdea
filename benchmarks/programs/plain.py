"""The grid search as one writes it in an afternoon; knows nothing of this project.

A Ray Tune function trainable, EfficientNet from PyPI, Pillow decoding in a DataLoader. Run by the
benchmark as a program of its own: `python plain.py OPTIONS.json`.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import ray
import torch
import torch.nn.functional as F
from efficientnet_pytorch import EfficientNet
from efficientnet_pytorch.utils import efficientnet
from PIL import Image
from ray import tune
from torch.utils.data import DataLoader, Dataset, random_split


class ImageFolder(Dataset):
    """One sub-folder per class, decoded whenever an image is asked for."""

    def __init__(self, root, side):
        classes = sorted(path for path in Path(root).iterdir() if path.is_dir())
        self.items = [(f, label) for label, c in enumerate(classes) for f in sorted(c.iterdir())]
        self.n_classes = len(classes)
        self.side = side

    def __len__(self):
        return len(self.items)

    def __getitem__(self, index):
        path, label = self.items[index]
        image = Image.open(path).convert("RGB")
        image = image.resize((self.side, self.side), Image.Resampling.BILINEAR)
        tensor = torch.from_numpy(np.array(image)).permute(2, 0, 1).float() / 255
        return (tensor - 0.5) / 0.25, label


def train(config):
    torch.manual_seed(config["seed"])
    alpha, beta, gamma = config["coefficients"]
    side = round(config["base_px"] * gamma)
    data = ImageFolder(config["folder"], side)
    parts = [config["n_train"], config["n_validation"]]
    generator = torch.Generator().manual_seed(0)
    train_set, val_set, _ = random_split(data, [*parts, len(data) - sum(parts)], generator)
    workers, batch_size = config["loader_workers"], config["batch_size"]
    train_loader = DataLoader(train_set, batch_size, shuffle=True, num_workers=workers)
    val_loader = DataLoader(val_set, batch_size, num_workers=workers)

    blocks, options = efficientnet(
        width_coefficient=beta,
        depth_coefficient=alpha,
        image_size=side,
        dropout_rate=0.0,
        drop_connect_rate=0.0,
        num_classes=data.n_classes,
    )
    model = EfficientNet(blocks, options)
    optimizer = torch.optim.SGD(
        model.parameters(), lr=0.05, momentum=0.9, nesterov=True, weight_decay=5e-4
    )
    for _ in range(config["epochs"]):
        model.train()
        for images, labels in train_loader:
            optimizer.zero_grad()
            F.cross_entropy(model(images), labels).backward()
            optimizer.step()
        model.eval()
        correct = 0
        with torch.no_grad():
            for images, labels in val_loader:
                correct += (model(images).argmax(1) == labels).sum().item()
        tune.report(
            {
                "accuracy": correct / len(val_set),
                "params": sum(p.numel() for p in model.parameters()),
                "side": side,
            }
        )


def main():
    options = json.loads(Path(sys.argv[1]).read_text())
    ray.init(address="local", num_cpus=options["workers"])
    points = options.pop("points")
    tuner = tune.Tuner(
        tune.with_resources(train, {"cpu": 1}),
        param_space={**options, "coefficients": tune.grid_search(points)},
        run_config=tune.RunConfig(storage_path=options["scratch"], verbose=0),
    )
    results = tuner.fit()
    finished = time.time()
    trials = [
        {
            "coefficients": result.config["coefficients"],
            "params": result.metrics["params"],
            "resolution_px": result.metrics["side"],
            "accuracy": result.metrics["accuracy"],
        }
        for result in results
    ]
    print(json.dumps({"finished": finished, "trials": trials}))


if __name__ == "__main__":
    main()
