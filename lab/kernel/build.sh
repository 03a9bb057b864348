#!/bin/sh
# Builds the lab's kernel from Debian's kernel source, once, and prints its path.
# Cached in $SODIEN_LAB_CACHE (default ~/.cache/sodien-lab), by its configuration.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cache=${SODIEN_LAB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/sodien-lab}

key=$(sha256sum "$here/config" | cut -c1-16)
kernel="$cache/vmlinuz-$key"
if [ -f "$kernel" ]; then
    sh "$here/../install.sh" run >&2
    echo "$kernel"
    exit 0
fi

sh "$here/../install.sh" >&2
source=$(find /usr/src -maxdepth 1 -name 'linux-source-*.tar.*' | sort -V | tail -n 1)
[ -n "$source" ] || { echo "no /usr/src/linux-source-*.tar.xz; install the package linux-source" >&2; exit 1; }
mkdir -p "$cache"
work=$(mktemp -d "$cache/build.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
echo "Building the lab's kernel from $source (once, some minutes) …" >&2
tar -xf "$source" -C "$work" --strip-components=1
cd "$work"
{
    make tinyconfig
    scripts/kconfig/merge_config.sh -m .config "$here/config"
    make olddefconfig
} >"$cache/build.log" 2>&1 || { tail -n 20 "$cache/build.log" >&2; exit 1; }
# An option that the kernel no longer knows, or refuses, would be missing without a word.
for option in $(sed -n 's/^\(CONFIG_[A-Z0-9_]*=y\)$/\1/p' "$here/config"); do
    grep -qx "$option" .config || { echo "this kernel source does not take $option" >&2; exit 1; }
done
nice -n 5 make -j"${LAB_JOBS:-$(nproc)}" bzImage >>"$cache/build.log" 2>&1 \
    || { echo "the build failed; its log is $cache/build.log:" >&2; tail -n 20 "$cache/build.log" >&2; exit 1; }
cp arch/x86/boot/bzImage "$kernel.part"
cp .config "$kernel.config"
mv "$kernel.part" "$kernel"
echo "$kernel"
