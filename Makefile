# Sodien: `make demo` shows the main job, `make test` proves it. Both set up what they need.
PYTHON ?= python3
VENV   ?= .venv$(if $(filter-out python3,$(PYTHON)),-$(notdir $(PYTHON)))
BIN    := $(VENV)/bin
ARGS   ?=

.PHONY: help demo test quick lint messages dashboards install-grafana servers docs clean install uninstall rollback deb test-deb test-install interop interop-cluster pictures audit lab lab-long peers mutants release

help:  ## what the targets do
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

# axe-core, which looks for what keeps people from using the page: a small wheel has it. Its code for Playwright is
# not used, so Playwright stays away.
AXE := axe-playwright-python==0.1.8

# One environment, rebuilt when the project's dependencies change.
$(VENV)/.demo: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Sodien needs Python 3.11 or newer; try: make $(MAKECMDGOALS) PYTHON=python3.11" >&2; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing; install it with: sudo apt-get install python3-venv" >&2; exit 2; }
	@echo "Preparing $(VENV) (once) …" >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[collector,demo,page]'
	@touch $@

$(VENV)/.dev: $(VENV)/.demo
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[collector,demo,page,dev]'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps $(AXE)
	@touch $@

# What the daemon needs on a Pi besides.
$(VENV)/.lab: $(VENV)/.demo
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[pi,lgpio,collector,demo]'
	@touch $@

demo: $(VENV)/.demo  ## forty simulated days, from the LED to the verdict (ARGS='--days 40 --seed 7 --json')
	@$(BIN)/sodien demo $(ARGS)

lint: $(VENV)/.dev  ## ruff, mypy --strict, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

messages: $(VENV)/.dev  ## bring the translations up to date with the code, and say what is left to translate
	@$(BIN)/python packaging/messages.py

docs: $(VENV)/.dev  ## the documents as a site, in build/site
	$(BIN)/sphinx-build -q -W --keep-going -b html docs build/site

dashboards: $(VENV)/.demo  ## write Grafana's dashboards and alerts from config/grafana/source
	@$(BIN)/python config/grafana/source/build.py

servers:  ## the real servers the tests drive (Debian packages)
	@sh tests/install-servers.sh

test: $(VENV)/.dev servers lint  ## lint, types and every test, with real servers (PYTHON=python3.13 for another Python)
	$(BIN)/pytest -n 2 --dist loadfile $(ARGS)

quick: $(VENV)/.dev  ## the tests that need no server and no patience, in some minutes
	$(BIN)/pytest -m 'not servers and not thorough' -n 2 --dist loadfile $(ARGS)

install:  ## put Sodien on this machine, or upgrade it (as root; DESTDIR=… for a trial)
	@sh packaging/install.sh install

install-grafana:  ## Grafana's dashboards, data source and alerts (as root; DESTDIR=… for a trial)
	@sh packaging/install-grafana.sh

rollback:  ## back to the release before (as root)
	@sh packaging/install.sh rollback

uninstall:  ## remove Sodien; settings and ledger stay (as root)
	@sh packaging/install.sh uninstall

deb:  ## build/sodien_….deb in a clean Debian root (as root; ARGS='trixie arm64' for another suite or processor)
	@sh packaging/deb.sh $(ARGS)

test-deb:  ## build the package and try it in a clean Debian root (as root; ARGS as for deb)
	@sh packaging/test-deb.sh $(ARGS)

test-install:  ## prove install, upgrade, rollback and removal in a clean Debian root (as root)
	@sh packaging/test-in-clean-root.sh $(ARGS)

TELEGRAF_VERSION := v1.37.2
TELEGRAF := $(VENV)/interop/telegraf
$(TELEGRAF):
	@command -v go >/dev/null || { echo "make interop builds Telegraf and needs Go: sudo apt-get install golang" >&2; exit 2; }
	GOBIN=$(abspath $(dir $@)) go install -tags custom,inputs.mqtt_consumer,outputs.influxdb,parsers.xpath \
		github.com/influxdata/telegraf/cmd/telegraf@$(TELEGRAF_VERSION)

# Home Assistant needs a newer Python than the rest; pip takes the newest release that this one allows.
HOME_PYTHON ?= $(firstword $(shell for one in python3.15 python3.14 python3.13 $$HOME/.pyenv/versions/3.1[3-9]*/bin/python; do \
	$$one -c 'import sys; sys.exit(sys.version_info < (3, 13))' 2>/dev/null && echo $$one; done))
HOME_ASSISTANT := $(VENV)/interop/home-assistant
HOME_PARTS := frontend mqtt recorder energy config automation sensor binary_sensor button text event
$(HOME_ASSISTANT)/.ready: interop/home/requirements.py
	@dpkg -s faketime >/dev/null 2>&1 || { echo "make interop lets Home Assistant's clock run faster and needs: sudo apt-get install faketime" >&2; exit 2; }
	$(HOME_PYTHON) -m venv $(HOME_ASSISTANT)
	$(HOME_ASSISTANT)/bin/python -m pip install --quiet --disable-pip-version-check homeassistant
	$(HOME_ASSISTANT)/bin/python interop/home/requirements.py $(HOME_PARTS) >$(HOME_ASSISTANT)/parts.txt
	$(HOME_ASSISTANT)/bin/python -m pip install --quiet --disable-pip-version-check -r $(HOME_ASSISTANT)/parts.txt
	@touch $@

INFLUXDB_VERSION := v1.8.10
INFLUXD_1_8 := $(VENV)/interop/influxd
$(INFLUXD_1_8):
	GOBIN=$(abspath $(dir $@)) go install -ldflags '-X main.version=$(INFLUXDB_VERSION:v%=%)' \
		github.com/influxdata/influxdb/cmd/influxd@$(INFLUXDB_VERSION)

# The program of an InfluxDB 2.7, where there is one: it cannot be built by one command.
INFLUXD_2_7 ?=

interop: $(VENV)/.dev servers $(TELEGRAF) $(INFLUXD_1_8) $(if $(HOME_PYTHON),$(HOME_ASSISTANT)/.ready)  ## real Telegraf, InfluxDB 1.8 and Home Assistant (needs Go, some minutes; says what it skips: Home Assistant without Python 3.13, InfluxDB 2.7 without INFLUXD_2_7=program)
	TELEGRAF=$(abspath $(TELEGRAF)) HOME_ASSISTANT_PYTHON=$(if $(HOME_PYTHON),$(abspath $(HOME_ASSISTANT)/bin/python)) \
		INFLUXD_1_8=$(abspath $(INFLUXD_1_8)) INFLUXD_2_7=$(INFLUXD_2_7) \
		$(BIN)/pytest -rs interop/test_telegraf.py interop/test_influxdb.py interop/test_home_assistant.py $(ARGS); code=$$?; \
		$(if $(HOME_PYTHON),,echo "NOT TRIED: Home Assistant, which needs Python 3.13 or newer (HOME_PYTHON=program)" >&2;) \
		$(if $(INFLUXD_2_7),,echo "NOT TRIED: InfluxDB 2.7 (INFLUXD_2_7=program)" >&2;) exit $$code

# Apache ActiveMQ Artemis, two of them as one broker, beside Mosquitto: see docs/explanation/fleet.md.
ARTEMIS_VERSION := 2.40.0
ARTEMIS_SHA512 := 270a00dc3028fb3b93c6aa09aa3e40fbe76015029e5308e0aac241589299a72dac9bb50a10e7e86ad66185e2d8bc7224626810df12f1ee05694322054ad32700
ARTEMIS := $(VENV)/interop/apache-artemis-$(ARTEMIS_VERSION)
$(ARTEMIS)/.ready:
	@command -v mvn >/dev/null || { echo "make interop-cluster fetches Apache ActiveMQ Artemis from Maven Central and needs: sudo apt-get install maven" >&2; exit 2; }
	@mvn -q -B dependency:copy -Dartifact=org.apache.activemq:apache-artemis:$(ARTEMIS_VERSION):tar.gz:bin -Dmdep.useBaseVersion=true \
		-DoutputDirectory=$(abspath $(VENV)/interop) || { echo "make interop-cluster needs apache-artemis-$(ARTEMIS_VERSION)-bin.tar.gz from Maven Central, and could not fetch it" >&2; exit 2; }
	@echo "$(ARTEMIS_SHA512)  $(ARTEMIS)-bin.tar.gz" | sha512sum --check --quiet || { echo "$(ARTEMIS)-bin.tar.gz is not the release that was tried; it is removed" >&2; rm -f $(ARTEMIS)-bin.tar.gz; exit 2; }
	@tar -xzf $(ARTEMIS)-bin.tar.gz -C $(dir $(ARTEMIS)) && rm $(ARTEMIS)-bin.tar.gz && touch $@

interop-cluster: $(VENV)/.dev servers $(ARTEMIS)/.ready  ## 1,000 meters, a broker and a collector killed in a flood: ActiveMQ Artemis as a pair, beside Mosquitto (needs Java, Maven, HAProxy; ARGS='--only artemis')
	@for command in java:default-jre-headless haproxy:haproxy; do PATH="$$PATH:/usr/sbin" command -v $${command%:*} >/dev/null || \
		{ echo "make interop-cluster needs: sudo apt-get install --no-install-recommends $${command#*:}" >&2; exit 2; }; done
	@ARTEMIS=$(abspath $(ARTEMIS)) $(BIN)/python -m interop.cluster.run $(ARGS)

GRAFANA := interop/grafana
$(GRAFANA)/build/page.js: $(GRAFANA)/package.json $(GRAFANA)/vite.config.js $(GRAFANA)/src/main.jsx
	@command -v npm >/dev/null || { echo "make pictures draws with Grafana's components and needs npm: sudo apt-get install npm" >&2; exit 2; }
	cd $(GRAFANA) && npm install --no-audit --no-fund --no-package-lock --ignore-scripts && npm run build

pictures: $(VENV)/.dev servers dashboards $(GRAFANA)/build/page.js  ## the page, and Grafana's dashboards as Grafana's components draw them (needs npm, some minutes once)
	$(BIN)/python -m tests.page.pictures build/pictures
	$(BIN)/pytest $(GRAFANA) $(ARGS)
	$(BIN)/python -m interop.grafana.pictures build/pictures

audit: $(VENV)/.dev  ## compare the installed packages with published advisories (needs a network)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check pip-audit
	$(BIN)/pip-audit --skip-editable

lab: $(VENV)/.lab  ## the daemon on a simulated Pi chip, through power cuts, against the truth (ARGS='--only a,f')
	@$(BIN)/python -m lab $(ARGS)

lab-long: $(VENV)/.lab  ## the same in its long, published form (two hours)
	@$(BIN)/python -m lab --long $(ARGS)

peers: $(VENV)/.lab servers  ## Sodien beside a bare gpiozero script and the usual tutorial's, in the lab (ARGS='--seconds 20')
	@lab/run -- $(BIN)/python benchmarks/peers.py $(ARGS)

mutants: $(VENV)/.dev  ## would a test notice? one thing changed at a time in rules, history and delivery (an hour and more; ARGS='sodien/metering')
	@$(BIN)/python benchmarks/mutants.py $(ARGS)

release:  ## close the changelog's [Unreleased], set the version, commit and tag (VERSION=1.2.3)
	@$(PYTHON) packaging/release.py "$(VERSION)"

clean:  ## remove the environment and caches
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
