#!/bin/sh
# Builds the Debian package and tries it in a clean Debian root: apt installs all it needs, it counts on the simulated
# LED, upgrades a package of the first version with its ledger migrated, and is removed and purged without losing data.
#
#   make test-deb                        bookworm, this processor
#   make test-deb ARGS='trixie arm64'    another suite, another processor, emulated
#   make test-deb ARGS='bookworm amd64 DIR'   the root it is built in is kept and used again
set -eu
first=8d615bc  # the first version, whose ledger has schema 1
packages=ca-certificates
if [ "${SODIEN_INSIDE:-}" != 1 ]; then  # before there is a root: the two packages
    here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
    [ $# -ge 1 ] || set -- bookworm
    [ $# -ge 2 ] || set -- "$1" "$(dpkg --print-architecture)"
    [ $# -ge 3 ] || { trap 'rm -rf "$building" "$building.log"' EXIT; building=$(mktemp -d); }
    SODIEN_DEB=$(sh "$here/packaging/deb.sh" "$1" "$2" "${building:-$3}")
    SODIEN_DEB_BEFORE=$(SODIEN_OF=$first sh "$here/packaging/deb.sh" "$1" "$2" "${building:-$3}")
    export SODIEN_DEB SODIEN_DEB_BEFORE
    set -- "$1" "$2"
fi
. "$(dirname "$0")/clean-root.sh"

cp "$here/$SODIEN_DEB" "$root/new.deb"
cp "$here/$SODIEN_DEB_BEFORE" "$root/before.deb"
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"; chmod 755 "$root/usr/sbin/policy-rc.d"
apt() { inside env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends "$@"; }
sql() { inside /usr/lib/sodien/bin/python -c "import sqlite3,sys; print(sqlite3.connect('/var/lib/sodien/ledger.db').execute(sys.argv[1]).fetchone()[0])" "$1"; }
mine() { cmp "$root/etc/sodien/sodien.yaml" "$root/tmp/mine.yaml" && test "$(sha256sum <"$root/var/lib/sodien/ledger.db")" = "$kept"; }

need lintian lintian
expect "lintian has nothing against it" lintian --allow-root --fail-on error,warning "$here/$SODIEN_DEB"
inside apt-get -q update >/dev/null
expect "a package of the first version installs" apt install /before.deb
set_up "$root/tmp/mine.yaml"
expect "it counts as its own user" count 5
before=$(sql "SELECT max(pulses) FROM entry")
expect "something was counted, in the first format" test "$before" -gt 0 -a "$(sql 'PRAGMA user_version')" -eq 1

expect "this version upgrades it" apt install /new.deb
expect "it says its version to anybody" inside setpriv --reuid nobody --clear-groups /usr/bin/sodien --version
expect "the person's settings are untouched" cmp "$root/etc/sodien/sodien.yaml" "$root/tmp/mine.yaml"
expect "the ledger was copied before its format changes" sh -c "ls '$root'/var/backups/sodien/ledger-before-*.db"
expect "counting goes on from the old count" count 5
schema=$(inside /usr/lib/sodien/bin/python -c 'from sodien.ledger.schema import SCHEMA; print(SCHEMA)')
expect "the ledger has this version's format" test "$schema" -gt 1 -a "$(sql 'PRAGMA user_version')" -eq "$schema"
expect "the count only went up" test "$(sql 'SELECT max(pulses) FROM entry')" -gt "$before"
expect "status answers" as_sodien "sodien status --json"
expect "the seals hold" as_sodien "sodien verify"
expect "it speaks Vietnamese" inside sh -c 'sodien --lang vi status --help | grep -q "^Cách dùng: sodien status"'
expect "setup writes the settings" inside sodien setup --yes --no-test --constant 800
cp "$root/etc/sodien/sodien.yaml" "$root/tmp/mine.yaml"
expect "the page's, collector's and PDF's packages are there" \
    inside /usr/lib/sodien/bin/python -c 'import flask, waitress, segno, influxdb_client, pypdf, gpiod'
expect "manual page and completions are there" inside sh -c "zcat /usr/share/man/man1/sodien.1.gz | grep -q '^.SS sodien setup' &&
    grep -q _SODIEN_COMPLETE /usr/share/bash-completion/completions/sodien /usr/share/zsh/vendor-completions/_sodien \
        /usr/share/fish/vendor_completions.d/sodien.fish"
expect "make install is refused beside it" sh -c "chroot '$root' sodien install 2>&1 | grep -q 'apt remove sodien'"
expect "systemd for its units" apt install systemd
expect "the units are sound" inside sh -c 'systemd-analyze verify --man=no /usr/lib/systemd/system/sodien-*'

kept=$(sha256sum <"$root/var/lib/sodien/ledger.db")
expect "removal" apt remove sodien
expect "settings and ledger are left" mine
expect "nothing else is" sh -c "! find '$root/usr' '$root/etc/systemd' -name '*sodien*' | grep -q ."
expect "it installs again" apt install /new.deb
expect "and has found them" mine
expect "a purge that nobody was asked about" apt purge sodien
expect "deletes nothing" mine
expect "it installs once more" apt install /new.deb
expect "a purge with a yes" inside sh -c "echo 'sodien sodien/delete boolean true' | debconf-set-selections && apt-get -q -y purge sodien"
expect "deletes all" sh -c "! ls -d '$root/etc/sodien' '$root/var/lib/sodien' '$root/var/backups/sodien' 2>/dev/null | grep -q ."
echo "$passed passed, 0 failed"
