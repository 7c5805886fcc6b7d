"use strict";
// Data lie in scripts, because a page from disk may not fetch. A script is added when its data are needed; it hands them
// over by semscope.deliver(key, data).
(() => {
  const loaded = new Map(), waiting = new Map();
  const most = 300;  // images kept in memory

  semscope.deliver = (key, data) => {
    loaded.set(key, Promise.resolve(data));
    waiting.get(key)?.resolve(data);
  };

  const fetchScript = key => new Promise((resolve, reject) => {
    waiting.set(key, { resolve });
    const script = document.createElement("script");
    script.src = `data/${key}.js`;
    script.addEventListener("load", () => {
      script.remove();
      waiting.delete(key);
      reject(new Error(`data/${key}.js holds no data of this name`));  // does nothing after resolve()
    });
    script.addEventListener("error", () => {
      script.remove();
      waiting.delete(key);
      loaded.delete(key);
      reject(new Error(`data/${key}.js is missing from the folder of the report`));
    });
    document.head.append(script);
  });

  semscope.load = key => {
    if (!loaded.has(key)) loaded.set(key, fetchScript(key));
    return loaded.get(key);
  };

  semscope.loadImage = image => {
    const key = `image/${Math.floor(image / 1000)}/${image}`;
    const found = loaded.get(key);
    const data = semscope.load(key);
    if (found) loaded.delete(key);
    loaded.set(key, data);  // the latest stand last
    for (const old of loaded.keys()) {
      if (loaded.size <= most) break;
      if (old.startsWith("image/")) loaded.delete(old);
    }
    return data;
  };

  const bytesOf = base64 => Uint8Array.from(atob(base64), each => each.charCodeAt(0));
  const inflate = async base64 => {
    const stream = new Blob([bytesOf(base64)]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Response(stream).arrayBuffer();
  };

  semscope.inflateText = async base64 => new TextDecoder().decode(await inflate(base64));

  // The class of each pixel: the lower bytes of all, then the upper bytes.
  const classesOf = bytes => {
    const pixels = bytes.length / 2;
    return Uint16Array.from({ length: pixels }, (_, i) => bytes[i] | bytes[pixels + i] << 8);
  };

  // The deviations of all scenes, or Shapley values, which are packed alike. docs/report.md has the layout.
  const decode = async (packed, variants) => {
    const scenes = semscope.overview.scenes.name.length;
    const exactCount = packed.exact.length, others = scenes - exactCount;
    const buffer = await inflate(packed.deviations);
    let place = 0;
    const take = (Kind, length) => {
      const part = new Kind(buffer.slice(place, place + length * Kind.BYTES_PER_ELEMENT));
      place += length * Kind.BYTES_PER_ELEMENT;
      return part;
    };
    const p = take(Float32Array, scenes), without = take(Float32Array, variants * exactCount);
    const halves = take(Uint16Array, others), base = take(Int16Array, others), counts = take(Uint8Array, variants * others);
    const steps = new Float32Array(Uint32Array.from(halves, half => half << 16 >>> 0).buffer);
    const column = new Int32Array(scenes).fill(-1);  // of an exact scene; else of the others
    packed.exact.forEach((scene, index) => { column[scene] = index; });
    const exact = Uint8Array.from(column, each => each >= 0 ? 1 : 0);
    for (let scene = 0, next = 0; scene < scenes; ++scene) if (!exact[scene]) column[scene] = next++;

    const deviation = (variant, scene) => exact[scene]
      ? Math.fround(p[scene] - without[variant * exactCount + column[scene]])
      : steps[column[scene]] * (base[column[scene]] + counts[variant * others + column[scene]]);
    const probabilityWithout = (variant, scene) => exact[scene]
      ? without[variant * exactCount + column[scene]]
      : Math.min(1, Math.max(0, p[scene] - deviation(variant, scene)));
    return { p, deviation, probabilityWithout };
  };

  // What one run says of an image: its classes, their deviations and, where it has them, Shapley values (else null).
  semscope.decodeRun = async run => {
    const { p, deviation, probabilityWithout } = await decode(run, run.classes.length);
    const shapley = run.shapley ? (await decode(run.shapley, run.classes.length)).deviation : null;
    const order = Array.from(p.keys()).sort((a, b) => p[b] - p[a] || a - b);
    return {
      classes: run.classes, pixels: run.pixels, predicted: run.predicted, p, order, deviation, probabilityWithout, shapley,
      labels: run.labels ? classesOf(new Uint8Array(await inflate(run.labels))) : null, labelsMissing: run.labels_missing ?? null,
    };
  };

  semscope.photo = image => "data:image/jpeg;base64," + image.photo;
})();
