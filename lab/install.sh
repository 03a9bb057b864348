#!/bin/sh
# Installs what the lab needs, when it may: QEMU, a compiler for the player, what a kernel is built with.
# With the argument `run`, only what running needs (the kernel is built already).
set -eu
purpose="The lab's machine and kernel"
. "$(dirname "$0")/../tests/debian.sh"

need qemu-system-x86_64 qemu-system-x86
need gcc gcc
need_file "/usr/include/stdlib.h" libc6-dev
need mkfs.ext4 e2fsprogs
need debugfs e2fsprogs
need dmsetup dmsetup
need mosquitto mosquitto mosquitto
if [ "${1:-}" != run ]; then
    need_file "/usr/src/linux-source-*.tar.*" linux-source
    for tool in make bc flex bison; do
        need "$tool" "$tool"
    done
    need xz xz-utils
    need_file "/usr/include/libelf.h" libelf-dev
fi
install_missing
