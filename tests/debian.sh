# shellcheck shell=sh
# Sourced by scripts that install packages of Debian or Ubuntu, when they may (root or password-less sudo).
# Services that come with a package are left off. The caller sets `purpose`, calls `need` and `need_file`
# for everything it wants, then `install_missing`.
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"  # where Debian keeps mosquitto; often not in a user's PATH
export PATH

missing="" services=""
need() {  # need <command> <package> [<service>]
    command -v "$1" >/dev/null 2>&1 || { missing="$missing $2"; services="$services ${3:-}"; }
}
need_file() {  # need_file <pattern> <package>
    for found in $1; do
        [ -e "$found" ] && return
    done
    missing="$missing $2"
}

give_up() {
    echo "$purpose need these packages and $1; install them with: sudo apt-get install --no-install-recommends$missing" >&2
    exit 1
}

install_missing() {
    [ -n "$missing" ] || return 0
    command -v apt-get >/dev/null 2>&1 || give_up "this system has no apt-get"
    if [ "$(id -u)" -eq 0 ]; then
        as_root=""
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        as_root="sudo -n"
    else
        give_up "may not install them (neither root nor password-less sudo)"
    fi

    # While a policy-rc.d says 101, packages install without starting their service. One that is there already
    # is the administrator's and stays as it is.
    policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
        # shellcheck disable=SC2086
        trap '$as_root rm -f "$policy"' EXIT
        trap 'exit 130' INT TERM
        printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
        $as_root chmod 755 "$policy"
    fi

    echo "Installing what $purpose need:$missing" >&2
    apt="$as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300"
    # A list that cannot be refreshed is no reason to stop: the packages may still be there.
    $apt update >&2 || true
    # shellcheck disable=SC2086
    $apt install -y --no-install-recommends $missing >&2 || give_up "could not install them"

    for service in $services; do
        if [ -d /run/systemd/system ]; then
            $as_root systemctl disable --now "$service" >/dev/null 2>&1 || true
        elif command -v update-rc.d >/dev/null 2>&1; then
            $as_root update-rc.d "$service" disable >/dev/null 2>&1 || true
        fi
    done
}
