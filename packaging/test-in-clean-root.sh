#!/bin/sh
# Proves the installation in a clean Debian root: install, settings kept, upgrade with a copied ledger, back again,
# removal with the data left. Needs root and debootstrap; nothing outside the folder is touched.
#
#   make test-install                    a fresh root in a temporary folder, removed afterwards
#   make test-install ARGS='trixie'      another suite
#   make test-install ARGS='trixie arm64'   another processor, emulated (armhf too; half an hour)
#   make test-install ARGS='bookworm amd64 DIR'   a root that is kept and used again
set -eu
packages=python3,python3-venv,make,ca-certificates,systemd,adduser,sudo
first=8d615bc  # the first version, whose ledger has schema 1
. "$(dirname "$0")/clean-root.sh"

rm -rf "$root/opt/sodien" "$root/etc/sodien" "$root/var/lib/sodien" "$root/src"
mkdir -p "$root/src/new" "$root/src/old"
(cd "$here" && git archive HEAD | tar -x -C "$root/src/new")
(cd "$here" && git archive "$first" | tar -x -C "$root/src/old")
cp -a "$root/src/new/packaging" "$root/src/old/"
cp -a "$root/src/new/config/mosquitto" "$root/src/old/config/"

as_an() { inside setpriv --reuid an --regid an --clear-groups env HOME=/home/an USER=an sh -c "cd && $*"; }  # before the next login
sql() { inside /opt/sodien/current/bin/python -c "import sqlite3,sys; print(sqlite3.connect('/var/lib/sodien/ledger.db').execute(sys.argv[1]).fetchone()[0])" "$1"; }

inside useradd --create-home an
expect "the first version installs" inside sh /src/old/packaging/install.sh install
expect "its command runs for anybody" inside setpriv --reuid nobody --clear-groups /usr/local/bin/sodien --version
expect "the users are there, and only the firmware's may use GPIO" \
    inside sh -c 'id -nG sodien | grep -qw gpio && ! id -nG sodien-collector | grep -qw gpio'
set_up "$root/src/mine.yaml"
expect "it counts as its own user" count 5
before=$(sql "SELECT max(pulses) FROM entry")
expect "something was counted" test "$before" -gt 0
oldledger=$(sql "SELECT value FROM meta WHERE key='ledger'")

expect "this version installs over it" inside env SUDO_USER=an make -C /src/new install
expect "the person's settings are untouched" cmp "$root/etc/sodien/sodien.yaml" "$root/src/mine.yaml"
expect "the newest example is beside them" cmp "$root/etc/sodien/sodien.yaml.example" "$here/config/sodien.yaml"
expect "two releases are there" test "$(ls "$root/opt/sodien/releases" | wc -l)" -eq 2
schema=$(inside /opt/sodien/current/bin/python -c 'from sodien.ledger.schema import SCHEMA; print(SCHEMA)')
if [ "$schema" -gt 1 ]; then
    expect "the ledger was copied before its format changes" test -s "$root/opt/sodien/current/ledger-before.db"
fi
expect "counting goes on from the old count" count 5
after=$(sql "SELECT max(pulses) FROM entry")
expect "the count only went up" test "$after" -gt "$before"
expect "the ledger has this version's format" test "$(sql 'PRAGMA user_version')" -eq "$schema"
expect "status answers" as_sodien "sodien status --json"
expect "a dial reading is noted" as_sodien "sodien dial 12345.6"
expect "whoever installed it needs no sudo" as_an "sodien status --json"
expect "not to write either" as_an "sodien dial 12345.6"
expect "nor anew at the next login" inside su - an -c "sodien status --json"
expect "it speaks Vietnamese, click's own words too" inside sh -c 'sodien --lang vi status --help | grep -q "^Cách dùng: sodien status"'
expect "the manual page is there" test -s "$root/usr/local/share/man/man1/sodien.1"
expect "completion is there" grep -q _SODIEN_COMPLETE "$root/usr/local/share/bash-completion/completions/sodien"
expect "the units are sound" inside sh -c 'systemd-analyze verify --man=no /etc/systemd/system/sodien-*.service /etc/systemd/system/sodien-*.timer 2>/dev/null || systemd-analyze verify --man=no /etc/systemd/system/sodien-*.service'

expect "the way back" inside make -C /src/new rollback
if [ "$schema" -gt 1 ]; then
    expect "the ledger is the old one, under a new name" test "$(sql 'PRAGMA user_version')" -eq 1
    expect "numbers never mean two things" test "$(sql "SELECT value FROM meta WHERE key='ledger'")" != "$oldledger"
fi
expect "the first version counts on" count 5
expect "from where it was" test "$(sql 'SELECT max(pulses) FROM entry')" -gt "$before"
expect "a broken release changes nothing" sh -c "
    using=\$(readlink '$root/opt/sodien/current')
    cp -a '$root/src/new' '$root/src/broken'
    echo 'raise SystemExit(1)' >> '$root/src/broken/sodien/cli/__init__.py'
    ! chroot '$root' sh /src/broken/packaging/install.sh install &&
    test \"\$(readlink '$root/opt/sodien/current')\" = \"\$using\" && test \$(ls '$root/opt/sodien/releases' | wc -l) -eq 2"
expect "and forward again" inside make -C /src/new install
# A newcomer's evening, as the tutorial has it, on the simulated LED: broker and database beside it, setup, aim,
# counting into the database, the dashboards, a doctor with nothing to do, a backup that is restored elsewhere.
start() {  # start <log> <user> command…
    log=$1; user=$2; shift 2
    # exec, so that the process to be ended later is the program itself
    (exec chroot "$root" setpriv --reuid "$user" --regid "$user" --init-groups env HOME=/tmp \
        sh -c "umask 007; cd /var/lib/$user 2>/dev/null || cd /tmp; exec $*") >"$root/tmp/$log" 2>&1 &
    pids="${pids:-} $!"
}
trap 'kill $pids 2>/dev/null || true; wait 2>/dev/null || true' EXIT
wait_for() {  # wait_for <seconds> command…
    left=$(($1 * slow)); shift
    until "$@" >/dev/null 2>&1; do
        left=$((left - 1)); [ "$left" -gt 0 ] || return 1
        sleep 1
    done
}
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"; chmod 755 "$root/usr/sbin/policy-rc.d"
expect "a broker and a database from Debian" inside sh -c \
    'apt-get -q update >/dev/null; DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends mosquitto influxdb'
rm -rf "$root/etc/sodien/sodien.yaml" "$root"/var/lib/sodien/* "$root"/var/lib/sodien-collector/*
port=$(inside /opt/sodien/current/bin/python -c 'import socket; s=socket.socket(); s.bind(("127.0.0.1",0)); print(s.getsockname()[1])')
dbport=$(inside /opt/sodien/current/bin/python -c 'import socket; s=socket.socket(); s.bind(("127.0.0.1",0)); print(s.getsockname()[1])')
printf 'listener %s 127.0.0.1\nallow_anonymous true\n' "$port" >"$root/tmp/mosquitto.conf"
mkdir -p "$root/var/lib/influxdb"; inside chown -R influxdb:influxdb /var/lib/influxdb
start mosquitto.log mosquitto mosquitto -c /tmp/mosquitto.conf
start influxdb.log influxdb env INFLUXDB_HTTP_BIND_ADDRESS="127.0.0.1:$dbport" INFLUXDB_BIND_ADDRESS=127.0.0.1:0 \
    influxd -config /etc/influxdb/influxdb.conf
expect "the broker answers" wait_for 20 inside /opt/sodien/current/bin/python -c \
    "import socket; socket.create_connection((\"127.0.0.1\", $port)).close()"
expect "setup writes the settings" inside sodien setup --yes --no-test --device nha-toi --constant 1600 --reading 12345.6 \
    --broker "127.0.0.1:$port" --database "http://127.0.0.1:$dbport" --set gpio.factory=simulated \
    --set gpio.simulated.speed=60 --set clock=trust
expect "the database is made" wait_for 20 inside sodien collect --setup
expect "aim sees clean flashes" as_sodien "sodien aim --seconds 8"
start run.log sodien sodien run
start collect.log sodien-collector sodien collect
expect "it counts" wait_for 60 as_sodien "sodien status --json | grep -q '\"running\": true'"
expect "a dial reading pins the register" as_sodien "sodien dial 12345.6"
expect "the database is filled and confirms" wait_for 120 as_sodien "sodien status --json | grep -q '\"queue\": 0'"
expect "the dashboards are put in place" inside sh -c 'mkdir -p /etc/grafana /var/lib/grafana && make -C /src/new install-grafana'
expect "the doctor has nothing to do" as_sodien "sodien doctor"
expect "a backup while it counts" as_sodien "sodien backup /var/lib/sodien/evening.tar.gz"
kill $pids 2>/dev/null || true; wait 2>/dev/null || true; pids=""
mkdir -p "$root/var/lib/sodien/elsewhere"; inside chown -R sodien:sodien /var/lib/sodien/elsewhere
sed 's,^  path: .*,  path: /var/lib/sodien/elsewhere/ledger.db,' "$root/etc/sodien/sodien.yaml" >"$root/var/lib/sodien/elsewhere/sodien.yaml"
expect "it is restored elsewhere" as_sodien "sodien restore /var/lib/sodien/evening.tar.gz -c /var/lib/sodien/elsewhere/sodien.yaml"
expect "and verifies there" as_sodien "sodien verify -c /var/lib/sodien/elsewhere/sodien.yaml"

expect "removal" inside make -C /src/new uninstall
expect "settings and ledger are left" test -s "$root/etc/sodien/sodien.yaml" -a -s "$root/var/lib/sodien/ledger.db"
expect "nothing else is" sh -c "! find '$root/opt/sodien' '$root/usr/local' '$root/etc/systemd/system' -name '*sodien*' 2>/dev/null | grep -q ."
echo "$passed passed, 0 failed"
