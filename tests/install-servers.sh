#!/bin/sh
# Installs the real servers the tests drive, when it may.
# The tests start their own instances on free loopback ports: the packages' services are left off.
set -eu
purpose="The tests"
. "$(dirname "$0")/debian.sh"

need mosquitto mosquitto mosquitto
need influxd influxdb influxdb
need victoria-metrics victoria-metrics victoria-metrics
need chromium chromium
need nginx nginx-light nginx
need chromedriver chromium-driver
need systemd-analyze systemd
install_missing

for command in mosquitto influxd victoria-metrics chromium chromedriver nginx systemd-analyze; do
    command -v "$command" >/dev/null 2>&1 || give_up "$command is still missing after installing"
done
