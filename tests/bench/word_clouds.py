"""Compares the word clouds of semscope-wordcloud with those that the Python library wordcloud makes of the same weights.

Usage: /usr/bin/python3 tests/bench/word_clouds.py FIGURES [--seeds N] [--pictures FOLDER]
FIGURES: output.figures of a run of semscope-wordcloud with PNG files. For each scene: smallest font size / largest, the
largest as a share of the height, the share of the picture that is ink, and seconds (of one cloud of the library; those
of semscope are in its log). The library's figures are medians over its seeds 0 to N - 1 (7). --pictures keeps its clouds
of seed 0. Ends with 1 where a scene is weaker than the library's median in any of the three or leaves a word out, and
with 77 where the library is missing (Debian: python3-wordcloud).
"""
import argparse
import json
import pathlib
import sys
import time

try:
    import numpy as np
    from PIL import Image
    from wordcloud import WordCloud
except ImportError as error:
    print("skipped:", error)
    sys.exit(77)

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"


def outside_ellipse(width, height):
    y, x = np.mgrid[0:height, 0:width]
    outside = ((x + 0.5) / width * 2 - 1) ** 2 + ((y + 0.5) / height * 2 - 1) ** 2 >= 1
    return np.where(outside, 255, 0).astype(np.uint8)


def ink(image):
    return float((np.asarray(image.convert("L")) < 250).mean())


def library_cloud(words, size, seed):
    cloud = WordCloud(font_path=FONT, mask=outside_ellipse(*size), background_color="white", relative_scaling=0.35,
                      prefer_horizontal=1.0, random_state=seed)
    return cloud.generate_from_frequencies({word["word"]: word["weight"] for word in words})


def figures_of(sizes, height, image):
    """Ratio of fonts, share of the height, ink."""
    return min(sizes) / max(sizes), max(sizes) / height, ink(image)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("figures")
    parser.add_argument("--seeds", type=int, default=7)
    parser.add_argument("--pictures")
    args = parser.parse_args()
    print(f"{'scene':<16} words  {'ratio':>13}  {'height share':>13}  {'ink':>13}  unplaced  library")
    print(f"{'':<16}        {'ours  theirs':>12}   {'ours  theirs':>12}   {'ours  theirs':>12}            [s]")
    better = np.zeros(3, int)
    scenes = complete = 0
    for path in sorted(pathlib.Path(args.figures, "wordcloud").glob("*.json")):
        cloud = json.loads(path.read_text())
        words = cloud["words"] + cloud["unplaced"]
        if len(words) < 2:
            continue
        picture = Image.open(path.with_suffix(".png"))
        own = figures_of([word["font_size"] for word in cloud["words"]], cloud["height"], picture)
        start = time.perf_counter()
        clouds = [library_cloud(words, picture.size, seed) for seed in range(args.seeds)]
        seconds = (time.perf_counter() - start) / args.seeds
        if args.pictures:
            pathlib.Path(args.pictures).mkdir(parents=True, exist_ok=True)
            clouds[0].to_file(str(pathlib.Path(args.pictures, path.stem + ".png")))
        theirs = np.median([figures_of([entry[1] for entry in each.layout_], picture.size[1], each.to_image())
                            for each in clouds], axis=0)
        scenes += 1
        complete += not cloud["unplaced"]
        better += [own[0] <= theirs[0], own[1] >= theirs[1], own[2] >= theirs[2]]
        print(f"{path.stem:<16} {len(words):5}  " + "   ".join(f"{a:5.3f}  {b:5.3f}" for a, b in zip(own, theirs)) +
              f"  {len(cloud['unplaced']):8}  {seconds:7.2f}")
    print(f"at least as strong: font ratio {better[0]}, height share {better[1]}, ink {better[2]} of {scenes} scenes; "
          f"all words are placed in {complete}")
    return 0 if scenes and complete == scenes and (better == scenes).all() else 1


if __name__ == "__main__":
    sys.exit(main())
