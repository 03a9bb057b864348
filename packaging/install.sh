#!/bin/sh
# Installs, upgrades, takes back and removes Sodien on Raspberry Pi OS and Debian. It is in the wheel too, beside
# config/ and systemd/ as here: `sodien install` and `sudo make install` are both this file.
#
#   /opt/sodien/releases/<version>-<time>  one virtual environment a release; the last three are kept
#   /opt/sodien/current, /opt/sodien/bin   links to the release in use; switching is one rename
#   /etc/sodien/sodien.yaml                the person's settings: never overwritten, never removed
#   /var/lib/sodien                        the ledger: never removed
#
# With LAYOUT=deb it does the parts that packaging/deb.sh and the Debian package's scripts ask for: the release is
# /usr/lib/sodien then, and dpkg has it.
#
# A step that fails leaves the release in use as it was. With DESTDIR everything goes below it, for a package or a
# trial: then no user is made, no service touched, nothing installed through apt.
set -eu
umask 022
unset PYTHONPATH PYTHONHOME  # the new environment stands on its own
here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)  # a clone, or sodien/data of a wheel
SODIEN_FROM=${SODIEN_FROM:-}  # for pip, after the name: where this wheel came from; empty in a clone
DESTDIR=${DESTDIR:-}
PYTHON=${PYTHON:-python3}
opt=$DESTDIR/opt/sodien
etc=$DESTDIR/etc/sodien
units=$DESTDIR/etc/systemd/system
share=$DESTDIR/usr/local/share
bin=/usr/local/bin zsh=zsh/site-functions program=/opt/sodien/bin/sodien  # what units and the link in $bin start
dpkgs=/usr/lib/sodien copies=/var/backups/sodien
if [ "${LAYOUT:-}" = deb ]; then
    release=$dpkgs units=$DESTDIR/usr/lib/systemd/system share=$DESTDIR/usr/share
    bin=/usr/bin zsh=zsh/vendor-completions program=$dpkgs/bin/sodien
fi
services="sodien-firmware sodien-collector sodien-page"
kept=3

say() { printf '%s\n' "$*"; }
give_up() { printf 'sodien: %s\n' "$*" >&2; exit 2; }
has() { command -v "$1" >/dev/null 2>&1; }
systemd_runs() { [ -z "$DESTDIR" ] && [ -d /run/systemd/system ]; }

need_root() {
    [ -n "$DESTDIR" ] || [ ! -e "$dpkgs/bin/sodien" ] ||
        give_up "it is installed as a Debian package, and apt upgrades and removes it; first, if you want to change: sudo apt remove sodien"
    [ -n "$DESTDIR" ] || [ "$(id -u)" -eq 0 ] || give_up "this needs root; run: sudo ${SODIEN_CALLED:-make $1}"
}

# Python 3.11 with venv; asked for through apt where that is possible.
need_python() {
    has "$PYTHON" || add_package python3
    "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        give_up "$PYTHON is older than 3.11; Raspberry Pi OS bookworm or newer has it, or name another: PYTHON=python3.11"
    "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null || add_package python3-venv
    "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null || give_up "Python's venv module is missing; install python3-venv"
}

add_package() {
    [ -z "$DESTDIR" ] && has apt-get || give_up "$1 is missing; install it first"
    say "Installing $1 …"
    apt-get -q update >/dev/null || true
    DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends "$1" >/dev/null ||
        give_up "$1 could not be installed; try: sudo apt-get install $1"
}

# What the machine can use: GPIO only where there is some, unless EXTRAS says.
extras() {
    if [ -n "${EXTRAS:-}" ]; then
        printf %s "$EXTRAS"
    elif [ -e /dev/gpiochip0 ]; then
        printf %s "pi,collector,page,pdf-import$(notify)"
    else
        printf %s "collector,page,pdf-import$(notify)"
    fi
}

# Apprise is large: it comes where the settings name somebody to tell.
notify() { ! grep -qsE '^notify:' "$etc/sodien.yaml" || printf %s ,notify; }

# One sentence from what pip wrote: which package, and why.
why_pip_failed() {
    if grep -qE 'NewConnectionError|NameResolutionError|Network is unreachable|Connection refused|timed out' "$1"; then
        printf %s "the packages could not be fetched: no connection to the package index; check the network and try again."
        return
    fi
    built=$(sed -nE 's/.*Failed building wheel for ([A-Za-z0-9._-]+).*/\1/p' "$1" | head -n 1)
    wanted=$(sed -nE 's/.*No matching distribution found for ([^ ]+).*/\1/p' "$1" | head -n 1)
    if [ -n "$built" ]; then  # the innermost error is the cause
        cause=$(sed -nE 's/^ +error: *//p' "$1" | tail -n 1)
        printf %s "the package $built has no ready-made wheel for this Python and could not be built: ${cause:-pip gave no reason}; install what it needs and try again."
    elif [ -n "$wanted" ]; then
        printf %s "there is no package $wanted for this Python ($("$PYTHON" -V 2>&1))."
    else
        cause=$(sed -nE 's/^ *ERROR: *//p' "$1" | head -n 1)
        printf %s "the packages could not be installed: ${cause:-pip gave no reason}."
    fi
}

# Debian's python3-lgpio, where it is installed for this Python: seen by the release too. Only gpio.factory: lgpio asks
# for it, and the package index has no ready-made one for newer Pythons.
link_lgpio() {
    files=$("$PYTHON" -c 'import importlib.util as u, sys
if sys.prefix == sys.base_prefix:
    for name in ("lgpio", "_lgpio"):
        spec = u.find_spec(name)
        print(spec.origin if spec else "")' 2>/dev/null) || return 0
    site=$("$release/bin/python" -c 'import sysconfig; print(sysconfig.get_path("platlib"))')
    for file in $files; do
        [ -e "$site/$(basename "$file")" ] || ln -s "$file" "$site/"
    done
}

# Whatever happens: what was running runs again, and a release that did not come into use is gone.
active=""
clean_up() {
    if [ "$(readlink "$opt/current" 2>/dev/null)" != "releases/$(basename "$release")" ]; then rm -rf "$release"; fi
    # shellcheck disable=SC2086
    [ -z "$active" ] || systemctl start $active
}

build_release() {  # sets $release: its folder, complete and tried
    if [ -n "$SODIEN_FROM" ]; then
        code=$here/.. package="sodien[$(extras)]$SODIEN_FROM"
    else
        code=$here/sodien package="${here}[$(extras)]"
    fi
    version=$(sed -n 's/^__version__ = "\(.*\)"/\1/p' "$code/__init__.py")
    release=$opt/releases/$version-$(date -u +%Y%m%dT%H%M%SZ)
    [ ! -e "$release" ] || give_up "$release is there already; wait a second and try again"
    mkdir -p "$opt/releases"
    trap clean_up EXIT
    trap 'exit 130' INT TERM
    say "Building $(basename "$release") in $opt (some minutes on a small Pi) …"
    "$PYTHON" -m venv "$release" || give_up "the virtual environment could not be made in $release"
    "$release/bin/pip" install --quiet --disable-pip-version-check "$package" 2>"$release/pip.log" ||
        give_up "$(why_pip_failed "$release/pip.log") Nothing was changed."
    link_lgpio
    "$release/bin/sodien" --version >/dev/null || give_up "the new release does not start. Nothing was changed."
}

ledger_of() {  # the ledger's path by the settings, empty without settings or ledger
    [ -f "$etc/sodien.yaml" ] || return 0
    "$release/bin/python" - "$etc/sodien.yaml" <<'PY' 2>/dev/null || true
import sys
from sodien.settings import model as settings
path = settings.load(sys.argv[1]).ledger.path
print(path if path.exists() else "", end="")
PY
}

# Before a newer schema touches the ledger: a copy, made through SQLite, so that the way back is open.
save_ledger() {  # save_ledger <file>
    ledger=$(ledger_of)
    [ -n "$ledger" ] || return 0
    "$release/bin/python" - "$ledger" "$1" <<'PY' || give_up "the ledger could not be copied. Nothing was changed."
import os, sqlite3, sys
from sodien.ledger.schema import SCHEMA
source = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
if source.execute("PRAGMA user_version").fetchone()[0] < SCHEMA:
    copy = sqlite3.connect(sys.argv[2])
    source.backup(copy)
    assert copy.execute("PRAGMA quick_check").fetchone() == ("ok",)
    copy.close()
    os.chmod(sys.argv[2], 0o600)
    print(f"The ledger's format changes; a copy of it is in {sys.argv[2]}")
PY
}

switch_to() {  # one rename: there is always a release in use
    ln -sfn "releases/$(basename "$1")" "$opt/current.new"
    mv -T "$opt/current.new" "$opt/current"
    if [ ! -L "$opt/bin" ]; then
        if [ -e "$opt/bin" ]; then
            aside=$opt.by-hand.$$
            mkdir "$aside"
            for part in bin lib lib64 include share pyvenv.cfg; do
                [ ! -e "$opt/$part" ] || mv "$opt/$part" "$aside/"
            done
            say "The environment that was in $opt is now in $aside; delete it when all is well."
        fi
        ln -s current/bin "$opt/bin"
    fi
}

running() { for service in $services; do ! systemctl -q is-active "$service" || printf '%s ' "$service"; done; }

# While switching, what runs is stopped cleanly (a gap of some seconds) and started again afterwards.
switch() {
    if systemd_runs; then
        active=$(running)
        # shellcheck disable=SC2086
        [ -z "$active" ] || systemctl stop $active
    fi
    "$@"
    if systemd_runs; then
        systemctl daemon-reload
        # shellcheck disable=SC2086
        [ -z "$active" ] || systemctl start $active
        active=""
    fi
}

put_settings() {
    install -d -m 0755 "$etc"
    if [ -e "$etc/sodien.yaml" ]; then
        say "$etc/sodien.yaml is yours and stays as it is; the newest example is beside it."
    else
        install -m 0644 "$here/config/sodien.yaml" "$etc/sodien.yaml"
    fi
    install -m 0644 "$here/config/sodien.yaml" "$etc/sodien.yaml.example"
}

put_files() {
    install -d -m 0755 "$units" "$DESTDIR$bin" "$share/man/man1" "$share/sodien/mosquitto" \
        "$share/bash-completion/completions" "$share/$zsh" "$share/fish/vendor_completions.d"
    install -m 0644 "$here"/config/mosquitto/* "$share/sodien/mosquitto/"
    install -D -m 0644 "$here/systemd/sodien.sysusers" "$DESTDIR/usr/lib/sysusers.d/sodien.conf"
    for unit in "$here"/systemd/*.service "$here"/systemd/*.timer; do
        [ -e "$unit" ] || continue
        sed "s,/opt/sodien/bin/sodien,$program," "$unit" >"$units/$(basename "$unit")"
        chmod 0644 "$units/$(basename "$unit")"
    done
    ln -sfn "$program" "$DESTDIR$bin/sodien"
    "$release/bin/python" "$here/packaging/man.py" >"$share/man/man1/sodien.1"
    _SODIEN_COMPLETE=bash_source "$release/bin/sodien" >"$share/bash-completion/completions/sodien" 2>/dev/null || true
    _SODIEN_COMPLETE=zsh_source "$release/bin/sodien" >"$share/$zsh/_sodien"
    _SODIEN_COMPLETE=fish_source "$release/bin/sodien" >"$share/fish/vendor_completions.d/sodien.fish"
}

make_users() {
    [ -z "$DESTDIR" ] || return 0
    if has systemd-sysusers; then
        systemd-sysusers /usr/lib/sysusers.d/sodien.conf
    else
        getent group gpio >/dev/null || groupadd --system gpio
        for user in sodien sodien-collector; do
            getent passwd "$user" >/dev/null ||
                useradd --system --user-group --home-dir "/var/lib/$user" --shell /usr/sbin/nologin "$user"
        done
        usermod -aG gpio sodien
    fi
    install -d -m 2770 -o sodien -g sodien /var/lib/sodien
    # What an older release made becomes the group's too; secrets (0600) stay the service's own.
    su -s /bin/sh sodien -c 'find /var/lib/sodien ! -type l ! -perm 0600 -exec chmod g+rwX {} +' 2>/dev/null || true
    # Whoever installs it reads and enters what the meter shows, without sudo.
    if [ -n "${SUDO_USER:-}" ] && [ "$SUDO_USER" != root ] && getent passwd "$SUDO_USER" >/dev/null; then
        usermod -aG sodien "$SUDO_USER"
        say "$SUDO_USER is in the group sodien now: 'sodien status' and the like need no sudo."
    fi
    install -d -m 0750 -o sodien-collector -g sodien-collector /var/lib/sodien-collector
}

prune() {  # keep the last ones, and always the one in use
    using=$(readlink "$opt/current")
    # shellcheck disable=SC2012
    ls -1d "$opt"/releases/*/ | sed 's,/$,,' | sort -t- -k2 | head -n "-$kept" | while read -r old; do
        [ "releases/$(basename "$old")" = "$using" ] || rm -rf "$old"
    done
}

do_install() {
    need_root install
    need_python
    build_release
    make_files() {
        save_ledger "$release/ledger-before.db"
        put_settings
        put_files
        make_users
        switch_to "$release"
    }
    switch make_files
    prune
    say "Sodien $("$release/bin/sodien" --version | cut -d' ' -f2) is installed. Next:"
    say "  1. the settings:  sudoedit /etc/sodien/sodien.yaml   (or: sudo sodien setup)"
    say "  2. check them:    sodien doctor"
    say "  3. start:         sudo systemctl enable --now sodien-firmware sodien-collector"
    say "  4. the page:      sudo systemctl enable --now sodien-page   (see docs/how-to/page.md)"
}

do_rollback() {
    need_root rollback
    using=$(readlink "$opt/current" 2>/dev/null) || give_up "Sodien is not installed in $opt"
    using=$opt/$using
    # shellcheck disable=SC2012
    release=$(ls -1d "$opt"/releases/*/ | sed 's,/$,,' | sort -t- -k2 | grep -B1 -Fx "$using" | head -n 1)
    [ -n "$release" ] && [ "$release" != "$using" ] || give_up "there is no older release than $(basename "$using") to go back to"
    go_back() {
        if [ -f "$using/ledger-before.db" ]; then
            ledger=$(release=$using ledger_of)
            if [ -n "$ledger" ]; then
                aside=$ledger.after-$(basename "$using")
                "$using/bin/python" - "$using/ledger-before.db" "$ledger" "$aside" <<'PY' ||
import os, shutil, sqlite3, sys, uuid
copy, ledger, aside = sys.argv[1:]
with open(copy, "rb") as source:
    # As whoever owns the folder, and never through a link: root must not be led to a file of its own.
    owner = os.stat(os.path.dirname(ledger))
    if owner.st_uid:
        os.setgroups([])
        os.setgid(owner.st_gid)
        os.setuid(owner.st_uid)
    for part in ("", "-wal", "-shm", "-counts"):
        if os.path.lexists(ledger + part):
            os.rename(ledger + part, aside + part)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with open(os.open(ledger, flags, 0o640), "wb") as target:
        shutil.copyfileobj(source, target)
with sqlite3.connect(ledger) as db:  # a copy goes on under another name: numbers never mean two things
    db.execute("UPDATE meta SET value = ? WHERE key = 'ledger'", (uuid.uuid4().hex,))
PY
                    give_up "the ledger could not be put back; see $ledger and $aside"
                say "The ledger is as it was before that upgrade; what was counted since is in $aside."
            fi
        fi
        switch_to "$release"
    }
    switch go_back
    say "In use again: $(basename "$release")"
}

disable_units() {
    systemd_runs || return 0
    for unit in "$here"/systemd/*.service "$here"/systemd/*.timer; do
        systemctl -q disable --now "$(basename "$unit")" 2>/dev/null || true
    done
}

do_uninstall() {
    need_root uninstall
    disable_units
    for unit in "$here"/systemd/*.service "$here"/systemd/*.timer; do rm -f "$units/$(basename "$unit")"; done
    rm -rf "$opt" "$share/sodien"
    rm -f "$DESTDIR$bin/sodien" "$share/man/man1/sodien.1" "$share/bash-completion/completions/sodien" \
        "$share/$zsh/_sodien" "$share/fish/vendor_completions.d/sodien.fish" \
        "$DESTDIR/usr/lib/sysusers.d/sodien.conf" "$etc/sodien.yaml.example"
    systemd_runs && systemctl daemon-reload
    say "Sodien is removed. Left where they are: your settings in $etc, the ledger in $DESTDIR/var/lib/sodien,"
    say "and the users sodien and sodien-collector that own it."
}

# The parts for a Debian package. What ran before an upgrade runs again after it; a first installation starts nothing.
do_configure() {
    install -d -m 0700 "$copies"
    save_ledger "$copies/ledger-before-$("$program" --version | cut -d' ' -f2)-$(date -u +%Y%m%dT%H%M%SZ).db"
    put_settings
    make_users
    ! systemd_runs || systemctl daemon-reload
    do_start
}

do_stop() {
    systemd_runs || return 0
    active=$(running)
    printf %s "$active" >/run/sodien.stopped
    # shellcheck disable=SC2086
    [ -z "$active" ] || systemctl stop $active
}

do_start() {
    [ -f /run/sodien.stopped ] || return 0
    active=$(cat /run/sodien.stopped)
    # shellcheck disable=SC2086
    [ -z "$active" ] || systemctl start $active
    rm -f /run/sodien.stopped
}

case ${LAYOUT:-}${1:-} in
    debfiles) put_files ;;
    debconfigure) do_configure ;;
    debstop) do_stop ;;
    debstart) do_start ;;
    debremove) disable_units; rm -f "$etc/sodien.yaml.example" ;;
    install) do_install ;;
    rollback) do_rollback ;;
    uninstall) do_uninstall ;;
    *) give_up "usage: install.sh install|rollback|uninstall" ;;
esac
