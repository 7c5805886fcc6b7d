#!/usr/bin/env bash
# pack.sh TORCH OUT: builds semscope against the LibTorch of PyTorch in TORCH (what SEMSCOPE_TORCH takes) and puts the
# programs, the CUDA unit tests, a demo data set and every shared library that they need into the folder OUT, and the
# folder into OUT.tar.xz, below 60 MiB. Not in it: LibTorch and CUDA, which the target machine's python3 has, and glibc. `. OUT/environment.sh` makes
# the programs run there; run.sh is what to do with them.
# The build folder is build/gpu-pack, or BUILD_FOLDER; DEMO_FOLDER names a demo data set that was made before.
set -euo pipefail
[ $# -eq 2 ] || { sed -n '2,7s/^# //p' "$0" >&2; exit 2; }
mkdir -p "$2"
out=$(cd "$2" && pwd)
torch=$(cd "$1" && pwd)
cd "$(dirname "$0")/../.."
build=${BUILD_FOLDER:-build/gpu-pack}
# Not semscope-make-demo, whose OpenCV would bring LAPACK and X11, 22 MB; its data set is made here.
programs=(semscope-occlude semscope-reduce semscope-inspect semscope-bench)
tests=(unit_networks dataset_bytes)

cmake --preset cuda -B "$build" -DSEMSCOPE_TORCH="$torch" -DSEMSCOPE_STATIC_LIBARCHIVE=ON > "$out/cmake.log" || { tail "$out/cmake.log" >&2; exit 1; }
cmake --build "$build" --target "${programs[@]}" semscope-make-demo "${tests[@]}"
rm -rf "$out"
mkdir -p "$out"/{bin,lib,etc}
mpi=$(ompi_info --path pkglibdir --parsable | cut -d: -f3)
pmix=$(dirname "$(find /usr/lib /opt -path '*/pmix/mca_*.so' -o -path '*/pmix/pmix_mca_*.so' 2>/dev/null | head -1)")

# Programs: without symbols, and without the paths of this machine.
for program in "${programs[@]/#/$build/bin/}" "${tests[@]/#/$build/tests/}" "$(command -v orterun)" "$(command -v orted)"; do
  install -s "$program" "$out/bin/"
done
for name in mpirun mpiexec; do ln "$out/bin/orterun" "$out/bin/$name"; done
for program in "$out"/bin/*; do
  cat > "$out/remove.cmake" <<< "file(RPATH_REMOVE FILE \"$program\")"
  cmake -P "$out/remove.cmake"
done
rm "$out/remove.cmake"

# Plugins of MPI for one machine; those of fast networks and batch systems would bring their libraries.
mkdir -p "$out/lib/openmpi" "$out/lib/pmix"
for plugin in "$mpi"/mca_*.so; do
  case $(basename "$plugin") in
    *_ofi.so | *_openib.so | *_ucx.so | *_psm*.so | *_cm.so | *_monitoring.so | *_flux.so | *_slurm.so | *_jsm.so | \
      *_gridengine.so | mca_atomic_* | mca_s*mem*.so | mca_spml_* | mca_scoll_* | mca_memheap_* | mca_vprotocol_* | mca_reachable_netlink.so) ;;
    *) install -s -m 644 "$plugin" "$out/lib/openmpi/" ;;
  esac
done
cp "$mpi"/mca_shmem_*.so "$out/lib/openmpi/"
if [ -n "$pmix" ]; then install -m 644 -s "$pmix"/*.so "$out/lib/pmix/"; fi
mkdir -p "$out/share/openmpi" "$out/share/pmix"
cp /usr/share/openmpi/help-*.txt "$out/share/openmpi/"
cp "$(dirname "$(dirname "$pmix")")"/share/pmix/help-*.txt "$out/share/pmix/" 2>/dev/null || true

# Libraries: all that the above load, less those of PyTorch, CUDA and glibc.
glibc='/(ld-linux-x86-64|libc|libm|libdl|librt|libpthread|libresolv|libutil|libanl|libnss_[a-z]*|libBrokenLocale)\.so'
torch_libraries=$(dirname "$(find -L "$torch" -name libtorch_cpu.so | head -1)")
foreign='/nvidia/|/cuda|/lib(torch|c10|shm|cud|cub|cuf|cupti|curand|cus|nv|nccl)[^/]*$'
LD_LIBRARY_PATH=$torch_libraries find "$out/bin" "$out/lib" -type f \( -perm -100 -o -name '*.so' \) -exec ldd {} + 2>/dev/null |
  awk '$2 == "=>" && $3 ~ /^\// { print $3 }' | sort -u | grep -Ev "$glibc" | grep -Ev "$foreign" |
  grep -v "^$torch_libraries/" | while read -r library; do
    install -m 644 -s "$library" "$out/lib/$(basename "$library")"
  done

if [ -n "${DEMO_FOLDER:-}" ]; then cp -r "$DEMO_FOLDER" "$out/demo"
else "$build/bin/semscope-make-demo" "$out/demo" --threads "$(nproc)" > "$out/demo.log"; fi
cp tests/gpu/{run.sh,measure.py} "$out/"
cat > "$out/environment.sh" <<'END'
# shellcheck shell=bash
# To be sourced: lets the packed programs and their MPI run from where they lie, with the LibTorch of python3 (or of the
# program named in PYTHON). Leaves the environment of other programs as it can: LD_LIBRARY_PATH is for programs of the pack.
pack=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
torch_lib=$("${PYTHON:-python3}" -c 'import importlib.util, pathlib
print(pathlib.Path(importlib.util.find_spec("torch").origin).parent / "lib")') || return 1
nvidia_lib=$(for folder in "$torch_lib"/../../nvidia/*/lib; do [ -d "$folder" ] && printf ':%s' "$folder"; done)
export PATH="$pack/bin:$PATH" LD_LIBRARY_PATH="$pack/lib:$torch_lib$nvidia_lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
export OPAL_PREFIX="$pack" OPAL_LIBDIR="$pack/lib" OPAL_PKGLIBDIR="$pack/lib/openmpi" OPAL_BINDIR="$pack/bin"
export OPAL_DATADIR="$pack/share" OPAL_PKGDATADIR="$pack/share/openmpi" OPAL_SYSCONFDIR="$pack/etc"
export PMIX_PREFIX="$pack" PMIX_INSTALL_PREFIX="$pack" PMIX_LIBDIR="$pack/lib" PMIX_PKGLIBDIR="$pack/lib/pmix"
export PMIX_DATADIR="$pack/share" PMIX_PKGDATADIR="$pack/share/pmix" PMIX_SYSCONFDIR="$pack/etc"
END
sed 1d jobs/mpi-environment.sh >> "$out/environment.sh"
cat >> "$out/environment.sh" <<'END'
# No other machines, so no need of ssh; and no line a process where a container hides /sys.
export OMPI_MCA_plm=isolated HWLOC_HIDE_ERRORS=2
END
rm -f "$out/cmake.log" "$out/demo.log"

newest=$(find "$out/bin" "$out/lib" -type f -exec objdump -T {} + 2>/dev/null | grep -o 'GLIBC_2\.[0-9]*' | sort -Vu | tail -1)
size=$(du -sk --apparent-size "$out" | cut -f1)
tar -C "$(dirname "$out")" -cJf "$out.tar.xz" "$(basename "$out")"
packed=$(du -sk --apparent-size "$out.tar.xz" | cut -f1)
echo "$out: $((size / 1024)) MiB, packed $((packed / 1024)) MiB, $(find "$out/lib" -name '*.so*' | wc -l) libraries, needs $newest"
[ "$packed" -lt $((60 * 1024)) ] || { echo "pack.sh: $out.tar.xz is larger than 60 MiB" >&2; exit 1; }
