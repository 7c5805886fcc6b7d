"""Compares the word clouds of semscope-wordcloud with those that the Python library wordcloud makes of the same weights.

Usage: /usr/bin/python3 tests/bench/word_clouds.py FIGURES [--pictures FOLDER]
FIGURES: output.figures of a run of semscope-wordcloud with PNG files. For each scene: smallest font size / largest, the
largest as a share of the height, the share of the picture that is ink, and seconds (of the library; those of semscope
are in its log). --pictures keeps the library's clouds. Ends with 77 where the library is missing (Debian:
python3-wordcloud).
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


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("figures")
    parser.add_argument("--pictures")
    args = parser.parse_args()
    print(f"{'scene':<16} words  {'ratio':>13}  {'height share':>13}  {'ink':>13}  unplaced  library")
    print(f"{'':<16}        {'ours  theirs':>12}   {'ours  theirs':>12}   {'ours  theirs':>12}            [s]")
    better = [0, 0, 0]
    scenes = 0
    for path in sorted(pathlib.Path(args.figures, "wordcloud").glob("*.json")):
        cloud = json.loads(path.read_text())
        words = cloud["words"] + cloud["unplaced"]
        if len(words) < 2:
            continue
        own_sizes = [word["font_size"] for word in cloud["words"]]
        picture = Image.open(path.with_suffix(".png"))
        width, height = picture.size
        start = time.perf_counter()
        theirs = WordCloud(font_path=FONT, mask=outside_ellipse(width, height), background_color="white",
                           relative_scaling=0.35, prefer_horizontal=1.0, random_state=0)
        theirs.generate_from_frequencies({word["word"]: word["weight"] for word in words})
        seconds = time.perf_counter() - start
        sizes = [entry[1] for entry in theirs.layout_]
        if args.pictures:
            pathlib.Path(args.pictures).mkdir(parents=True, exist_ok=True)
            theirs.to_file(str(pathlib.Path(args.pictures, path.stem + ".png")))
        own = (min(own_sizes) / max(own_sizes), max(own_sizes) / cloud["height"], ink(picture))
        other = (min(sizes) / max(sizes), max(sizes) / height, ink(theirs.to_image()))
        scenes += 1
        for i, wins in enumerate((own[0] <= other[0], own[1] >= other[1], own[2] >= other[2])):
            better[i] += wins
        print(f"{path.stem:<16} {len(words):5}  " + "   ".join(f"{a:5.3f}  {b:5.3f}" for a, b in zip(own, other)) +
              f"  {len(words) - len(own_sizes):8}  {seconds:7.2f}")
    print(f"at least as strong: font ratio {better[0]}, height share {better[1]}, ink {better[2]} of {scenes} scenes")


if __name__ == "__main__":
    main()
