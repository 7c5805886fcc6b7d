"""Does the truth that was planted in the demo set come out of its statistics?

Usage: check_planted.py PLANTED_JSON STATISTICS. The deciding objects of every scene are its most relevant classes, the
planted bias is relevant for its scene, and the planted distractor is distracting for its scene.
"""
import json
import sys

import h5py
import numpy as np

with open(sys.argv[1]) as file:
    planted = json.load(file)
wrong = []

with h5py.File(sys.argv[2], "r") as statistics:
    scenes = [name.decode() for name in statistics["/scene/name"][:]]
    semantics = [name.decode() for name in statistics["/semantic/name"][:]]
    mean = statistics["/deviation/correct/mean"][:]
    sets = statistics["/relevance/set"][:]
    flip = statistics["/distractor/flip"][:]
    strongest = statistics["/distractor/strongest"][:]

for scene, truth in planted["scenes"].items():
    row = np.nan_to_num(mean[scenes.index(scene)], nan=-1)
    deciding = truth["deciding"]
    top = [semantics[s] for s in np.argsort(-row)[: len(deciding)]]
    print(f"{scene}: deciding {deciding}, most relevant {top}")
    if set(top) != set(deciding):
        wrong.append(f"{scene}: the most relevant classes are {top}, not {deciding}")
    for name in deciding:
        if sets[scenes.index(scene), semantics.index(name)] != 1:
            wrong.append(f"{scene}: {name} is not called relevant")

bias = planted["bias"]
place = scenes.index(bias["scene"]), semantics.index(bias["semantic"])
print(f"bias {bias['semantic']} in {bias['scene']}: mean {mean[place]:.4f}, set {sets[place]}")
if sets[place] != 1:
    wrong.append("the planted bias is not called relevant")

distractor = planted["distractor"]
place = scenes.index(distractor["scene"]), semantics.index(distractor["semantic"])
print(f"distractor {distractor['semantic']} in {distractor['scene']}: mean {mean[place]:.4f}, flips {flip[place]}, "
      f"strongest {strongest[place]}, set {sets[place]}")
if sets[place] != 3:
    wrong.append("the planted distractor is not called distracting")
if flip[place] == 0:
    wrong.append("removing the planted distractor never turns a wrong prediction right")

for what in wrong:
    print("WRONG", what)
sys.exit(1 if wrong else 0)
