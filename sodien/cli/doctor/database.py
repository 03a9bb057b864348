"""Whether the database can be reached and the collector may do its work there, and whether Grafana answers.

Used by `sodien doctor` and `sodien setup`. Nothing is left behind: what is written to the database is a
comment of the line protocol.
"""

from __future__ import annotations

import json
import re
import urllib.parse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sodien import formats
from sodien.cli.doctor.finding import Finding
from sodien.errors import SodienError
from sodien.http import HttpClient, NoAnswerError
from sodien.i18n import tr

if TYPE_CHECKING:
    from sodien.settings.model import InfluxSettings

_REACH_S = 3.0
_LOGIN_S = 5.0
_SHORTEST_RETENTION_S = 400 * 86_400
#: The fields of a meter's minutes, as the collector writes them.
METER_FIELDS = {
    "pulses": "integer", "number": "integer", "register": "float", "low": "float", "high": "float",
    "power_w": "float", "coverage": "float",
}  # fmt: skip


def check_database(url: str) -> Finding:
    """The database answers ``GET /ping``; whatever the status below 500, someone is there."""
    try:
        with HttpClient(url, timeout_s=_REACH_S) as client:
            status = client.ask("GET", "/ping").status
        if status < 500:
            return Finding("database", "ok", tr("the database {url} answers", url=url))
        reason: object = status
    except NoAnswerError as error:
        reason = error
    return Finding(
        "database",
        "warn",
        tr("the database {url} cannot be reached from here ({reason})", url=url, reason=reason),
        tr("start it (sudo systemctl start influxdb), or correct influxdb.url. Entries wait meanwhile."),
    )


def try_database(influxdb: InfluxSettings) -> Finding:
    """Write nothing, with the collector's rights; then ask in InfluxQL, and how long it keeps things."""
    from sodien.settings.values import read_secret

    try:
        token = read_secret(influxdb.token_file, "influxdb.token_file") if influxdb.token_file else ""
        password = (
            read_secret(influxdb.password_file, "influxdb.password_file") if influxdb.password_file else ""
        )
    except SodienError as error:
        return Finding("database-write", "fail", str(error), tr("correct the settings under influxdb."))
    client = HttpClient(
        influxdb.url, user=influxdb.user or "", password=password, token=token, timeout_s=_LOGIN_S
    )
    try:
        version = client.ask("GET", "/ping").headers.get("X-Influxdb-Version", "")
        v1 = influxdb.api == "v1" or (influxdb.api == "auto" and version.lstrip("v").startswith("1."))
        bucket = urllib.parse.quote(influxdb.bucket)
        path = (
            f"/write?db={bucket}&precision=ms"
            if v1
            else f"/api/v2/write?org={urllib.parse.quote(influxdb.org)}&bucket={bucket}&precision=ms"
        )
        answer = client.ask("POST", path, b"# sodien doctor\n")
        if v1 and answer.status == 404:
            return Finding(
                "database-write", "info", tr("the database {name} will be made by the collector", name=bucket)
            )
        # An InfluxDB that takes the rights but finds no line in the comment answers 400.
        if not (answer.good or answer.status == 400):
            return Finding(
                "database-write",
                "fail",
                tr(
                    "the database {url} does not let the collector write ({status})",
                    url=influxdb.url,
                    status=answer.status,
                ),
                tr(
                    "check influxdb.org, bucket and token_file (or user); 'sodien collect --setup' makes "
                    "them."
                ),
            )
        worse = [*_misfits(client, influxdb.bucket.partition("/")[0])]
        worse += [] if v1 else _bucket_forgets(client, influxdb)
        return worse[0] if worse else _kept(client, influxdb)
    except NoAnswerError as error:
        return Finding(
            "database-write",
            "warn",
            tr(
                "the database {url} cannot be reached from here ({reason})",
                url=influxdb.url,
                reason=error,
            ),
            tr("start it (sudo systemctl start influxdb), or correct influxdb.url. Entries wait meanwhile."),
        )
    finally:
        client.close()


def _kept(client: HttpClient, influxdb: InfluxSettings) -> Finding:
    """Whether dashboards can ask in InfluxQL, and whether the database forgets within a year."""
    name = influxdb.bucket.partition("/")[0]
    query = urllib.parse.quote(f'SHOW RETENTION POLICIES ON "{name}"')
    answer = client.ask("GET", f"/query?db={urllib.parse.quote(name)}&q={query}")
    good = Finding(
        "database-write", "ok", tr("the database {url} takes what the collector writes", url=influxdb.url)
    )
    if answer.status in (401, 403):
        return good  # a token that may only write, as it should be
    try:
        series = json.loads(answer.text)["results"][0]["series"][0]
        columns = series["columns"]
        columns.index("duration")  # VictoriaMetrics answers every question with its list of databases
        rows = series.get("values", [])  # InfluxDB 2 shows a token that may only write none, and says 200
    except (ValueError, KeyError, IndexError, TypeError):
        return Finding(
            "database-write",
            "warn",
            tr("the database {url} does not answer InfluxQL about {name}", url=influxdb.url, name=name),
            tr("dashboards ask in InfluxQL: run 'sodien collect --setup', or use InfluxDB."),
        )
    for row in rows:
        policy = dict(zip(columns, row, strict=False))
        seconds = _seconds(str(policy.get("duration", "0s")))
        if policy.get("default") and 0 < seconds < _SHORTEST_RETENTION_S:
            return Finding(
                "database-write",
                "warn",
                tr("the database {name} forgets after {time}", name=name, time=formats.duration(seconds)),
                tr("keep everything: ALTER RETENTION POLICY {policy} ON {name} DURATION INF",
                   policy=policy.get("name"), name=name),
            )  # fmt: skip
    return good


def _bucket_forgets(client: HttpClient, influxdb: InfluxSettings) -> Iterator[Finding]:
    """InfluxDB 2 answers InfluxQL with 0s whatever the bucket's retention is, so its own API is asked.

    Nothing where the token may not ask, or nobody knows the API.
    """
    query = urllib.parse.urlencode({"name": influxdb.bucket, "org": influxdb.org})
    answer = client.ask("GET", f"/api/v2/buckets?{query}")
    try:
        (bucket,) = json.loads(answer.text)["buckets"]
        seconds = max((int(rule.get("everySeconds", 0)) for rule in bucket["retentionRules"]), default=0)
        bucket_id = str(bucket["id"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return
    if 0 < seconds < _SHORTEST_RETENTION_S:
        yield Finding(
            "database-write",
            "warn",
            tr(
                "the database {name} forgets after {time}",
                name=influxdb.bucket,
                time=formats.duration(seconds),
            ),
            tr("keep everything: influx bucket update --id {id} --retention 0", id=bucket_id),
        )


def _misfits(client: HttpClient, name: str) -> Iterator[Finding]:
    """A field that the database knows under another type refuses every entry that has it."""
    query = urllib.parse.urlencode({"db": name, "q": 'SHOW FIELD KEYS FROM "meter"'})
    answer = client.ask("GET", f"/query?{query}")
    try:
        rows = json.loads(answer.text)["results"][0]["series"][0]["values"]
        known = {str(row[0]): str(row[1]) for row in rows}
    except (ValueError, KeyError, IndexError, TypeError):
        return
    for field, kind in METER_FIELDS.items():
        if known.get(field, kind) != kind:
            yield Finding(
                "database-write",
                "fail",
                tr(
                    "the database {name} keeps {field} as {known}, and entries bring {kind}: it refuses them",
                    name=name, field=f"meter.{field}", known=known[field], kind=kind,
                ),
                tr("give Sodien a database of its own (influxdb.bucket), then: sodien replay"),
            )  # fmt: skip
            return


def _seconds(duration: str) -> float:
    """InfluxDB's ``168h0m0s`` in seconds."""
    units = {"h": 3600, "m": 60, "s": 1, "d": 86_400, "w": 7 * 86_400}
    return float(sum(int(number) * units[unit] for number, unit in re.findall(r"(\d+)([wdhms])", duration)))


def check_grafana(url: str = "http://localhost:3000") -> Iterator[Finding]:
    """Whether Grafana answers where it usually does; one that is somewhere else is no finding."""
    try:
        with HttpClient(url, timeout_s=_REACH_S) as client:
            there = "database" in client.ask("GET", "/api/health").text
    except NoAnswerError:
        there = False
    if there:
        yield Finding("grafana", "ok", tr("Grafana answers at {url}", url=url))
    else:
        yield Finding(
            "grafana", "info", tr("no Grafana at {url}; that is fine if it runs somewhere else", url=url)
        )
