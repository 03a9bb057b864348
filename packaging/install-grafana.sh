#!/bin/sh
# Put Sodien's dashboards, data source and alerts where Grafana reads them (as root; DESTDIR=... for a trial).
# A data source that is there already stays: it may hold a token's place and another address.
set -eu

here=$(cd "$(dirname "$0")/.." && pwd)/config/grafana
provisioning=${DESTDIR:-}/etc/grafana/provisioning
boards=${DESTDIR:-}/var/lib/grafana/dashboards/sodien

if [ -z "${DESTDIR:-}" ]; then
    [ "$(id -u)" = 0 ] || { echo "sodien: this needs root; run: sudo ${SODIEN_CALLED:-make install-grafana}" >&2; exit 2; }
    [ -d /etc/grafana ] || { echo "There is no /etc/grafana: install Grafana first (https://grafana.com/grafana/download)." >&2; exit 2; }
fi

install -d -m 0755 "$boards/en" "$boards/vi" "$provisioning/dashboards" "$provisioning/datasources" "$provisioning/alerting"
for language in en vi; do
    install -m 0644 "$here/dashboards/$language"/*.json "$boards/$language/"
done
rm -f "$boards"/*.json # those of both languages at once, of an earlier version
install -m 0644 "$here/provisioning/dashboards/sodien.yaml" "$provisioning/dashboards/"
install -m 0644 "$here/provisioning/alerting/sodien.yaml" "$provisioning/alerting/"
if [ -e "$provisioning/datasources/sodien.yaml" ]; then
    echo "$provisioning/datasources/sodien.yaml is yours and stays as it is."
else
    install -m 0640 "$here/provisioning/datasources/sodien.yaml" "$provisioning/datasources/"
    if [ -z "${DESTDIR:-}" ] && getent group grafana >/dev/null; then
        chgrp grafana "$provisioning/datasources/sodien.yaml"
    fi
    echo "Database, token and address: $provisioning/datasources/sodien.yaml"
fi
echo "Dashboards are in $boards, alerts in $provisioning/alerting/sodien.yaml"
if [ -z "${DESTDIR:-}" ] && command -v systemctl >/dev/null && systemctl -q is-active grafana-server; then
    systemctl restart grafana-server
    echo "Grafana was restarted."
fi
