#!/usr/bin/env python3
"""jobs/data/download_places365.sh against a server on the loopback with small stand-in archives.

Usage: check_download.py DOWNLOAD_SCRIPT
"""
import hashlib
import http.server
import os
import resource
import subprocess
import sys
import tarfile
import tempfile
import threading
import zipfile

script = sys.argv[1]
PHOTOS = 6


class Server(http.server.ThreadingHTTPServer):
    """Serves a folder with ranges; `cut` maps a path to how many bytes an answer may have before the line goes dead,
    and `log` holds (method, path, first byte) of every request."""
    daemon_threads = True

    def __init__(self, folder):
        super().__init__(("127.0.0.1", 0), Handler)
        self.folder, self.cut, self.cuts_left, self.told, self.log = folder, {}, {}, {}, []
        self.handle_error = lambda *_: None  # a client that ends early is part of the test
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def url(self, name):
        return f"http://127.0.0.1:{self.server_address[1]}/{name}"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, with_body):
        name = self.path.lstrip("/")
        path = os.path.join(self.server.folder, name)
        if not os.path.isfile(path):
            self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        with open(path, "rb") as file:
            content = file.read()
        first = int(self.headers["Range"].split("=")[1].split("-")[0]) if "Range" in self.headers else 0
        self.server.log.append((self.command, name, first))
        self.send_response(206 if first else 200)
        self.send_header("Content-Length", str(self.server.told.get(name, len(content) - first)))
        if first:
            self.send_header("Content-Range", f"bytes {first}-{len(content) - 1}/{len(content)}")
        self.end_headers()
        if not with_body:
            return
        body = content[first:]
        if self.server.cuts_left.get(name, 0) > 0:
            self.server.cuts_left[name] -= 1
            body = body[:self.server.cut[name]]
            self.close_connection = True
        self.wfile.write(body)

    def do_GET(self):
        self.answer(True)

    def do_HEAD(self):
        self.answer(False)

    def log_message(self, *_):
        pass


def make_archives(folder):
    content = {}
    with tarfile.open(os.path.join(folder, "images.tar"), "w") as tar:
        for where, count in (("train", 3), ("val", PHOTOS)):
            for i in range(count):
                path = os.path.join(folder, "photo")
                with open(path, "wb") as file:
                    file.write(os.urandom(40000))
                name = f"{where}/scene{i % 2}/{i:08}.jpg"
                with open(path, "rb") as file:
                    content[name] = file.read()
                tar.add(path, "places365_standard/" + name)
                os.remove(path)
    with zipfile.ZipFile(os.path.join(folder, "labels.zip"), "w") as archive:
        for i in range(PHOTOS):
            for kind in ("noisy_annotations_RGB", "noisy_scores_RGB"):
                archive.writestr(f"places365_standard_extra_val/{kind}/val/scene{i % 2}/{i:08}.png", os.urandom(3000))
    with open(os.path.join(folder, "checkpoint.tar"), "wb") as file:
        file.write(os.urandom(5000))
    return content


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def expect(condition, what, text=""):
    if not condition:
        print(f"FAILED: {what}\n{text}")
        sys.exit(1)
    print(f"ok: {what}")


def download(target, server, *more, limit=None):
    """Exit code and output; `limit`: bytes that a file may have, as a quota."""
    def restrict():
        if limit:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    command = ["bash", script, target, "--images-url", server.url("images.tar"), "--labels-url", server.url("labels.zip"),
               "--checkpoint-url", server.url("checkpoint.tar"), "--photos", str(PHOTOS), "--tries", "3", *more]
    # Python has SIGXFSZ ignored and hands that on, so that a write beyond the limit is an error and not a death.
    result = subprocess.run(command, capture_output=True, text=True, preexec_fn=restrict, restore_signals=False,
                            env={**os.environ, "SEMSCOPE_DOWNLOAD_PAUSE": "0", "no_proxy": "127.0.0.1"})
    return result.returncode, result.stdout + result.stderr


with tempfile.TemporaryDirectory() as folder:
    served = os.path.join(folder, "served")
    os.mkdir(served)
    content = make_archives(served)
    size = os.path.getsize(os.path.join(served, "images.tar"))
    server = Server(served)
    target = os.path.join(folder, "places 365")  # a blank in the name, too
    os.mkdir(target)
    with open(os.path.join(target, "mine.txt"), "w") as file:
        file.write("not of the script")

    server.cut["images.tar"], server.cuts_left["images.tar"] = 100000, 2
    code, text = download(target, server, "--images-sha256", sha256(os.path.join(served, "images.tar")))
    expect(code == 0, "everything is downloaded and unpacked though the line was cut twice", text)
    gets = [first for method, name, first in server.log if (method, name) == ("GET", "images.tar")]
    expect(gets == [0, 100000, 200000], f"each attempt goes on where the last was cut ({gets})", text)
    photos = {n: c for n, c in content.items() if n.startswith("val/")}
    for name, expected in photos.items():
        with open(os.path.join(target, name), "rb") as file:
            expect(file.read() == expected, f"{name} has its bytes")
    expect(not os.path.exists(os.path.join(target, "train")), "the training photos stay in the archive")
    with open(os.path.join(target, "val.txt")) as file:
        expect(file.read().split() == sorted(photos), "val.txt lists every photo")
    expect(os.path.isfile(os.path.join(target, "noisy_annotations_RGB/val/scene0/00000000.png")), "label maps are where labels.root has them")
    for table in ("places365.cfg", "categories_places365.txt", "objectInfo150.txt"):
        expect(os.path.getsize(os.path.join(target, table)) > 500, f"{table} is put beside the photos")
    with open(os.path.join(target, "places365.cfg"), "a") as file:
        file.write("# edited")
    server.log.clear()
    code, text = download(target, server)
    with open(os.path.join(target, "places365.cfg")) as file:
        expect(file.read().endswith("# edited"), "a configuration that was edited stays")
    expect(code == 0 and not [e for e in server.log if e[0] == "GET"], "run again, it downloads nothing", text)
    code, text = download(target, server, "--delete-archives")
    expect(code == 0 and sorted(n for n in os.listdir(target) if n.endswith((".tar", ".zip"))) == ["checkpoint.pth.tar"],
           "archives go on request, the checkpoint stays", text)
    code, text = download(target, server)
    expect(code == 0 and not [e for e in server.log if e[0] == "GET"], "and are not fetched again", text)
    expect(os.path.isfile(os.path.join(target, "mine.txt")), "a file of the user's is left alone")

    target = os.path.join(folder, "stopped")
    server.cut["labels.zip"], server.cuts_left["labels.zip"] = 1000, 3
    code, text = download(target, server, "--only", "labels")
    expect(code == 1 and "cut off 3 times" in text and "run it again" in text, "a line that stays cut ends with what to do", text)
    expect(os.path.getsize(os.path.join(target, "labels.zip.part")) == 3000, "what came is kept")
    code, text = download(target, server, "--only", "labels")
    expect(code == 0 and ("GET", "labels.zip", 3000) in server.log, "and the next run goes on from there", text)

    target = os.path.join(folder, "checksum")
    code, text = download(target, server, "--labels-sha256", "0" * 64, "--only", "labels")
    expect(code == 2 and "SHA-256" in text and sha256(os.path.join(served, "labels.zip")) in text, "a wrong checksum is refused with both", text)
    expect(not os.path.exists(os.path.join(target, "noisy_annotations_RGB")), "and nothing of it is unpacked")

    code, text = download(os.path.join(folder, "count"), server, "--photos", "7", "--only", "labels")
    expect(code == 2 and "6 files" in text and "7 are expected" in text, "a wrong count is refused", text)

    target = os.path.join(folder, "full")
    code, text = download(target, server, "--only", "images", limit=150000)
    expect(code == 1 and "cannot be written" in text and "make room" in text, "a full disk ends with what to do", text)
    kept = os.path.getsize(os.path.join(target, "images.tar.part"))
    expect(0 < kept <= 150000, f"what fits is kept ({kept} bytes)")
    server.log.clear()
    code, text = download(target, server, "--only", "images")
    expect(code == 0 and ("GET", "images.tar", kept) in server.log, "with room again it goes on from there", text)

    # A server that tells of more than the disk has: the check comes before the first byte.
    server.told["images.tar"] = 1 << 60
    server.log.clear()
    code, text = download(os.path.join(folder, "room"), server, "--only", "images")
    expect(code == 1 and "no room" in text and not [e for e in server.log if e[0] == "GET"],
           "what the disk cannot hold is refused before it begins", text)
    server.told.clear()

    code, text = download(os.path.join(folder, "room"), server, "--only", "images", "--images-url", server.url("missing.tar"))
    expect(code == 1 and "refuses" in text, "a file that the server does not have is named", text)
    code, text = download(os.path.join(folder, "room"), server, "--only", "photos")
    expect(code == 2 and "--only" in text, "a wrong option is refused", text)
print("all checks passed")
