# shellcheck shell=bash
# To be sourced: a bare Debian 12 in a folder, for the tests of packages and containers. As root; needs debootstrap.

# FOLDER: makes the system there, with nothing but what debootstrap --variant=minbase installs, unless it is there already.
bare_debian() {
  [ "$(id -u)" -eq 0 ] || { echo "a system of its own needs root" >&2; return 77; }
  [ -e "$1/etc/debian_version" ] && return 0
  command -v debootstrap >/dev/null || { echo "debootstrap is missing (bash jobs/install-dependencies.sh --by-hand)" >&2; return 77; }
  mkdir -p "$1"
  debootstrap --variant=minbase bookworm "$1" http://deb.debian.org/debian >"$1.log" || { tail -n 20 "$1.log" >&2; return 1; }
  rm "$1.log"
}

# FOLDER COMMAND...: runs it in the system, with mounts and processes in namespaces of their own: whatever way it ends, the
# kernel takes both away, and nothing of the machine's own /dev stays mounted in a folder that someone may delete.
in_bare_debian() {
  local folder=$1
  shift
  cp -L /etc/resolv.conf "$folder/etc/resolv.conf"
  printf '#!/bin/sh\nexit 101\n' >"$folder/usr/sbin/policy-rc.d"  # no package starts a daemon here
  chmod 755 "$folder/usr/sbin/policy-rc.d"
  # shellcheck disable=SC2016  # for the inner shell
  unshare --mount --pid --fork --kill-child --propagation private bash -c '
    set -e
    folder=$1
    shift
    mount -t proc proc "$folder/proc"
    mount -t tmpfs -o mode=755 tmpfs "$folder/dev"
    for device in null zero full random urandom tty; do touch "$folder/dev/$device"; mount --bind "/dev/$device" "$folder/dev/$device"; done
    ln -s /proc/self/fd "$folder/dev/fd"
    mkdir "$folder/dev/shm"
    mount -t tmpfs -o mode=1777 tmpfs "$folder/dev/shm"
    mount -t tmpfs -o mode=1777 tmpfs "$folder/tmp"
    exec chroot "$folder" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
  ' bash "$folder" "$@"
}
