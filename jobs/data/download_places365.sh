#!/usr/bin/env bash
# Downloads and unpacks what the Places365 experiment needs: the photos (train and val), the authors' label maps of the
# validation set, and their ResNet-18 checkpoint. Stopped at any moment, the same command goes on where it was.
# It writes below DIR only and removes only its own archives, and these only with --delete-archives.
set -euo pipefail

usage() {
  cat <<'END'
usage: download_places365.sh DIR [OPTION...]
  --images-url URL       archive of the photos, .tar       [the published Places365 "easy format", about 25 GB]
  --labels-url URL       archive of the label maps, .zip   [the published label maps, about 1 GB]
  --checkpoint-url URL   checkpoint of the network         [the authors' ResNet-18, about 45 MB]
  --images-sha256 S, --labels-sha256 S, --checkpoint-sha256 S
                         refuse a file with another SHA-256
  --only LIST            of images,labels,checkpoint       [all three]
  --photos N             photos and label maps that the validation set must have, 0 = do not count  [36500]
  --all                  unpack the training photos too (of about 1.8 million); otherwise the validation set alone
  --tries N              attempts for each file, each going on where the last was cut  [10]
  --delete-archives      remove each archive when it is unpacked and counted
Exit codes: 0 done; 1 failed, run it again to go on; 2 wrong usage, a wrong checksum or a wrong count.
END
}

refuse() { echo "download_places365: error: $*" >&2; exit 2; }
fail() { echo "download_places365: error: $*" >&2; exit 1; }
say() { echo "download_places365: $*"; }

images_url=http://data.csail.mit.edu/places/places365/places365standard_easyformat.tar
labels_url=http://www-vpu.eps.uam.es/publications/SemanticAwareSceneRecognition/places365_standard_extra_val.zip
checkpoint_url=http://www-vpu.eps.uam.es/publications/SemanticAwareSceneRecognition/Model_Zoo/Places_365/RGB_ResNet18_Places.pth.tar
images_sha256="" labels_sha256="" checkpoint_sha256=""
only=images,labels,checkpoint photos=36500 all=no tries=10 delete=no folder=""
while [ $# -gt 0 ]; do
  case "$1" in
    --help | -h) usage; exit 0 ;;
    --all) all=yes; shift; continue ;;
    --delete-archives) delete=yes; shift; continue ;;
    --images-url | --labels-url | --checkpoint-url | --images-sha256 | --labels-sha256 | --checkpoint-sha256 | --only | --photos | --tries)
      [ $# -ge 2 ] || refuse "$1 needs a value (see --help)"
      name=${1#--}
      printf -v "${name//-/_}" %s "$2"
      shift 2
      ;;
    -*) refuse "unknown option $1 (see --help)" ;;
    *) [ -z "$folder" ] || refuse "more than one folder is given: $folder and $1"; folder=$1; shift ;;
  esac
done
[ -n "$folder" ] || { usage >&2; exit 2; }
for part in ${only//,/ }; do
  case "$part" in images | labels | checkpoint) ;; *) refuse "--only knows images, labels and checkpoint, not $part" ;; esac
done
for tool in curl tar unzip sha256sum; do command -v "$tool" >/dev/null || fail "$tool is not installed"; done
config=$(cd "$(dirname "$(readlink -f "$0")")/../../config" && pwd)
mkdir -p "$folder" || fail "$folder cannot be made"
cd "$folder"

megabytes() { awk -v b="$1" 'BEGIN {printf "%.1f MB", b / 1e6}'; }
size_of() { stat -c %s "$1" 2>/dev/null || echo 0; }

# The length that the server tells, empty when it tells none.
remote_size() {
  { curl -sSfIL --connect-timeout 30 "$1" 2>/dev/null || true; } | tr -d '\r' |
    awk 'tolower($1) == "content-length:" {n = $2} END {if (n > 0) print n}'
}

# Stops before it begins when the disk cannot hold it; unpacked, the archives take about their own size again.
check_room() {  # PART BYTES_TO_COME
  local free
  free=$(df --output=avail -B1 . | tail -n 1)
  [ "$2" -le "$free" ] ||
    fail "no room for $1: $(megabytes "$2") to come, $(megabytes "$free") free in $PWD. Nothing is lost: make room and run it again"
}

# One file, into FILE.part first: a file under its own name is complete and has been checked.
fetch() {  # PART URL FILE SHA256 FACTOR
  local part=$1 url=$2 file=$3 sha256=$4 total have attempt code digest
  if [ ! -f "$file" ]; then
    total=$(remote_size "$url")
    have=$(size_of "$file.part")
    say "$part: $url, ${total:+$(megabytes "$total") in all, }$(megabytes "$have") here already"
    [ -z "$total" ] || check_room "$part" $((total * $5 - have))
    for ((attempt = 1; ; ++attempt)); do
      [ -z "$total" ] || [ "$(size_of "$file.part")" -ne "$total" ] || break
      code=0
      curl -sSfL --connect-timeout 30 --speed-limit 1 --speed-time 120 -C - -o "$file.part" "$url" || code=$?
      [ "$code" -ne 0 ] || break
      [ "$code" -ne 23 ] || fail "$part: $PWD/$file.part cannot be written: is the disk full or a quota reached?" \
        "$(megabytes "$(size_of "$file.part")") are kept; make room and run it again"
      # 22: the server refused; 33 and 36: it cannot go on in the middle.
      [ "$code" -ne 22 ] || fail "$part: the server refuses $url"
      case "$code" in 33 | 36) fail "$part: the server of $url cannot resume; remove $PWD/$file.part and run it again" ;; esac
      [ "$attempt" -lt "$tries" ] ||
        fail "$part: cut off $tries times, at $(megabytes "$(size_of "$file.part")"); run it again to go on"
      say "$part: cut off at $(megabytes "$(size_of "$file.part")"), attempt $((attempt + 1)) of $tries"
      sleep "${SEMSCOPE_DOWNLOAD_PAUSE:-5}"
    done
    have=$(size_of "$file.part")
    [ -z "$total" ] || [ "$have" -eq "$total" ] ||
      refuse "$part: $PWD/$file.part has $have bytes where the server tells $total; remove it and run it again"
    if [ -n "$sha256" ]; then
      digest=$(sha256sum "$file.part" | cut -d ' ' -f 1)
      [ "$digest" = "$sha256" ] || refuse "$part: $PWD/$file.part has SHA-256 $digest where $sha256 is expected;" \
        "it is not unpacked. If the expectation is right, remove the file and run it again"
    fi
    mv "$file.part" "$file"
  fi
}

# Unpacks unless that was finished before; the marker says that it was.
unpack() {  # PART FILE COMMAND...
  local part=$1 file=$2
  shift 2
  if [ ! -f ".unpacked-$part" ]; then
    say "$part: unpacking"
    "$@" || fail "$part: $PWD/$file cannot be unpacked: is the disk full, or the archive damaged? Run it again to retry"
    : >".unpacked-$part"
  fi
}

count_files() {  # PART FOLDER PATTERN
  [ "$photos" -ne 0 ] || return 0
  [ -d "$2" ] || refuse "$1: the archive held no $2"
  local found
  found=$(find "$2" -type f -name "$3" | wc -l)
  [ "$found" -eq "$photos" ] || refuse "$1: $found files in $PWD/$2 where $photos are expected (--photos tells how many); remove .unpacked-$1 to unpack again"
  say "$1: $found files in $PWD/$2"
}

drop() { [ "$delete" = no ] || rm -f "$1"; }
wanted() { [[ ",$only," == *",$1,"* ]]; }

say "$(df --output=avail -BG . | tail -n 1 | tr -d ' ') free in $PWD; the published files take about 52 GB with the photos unpacked (--all), 27 GB without the training set"
if wanted checkpoint && [ ! -f ".unpacked-checkpoint" ]; then
  fetch checkpoint "$checkpoint_url" checkpoint.pth.tar "$checkpoint_sha256" 1
  say "checkpoint: $PWD/checkpoint.pth.tar"
fi
if wanted labels; then
  [ -f .unpacked-labels ] || fetch labels "$labels_url" labels.zip "$labels_sha256" 2
  # -o: what a stopped attempt left half written is written again.
  unpack labels labels.zip unzip -q -o labels.zip
  labels_root=$(find . -type d -name noisy_annotations_RGB -print -quit)
  [ -n "$labels_root" ] || refuse "labels: the archive held no noisy_annotations_RGB"
  [ "$labels_root" = ./noisy_annotations_RGB ] || [ -e noisy_annotations_RGB ] || ln -s "$labels_root" noisy_annotations_RGB
  count_files labels "$labels_root/val" '*.png'
  drop labels.zip
fi
if wanted images; then
  [ -f .unpacked-images ] || fetch images "$images_url" images.tar "$images_sha256" "$([ "$all" = yes ] && echo 2 || echo 1)"
  members=(--wildcards '*/val')
  [ "$all" = no ] || members=()
  # Without the archive's own top folder, so that DIR holds val/<scene>/<photo>.
  unpack images images.tar tar -xf images.tar --strip-components=1 --no-same-owner "${members[@]}"
  count_files images val '*.jpg'
  (find val -type f -name '*.jpg' | LC_ALL=C sort) >val.txt
  drop images.tar
fi
# What is there already may have been edited: it stays.
[ -e objectInfo150.txt ] || cp "$config/ade20k_objectInfo150.txt" objectInfo150.txt
for table in categories_places365.txt places365.cfg; do [ -e "$table" ] || cp "$config/$table" "$table"; done
say "done. Next: jobs/data/export_network.py for the network, then jobs/slurm/submit.sh $PWD/places365.cfg"
