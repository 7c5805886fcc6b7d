"""What each page of a report must show, checked in the browser against the files; for check_report.py."""
import numpy as np

from check_figures import LEVELS, plasma
from report_truth import MINUS, equal, expect, near


def check_overview(page, truth):
    page.open("#/")
    evaluation = truth.statistics["evaluation"]
    cards = page.pairs(".card", "dt", "dd")
    for card, name in {"Top-1": "top1", "Top-2": "top2", "Top-5": "top5",
                       "Mean class accuracy": "mean_class_accuracy"}.items():
        near(cards[card], evaluation.attrs[name], 2, card)
    near(cards["Loss"], evaluation.attrs["loss"], 4, "loss")
    images, top1 = evaluation["scene_images"][:], evaluation["scene_top1"][:]
    sets = truth.statistics["relevance/set"][:]
    if page.there(".choice"):
        page.click_text(".choice button", "All")
    rows = page.table("section:nth-of-type(1) table")
    equal(sorted(row[0] for row in rows), sorted(truth.scenes), "the scenes of the overview")
    for row in rows:
        c = truth.scenes.index(row[0])
        equal(int(row[1]), int(images[c]), f"images of {row[0]}")
        near(row[2], 100 * top1[c] / images[c] if images[c] else np.nan, 1, f"accuracy of {row[0]}")
        mean = truth.statistics["deviation/correct/mean"][c]
        equal(int(row[4]), int((mean > 0.01).sum()), f"relevant classes of {row[0]}")
    confusion = evaluation["confusion"][:].astype(int)
    np.fill_diagonal(confusion, 0)
    wanted = sorted(((int(n), truth.scenes[t], truth.scenes[p]) for (t, p), n in np.ndenumerate(confusion) if n),
                    key=lambda pair: -pair[0])
    page.click_if_there("ol.pairs ~ button")
    seen = [(int(n), names[0], names[1]) for names, n in page.pairs_list("ol.pairs")]
    equal(sorted(seen), sorted(wanted), "confused pairs")
    equal([pair[0] for pair in seen], [pair[0] for pair in wanted], "order of the confused pairs")
    text = page.text("main")
    for told in ("1 photo could not be read by the run", "2 label maps could not be read", "of unknown scene"):
        expect(told in text, f"the overview warns: {told}")
    expect(set(np.unique(sets)) > {0, 1}, "the made-up run has sets")


def check_scenes(page, truth):
    group = truth.statistics["deviation/correct"]
    flip, strongest = truth.statistics["distractor/flip"][:], truth.statistics["distractor/strongest"][:]
    for c, name in enumerate(truth.scenes):
        page.open(f"#/scene/{c}")
        equal(page.text("h1"), name, "title of a scene")
        rows = page.table("section:nth-of-type(1) table") if page.there("section:nth-of-type(1) table") else []
        shown = {row[0]: row for row in rows}
        sets = truth.statistics["relevance/set"][c]
        names = [s.split(",")[0].strip() for s in truth.semantics]
        wanted = [names[s] for s in range(1, len(names)) if sets[s] or group["present"][c, s]]
        equal(sorted(shown), sorted(wanted), f"classes of {name}")
        for s in range(1, len(names)):
            if names[s] not in shown:
                continue
            row, what = shown[names[s]], f"{names[s]} in {name}"
            near(row[2], group["mean"][c, s], 4, f"mean of {what}")
            low, _, high = row[3].partition(" to ")
            near(low, group["ci_low"][c, s], 4, f"interval of {what}")
            near(high, group["ci_high"][c, s], 4, f"interval of {what}")
            near(row[4], truth.statistics["shapley/correct/mean"][c, s], 4, f"mean Shapley value of {what}")
            expect(("*" in row[4]) == (truth.statistics["shapley/correct/q_value"][c, s] < 0.05), f"mark of {what}: {row[4]}")
            equal(int(row[5]), int(group["present"][c, s]), f"present of {what}")
            near(row[6].replace("< ", ""), group["q_value"][c, s], 3, f"q of {what}")
            equal((int(row[7]), int(row[8])), (int(strongest[c, s]), int(flip[c, s])), f"distractors of {what}")
            expect(["absent", "relevant", "irrelevant", "distracting"][sets[s]] in row[1], f"set of {what}: {row[1]}")
        correct = int(((truth.first.truth == c) & (truth.first.predicted == c)).sum())
        missed = int(((truth.first.truth == c) & (truth.first.predicted != c) & truth.first.done).sum())
        wrong = int(((truth.first.predicted == c) & (truth.first.truth != c) & (truth.first.truth >= 0)).sum())
        for kind, count in (("correct", correct), ("missed", missed), ("wrong", wrong)):
            equal(page.count(f".thumb.{kind}"), count, f"gallery {kind} of {name}")


def check_figures(page, truth):
    """Figures are drawn of our shapes, their text is text, and their numbers are those of the file."""
    scene = int(truth.statistics["evaluation/scene_top1"][:].argmax())
    page.open(f"#/scene/{scene}")
    page.script("document.querySelector('.sheets').scrollIntoView()")
    page.wait("return document.querySelectorAll('.drawing svg').length === document.querySelectorAll('.drawing').length")
    mean = truth.statistics["deviation/correct/mean"][scene]
    plots = page.script("return [...document.querySelectorAll('.drawing')].map(d => [...d.querySelectorAll('g.box')]"
                        ".map(g => [g.dataset.semantic, g.dataset.mean])).filter(boxes => boxes.length > 0)")
    shapley = truth.statistics["shapley/correct/mean"][scene]
    wanted, by_shapley = [[[s, float(m[s])] for s in range(len(m)) if m[s] > 0.01] for m in (mean, shapley)]
    equal([[[int(s), float(value)] for s, value in boxes] for boxes in plots], [wanted, by_shapley], "the boxes of the box plots")
    pairs = truth.statistics["interaction/predicted"]
    own = slice(*pairs["offset"][scene:scene + 2].astype(int))
    drawn = page.script("return [...document.querySelectorAll('.drawing g.interaction')].map(g => g.dataset.mean)")
    expect(len(drawn) > 10 and {float(value) for value in drawn} <= set(pairs["mean"][own]), "the cells of the interactions")
    lines = page.script("return [...document.querySelectorAll('.drawing g.curve')].map(g => g.dataset.mean)")
    for line in lines:
        expect([float(value) for value in line.split(" ")] in
               [row.tolist() for kind in ("deletion", "insertion") for row in truth.statistics[f"faithfulness/scene/{kind}"][scene]],
               "a line of the curves")
    equal(len(lines), 2 * len(truth.statistics["faithfulness/order"]), "lines of the curves")
    words = page.script("return [...document.querySelectorAll('.drawing g.word')].map(g => g.textContent)")
    for s, _ in wanted:
        name = truth.semantics[s].split(",")[0].strip()
        expect(any(name in word for word in words), f"{name} in the word cloud: {words}")
    kinds = page.script("return [...new Set([...document.querySelectorAll('.drawing *')].map(e => e.localName))].sort()")
    expect(set(kinds) <= {"svg", "g", "title", "rect", "line", "polyline", "polygon", "circle", "text"}, f"shapes: {kinds}")


def check_table(page, truth):
    """Sorting, filtering, sets, and their address."""
    scene = int(truth.statistics["evaluation/scene_top1"][:].argmax())
    page.open(f"#/scene/{scene}")
    table = "section:nth-of-type(1) table"
    number = {"Mean": 2, "Shapley": 4, "Present": 5, "Flips": 8}
    for name, column in number.items():
        page.click_text(f"{table} thead button", name)
        down = [float(row[column].replace(MINUS, "-")) for row in page.table(table)]
        order = page.script(f"return document.querySelector('{table} th[aria-sort]').getAttribute('aria-sort')")
        page.click_text(f"{table} thead button", name)
        up = [float(row[column].replace(MINUS, "-")) for row in page.table(table)]
        if order == "ascending":
            down, up = up, down
        equal(down, sorted(down, reverse=True), f"sorted by {name}, falling")
        equal(up, sorted(up), f"sorted by {name}, rising")
    page.click_text(f"{table} thead button", "Class")
    page.type(".filter", "CLASS")
    names = [row[0] for row in page.table(table)]
    expect(names and all("class" in name for name in names) and names == sorted(names), f"filtered: {names}")
    page.wait("return location.hash.includes('filter=CLASS') && location.hash.includes('sort=name')")
    page.reload()
    equal([row[0] for row in page.table(table)], names, "the table after its address was opened again")
    page.open(f"#/scene/{scene}?set=relevant")
    relevant = int((truth.statistics["deviation/correct/mean"][scene] > 0.01).sum())
    expect(relevant > 0, "the scene has relevant classes")
    equal(len(page.table(table)), relevant, "rows of the relevant set")


def check_pixels(page, truth, image, scene, index=0, ranges=None, exact=True):
    seen = page.pixels(index, truth.side)
    occlusion = (truth.first, truth.second)[index]
    levels = truth.levels(image, truth.deviations(occlusion, image, scene), ranges)
    if exact:
        expect((seen == plasma(levels)).all(), f"pixels of image {image} for scene {scene}, run {index}")
        return
    close = np.zeros(levels.shape, bool)
    for shift in (-1, 0, 1):
        close |= (seen == plasma(np.clip(levels + shift, 0, LEVELS - 1))).all(axis=-1)
    expect(close.all(), f"pixels of image {image} for scene {scene}, to a level")


def check_viewer(page, truth):
    shown = [i for i in np.flatnonzero(truth.first.done)[:12:3]]
    inexact = 0
    for image in shown:
        predicted = int(truth.first.predicted[image])
        page.open(f"#/image/{image}?compare=0&opacity=100")
        check_pixels(page, truth, image, predicted)
        for scene in range(len(truth.scenes)):
            page.open(f"#/image/{image}?compare=0&opacity=100&scene={scene}")
            exact = truth.exact(image, scene)
            inexact += not exact
            check_pixels(page, truth, image, scene, exact=exact)
            deviations = truth.deviations(truth.first, image, scene)
            for row in page.table("table.effects"):
                s = [name.split(",")[0].strip() for name in truth.semantics].index(row[0])
                near(row[2], float(deviations[s]), 4, f"deviation of class {s} in image {image}, scene {scene}",
                     0 if exact else 2e-5)
                near(row[1], 100 * (truth.labels[image] == s).mean(), 1, f"pixels of class {s} in image {image}")
    expect(inexact > 10, "scenes that hardly move are among those looked at")

    image = int(shown[1])
    predicted = int(truth.first.predicted[image])
    page.open(f"#/image/{image}?compare=0")
    deviations = truth.deviations(truth.first, image, predicted)
    for x, y in ((3, 5), (20, 40), (33, 9), (47, 47), (0, 24)):
        s = int(truth.labels[image][y, x])
        page.hover("canvas.picture", (x + 0.5) / truth.side, (y + 0.5) / truth.side)
        text = page.text(".info")
        expect(truth.semantics[s].split(",")[0].strip() in text, f"the class at {x}, {y}: {text}")
        if s == 0:
            expect("Nothing was inhibited" in text, f"unlabelled: {text}")
            continue
        near(page.text(".info .deviation"), float(deviations[s]), 4, f"deviation at {x}, {y}")
        near(page.text(".info .without"), float(truth.first.p[image, predicted] - deviations[s]), 4, f"p_s at {x}, {y}")
        near(page.text(".info .share-of").partition(" ")[0], 100 * (truth.labels[image] == s).mean(), 1, f"share at {x}, {y}")
        equal(page.script("return document.querySelector('tr.lit').dataset.class"), str(s), "the lit row")


def check_save(page, truth):
    """The saved PNG is what the canvas shows."""
    image = int(np.flatnonzero(truth.first.done)[4])
    page.open(f"#/image/{image}?compare=0&opacity=100")
    page.script("HTMLAnchorElement.prototype.click = function () { window.saved = this.download; };"
                "const make = URL.createObjectURL; URL.createObjectURL = blob => { window.blob = blob; return make(blob); };")
    page.click_text(".tools button", "Save PNG")
    page.wait("return !!window.saved")
    url = page.script("return new Promise(done => { const reader = new FileReader(); reader.onload = () => done(reader.result);"
                      "reader.readAsDataURL(window.blob); })")
    levels = truth.levels(image, truth.deviations(truth.first, image, int(truth.first.predicted[image])))
    expect((page.middles(url, truth.side) == plasma(levels)).all(), "pixels of the saved PNG")
    equal(page.script("return window.saved"), truth.first.paths[image].rsplit("/", 1)[1], "name of the saved PNG")
    page.reload()


def check_shapley(page, truth):
    """The map, the list and the region that is pointed at tell Shapley values when asked for them."""
    image = int(np.flatnonzero(truth.first.done)[5])
    scene = int(truth.first.predicted[image])
    names = [name.split(",")[0].strip() for name in truth.semantics]
    page.open(f"#/image/{image}?compare=0&opacity=100&effect=shapley")
    values = truth.shapley(image, scene)
    for row in page.table("table.effects"):
        near(row[2], float(values[names.index(row[0])]), 4, f"Shapley value of {row[0]} in image {image}", 2e-7)
    seen = page.script("return [document.querySelector('table.effects thead th:nth-child(3)').textContent,"
                       "document.querySelector('.colour-bar .what').textContent]")
    expect(seen[0].startswith("\u03c6") and "Shapley value" in seen[1], f"what is shown: {seen}")
    levels = truth.levels(image, values)  # of values that were rounded once more: to a level
    close = [(page.pixels(0, truth.side) == plasma(np.clip(levels + shift, 0, LEVELS - 1))).all(axis=-1) for shift in (-1, 0, 1)]
    expect(np.any(close, axis=0).all() and len(np.unique(levels)) > 3, "colours of Shapley values")
    page.click_text(".choice button", "Deviation")
    page.wait("return !location.hash.includes('effect=')")
    deviations = truth.deviations(truth.first, image, scene)
    for row in page.table("table.effects"):
        near(row[2], float(deviations[names.index(row[0])]), 4, f"deviation of {row[0]} in image {image}")
    page.open("#/")
    page.script("document.querySelector('.sheets').scrollIntoView()")
    page.wait("return document.querySelectorAll('.drawing svg g.curve').length === 8")


def check_navigation(page, truth):
    shown = [int(i) for i in np.flatnonzero(truth.first.done)]
    image = shown[4]
    page.open(f"#/image/{image}?compare=0&opacity=100")
    other = next(int(s) for s in np.argsort(-truth.first.p[image])[:5] if s != truth.first.predicted[image])
    page.click(f".predictions button[data-scene='{other}']")
    check_pixels(page, truth, image, other)
    expect(f"scene={other}" in page.address(), "the scene shown is in the address")
    page.choose(".right input", truth.scenes[9])
    check_pixels(page, truth, image, 9, exact=truth.exact(image, 9))
    page.back()
    page.wait(f"return location.hash.includes('scene={other}')")
    check_pixels(page, truth, image, other)
    page.back()
    page.wait("return !location.hash.includes('scene=')")
    check_pixels(page, truth, image, int(truth.first.predicted[image]))
    page.click_text(".choice button", "Around 0")
    page.wait("return location.hash.includes('scale=zero')")
    page.key("ArrowRight")
    page.wait(f"return location.hash.startsWith('#/image/{shown[5]}')")
    expect("scale=zero" in page.address(), "the colours stay from image to image")
    page.key("ArrowLeft")
    page.wait(f"return location.hash.startsWith('#/image/{image}')")
    page.key("/")
    equal(page.script("return document.activeElement.id"), "search", "what / comes to")
    page.type("#search", "IMG")
    page.key("Enter")
    page.wait("return location.hash === '#/scene/1'")
    equal(page.text("h1"), truth.scenes[1], "the scene that was searched")
    page.key("/")
    page.type("#search", f"_{image:04}")
    page.key("Enter")
    page.wait(f"return location.hash.startsWith('#/image/{image}')")
    gallery = next(c for c in range(len(truth.scenes)) if ((truth.first.truth == c) & (truth.first.predicted == c)).sum() > 2)
    page.open(f"#/scene/{gallery}")
    page.click(".thumb.correct")
    page.wait(f"return location.hash.includes('in={gallery}.correct')")
    members = np.flatnonzero((truth.first.truth == gallery) & (truth.first.predicted == gallery))
    page.key("ArrowRight")
    page.wait(f"return location.hash.startsWith('#/image/{members[1]}?')")
    for bad in ("#/image/99999", "#/scene/1000", "#/nothing", "#/image/x"):
        page.open(bad, errors=True)
        equal(page.text("h1"), "Not here", f"the page of {bad}")


def check_compare(page, truth):
    page.open("#/compare")
    both = truth.first.done & truth.second.done
    cards = page.pairs(".card", "dt", "dd")
    equal(int(cards["Images in both"]), int(both.sum()), "images in both runs")
    same = (truth.first.predicted == truth.second.predicted)[both].mean()
    near(cards["Same prediction"], 100 * same, 1, "same prediction")
    known = both & (truth.first.truth >= 0)
    for name, run in (("A", truth.first), ("B", truth.second)):
        near(cards[f"Top-1 of run {name}"], 100 * (run.predicted == run.truth)[known].mean(), 2, f"top-1 of {name}")
    page.click_if_there("section:nth-of-type(1) button.more")
    changed = int((truth.first.predicted != truth.second.predicted)[both].sum())
    equal(len(page.table("section:nth-of-type(1) table")), changed, "images with another prediction")
    for image in np.flatnonzero(both)[14:40:6]:
        scene = int(truth.first.predicted[image])
        page.open(f"#/image/{image}?opacity=100")
        deviations = [truth.deviations(run, image, scene) for run in (truth.first, truth.second)]
        values = np.concatenate([each[np.unique(truth.labels[image])] for each in deviations]).astype(np.float64)
        for index in (0, 1):
            check_pixels(page, truth, image, scene, index, (values.min(), values.max()), exact=True)
        names = [name.split(",")[0].strip() for name in truth.semantics]
        for row in page.table("table.effects"):
            for index in (0, 1):
                near(row[2 + index], float(deviations[index][names.index(row[0])]), 4, f"run {index}, image {image}")


def check_gone(page, truth, gone, changed):
    page.open(f"#/image/{gone}?compare=0")
    expect("No photo" in page.text(".left"), "a photo that is gone is told")
    check = page.script("const c = document.querySelector('canvas').getContext('2d').getImageData(1, 1, 1, 1).data; return [...c]")
    equal(check[3], 255, "a placeholder stands in for the photo")
    page.open(f"#/image/{changed}?compare=0")
    expect("No map" in page.text(".left"), "a label map that has changed is told")
    deviations = truth.deviations(truth.first, changed, int(truth.first.predicted[changed]))
    names = [name.split(",")[0].strip() for name in truth.semantics]
    for row in page.table("table.effects"):
        near(row[2], float(deviations[names.index(row[0])]), 4, "deviation of an image without label map")


def check_looks(browser, page, scenes):
    """No page is wider than its window; text can be read; what is not text has one."""
    for width in (1280, 970, 700, 400):
        for dark in (False, True) if width in (1280, 400) else (False,):
            browser.look(width, dark)
            for address in ("#/", f"#/scene/{scenes[0]}", f"#/scene/{scenes[1]}", "#/image/3", "#/compare"):
                page.open(address)
                what = f"{address} at {width} pixels, {'dark' if dark else 'light'}"
                expect(page.script("return document.documentElement.scrollWidth") <= width, f"wider than the window: {what}")
                equal(page.nameless(), [], f"what a screen reader cannot tell: {what}")
                equal(page.faint(), [], f"text with too little contrast: {what}")
                # The class with the longest name may take two lines, and no name a line for each letter.
                tall = page.script("return Math.max(0, ...[...document.querySelectorAll('table.effects tbody th')].map(cell => cell.offsetHeight))")
                expect(tall <= 75, f"the name of a class is {tall} pixels high: {what}")
    browser.look(1280, False)
