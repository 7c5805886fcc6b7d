"""A demo set under as many names as images are wanted: symbolic links, so that only the list is long."""

import os


def write(data, images, folder):
    """Fills `folder` with a data set of `images` images that link to those of the demo set `data`; returns it."""
    with open(os.path.join(data, "val.txt"), encoding="utf-8") as file:
        paths = [line.split()[0] for line in file if line.strip()]
    for name in ("categories_places365.txt", "objectInfo150.txt"):
        link(os.path.join(data, name), os.path.join(folder, name))
    with open(os.path.join(folder, "val.txt"), "w", encoding="utf-8") as file:
        for i in range(images):
            stem, extension = os.path.splitext(paths[i % len(paths)])
            copy = f"{stem}-{i // len(paths)}"
            link(os.path.join(data, stem + extension), os.path.join(folder, copy + extension))
            labels = os.path.join("noisy_annotations_RGB", stem + ".png")
            link(os.path.join(data, labels), os.path.join(folder, "noisy_annotations_RGB", copy + ".png"))
            file.write(copy + extension + "\n")
    return folder


def link(target, name):
    os.makedirs(os.path.dirname(name), exist_ok=True)
    os.symlink(os.path.abspath(target), name)
