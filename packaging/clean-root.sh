# shellcheck shell=sh disable=SC2034
# Sourced: a clean Debian root to work in, and what looks at it. Needs root; nothing outside the root is touched.
# The caller has set `packages`, which the root gets, and was called with [suite [architecture [folder]]]: a folder is
# kept and used again, a temporary one is removed. Leaves $root, $suite, $arch, $slow and the functions below.
suite=${1:-bookworm}
native=$(dpkg --print-architecture)
arch=${2:-$native}
here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
[ "$(id -u)" -eq 0 ] || { echo "a clean root needs root; run it with sudo" >&2; exit 2; }
need() {
    command -v "$1" >/dev/null 2>&1 ||
        DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$2" >/dev/null
}
need debootstrap debootstrap
slow=1  # how much longer everything takes
if [ "$arch" != "$native" ]; then
    slow=10
    case $arch in
        arm64) emulator=qemu-aarch64 ;;
        armhf) emulator=qemu-arm ;;
        *) echo "no emulator known for $arch; arm64 and armhf are" >&2; exit 2 ;;
    esac
    need "$emulator-static" qemu-user-static || true
    need update-binfmts binfmt-support || true
    [ -e /proc/sys/fs/binfmt_misc/register ] || mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc 2>/dev/null || true
    [ -e "/proc/sys/fs/binfmt_misc/$emulator" ] || update-binfmts --enable "$emulator" 2>/dev/null || true
    [ -e "/proc/sys/fs/binfmt_misc/$emulator" ] || {
        echo "NOT TESTED here: $suite on $arch. This kernel gives no binfmt_misc for $emulator." >&2
        exit 0
    }
fi
if [ $# -ge 3 ]; then root=$3; else root=$(mktemp -d) && chmod 755 "$root"; fi  # it will be everybody's /
[ -x "$root/bin/sh" ] || debootstrap --arch="$arch" --variant=minbase --include="$packages" "$suite" "$root" >"$root.log" 2>&1 ||
    { tail -n 20 "$root.log" >&2; exit 1; }

# A private mount table, so that nothing stays mounted whatever happens.
if [ "${SODIEN_INSIDE:-}" != 1 ]; then
    code=0
    SODIEN_INSIDE=1 unshare --mount sh "$0" "$suite" "$arch" "$root" || code=$?
    [ $# -ge 3 ] || rm -rf "$root" "$root.log"
    exit "$code"
fi
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/run"
# The way to the packages is the host's: its name resolution, its authorities, what pip was told.
cp /etc/resolv.conf "$root/etc/resolv.conf"
cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
[ ! -f /etc/pip.conf ] || cp /etc/pip.conf "$root/etc/pip.conf"
[ -z "${PIP_FIND_LINKS:-}" ] || { mkdir -p "$root$PIP_FIND_LINKS"; mount --bind "$PIP_FIND_LINKS" "$root$PIP_FIND_LINKS"; }

inside() { chroot "$root" "$@"; }
passed=0
expect() {  # expect "what" command…
    what=$1; shift
    if "$@" >"$root/tmp/out" 2>&1; then
        passed=$((passed + 1)); echo "ok      $what"
    else
        echo "FAILED  $what"; sed 's/^/        /' "$root/tmp/out"; exit 1
    fi
}
as_sodien() { inside setpriv --reuid sodien --regid sodien --init-groups env HOME=/var/lib/sodien sh -c "umask 007; cd /var/lib/sodien && $*"; }
set_up() {  # a person's settings, on the simulated LED, and a copy of them to compare with
    cat >"$root/etc/sodien/sodien.yaml" <<'YAML'
# mine
device: nha-toi
clock: trust
gpio: {factory: simulated, simulated: {speed: 100}}
meters:
  - {id: main, pin: 17, constant: 1600}
YAML
    cp "$root/etc/sodien/sodien.yaml" "$1"
}
count() {  # count for some seconds on the simulated LED, from when the state is first written, then stop cleanly
    as_sodien "sodien run -c /etc/sodien/sodien.yaml & counting=\$!; left=$(($1 * slow * 6))
        while [ \$left -gt 0 ] && ! ls /var/lib/sodien/*state.json; do left=\$((left - 1)); sleep 1; done
        sleep $(($1 * slow)); kill -TERM \$counting; wait \$counting"
}
