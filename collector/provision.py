"""Making the database ready, once: bucket, InfluxQL mapping, tokens with no more rights than needed.

Everything that is there already stays as it is, so running it again is harmless. What can be known to go
wrong is looked at before anything is made, and where something goes wrong later, what was made is taken back.
What a crash does: a bucket or mapping is made by one request each; a token is made first and then written to
its file, so a crash in between leaves a token that nobody knows, which ``influx auth list`` shows by its
description.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sodien import formats
from sodien.errors import SodienError
from sodien.http import reason_of
from sodien.i18n import tr

if TYPE_CHECKING:
    from sodien.settings.model import InfluxSettings

#: The retention policy's name that InfluxDB 1 gives to what keeps for ever; dashboards need no other.
_POLICY = "autogen"


def provision(
    influxdb: InfluxSettings, api: str, secret: str, write_token: Path | None, read_token: Path | None
) -> Iterator[str]:
    """Make what is missing; yields a sentence for each thing, made or found.

    Args:
        influxdb: where, and the names of organisation and bucket.
        api: ``v1`` or ``v2``.
        secret: v2: a token that may read and write buckets, mappings and authorizations; v1: not used, the
            user and password of the settings do it.
        write_token: file for a new token that may only write the bucket; None makes none.
        read_token: file for a new token that may only read it.

    Raises:
        SodienError: the database refuses or cannot be reached, or a file cannot be written.
    """
    if api == "v1":
        yield from _provision_v1(influxdb)
        return
    _check_server(influxdb)
    from influxdb_client.client.influxdb_client import InfluxDBClient
    from urllib3.exceptions import HTTPError

    timeout = int(influxdb.timeout_s * 1000)
    try:
        with InfluxDBClient(influxdb.url, secret, org=influxdb.org, timeout=timeout, retries=False) as client:
            yield from _Provision(client, influxdb).all(write_token, read_token)
    except (HTTPError, OSError) as error:
        raise SodienError(
            tr("InfluxDB at {url} cannot be reached ({error}).", url=influxdb.url, error=reason_of(error))
        ) from None


def _check_server(influxdb: InfluxSettings) -> None:
    """Raise SodienError for a server that has none of what InfluxDB 2 is to be asked for."""
    from sodien.http import HttpClient, NoAnswerError

    try:
        with HttpClient(influxdb.url, timeout_s=influxdb.timeout_s) as client:
            version = client.ask("GET", "/ping").headers.get("X-Influxdb-Version", "").lstrip("v")
    except NoAnswerError as error:
        raise SodienError(
            tr("InfluxDB at {url} cannot be reached ({error}).", url=influxdb.url, error=error)
        ) from None
    if version.startswith("1."):
        raise SodienError(
            tr(
                "InfluxDB at {url} is version {version}: it has databases, no buckets and tokens. Write "
                "influxdb.api: v1 (or auto) into the settings and run this again.",
                url=influxdb.url,
                version=version,
            )
        )
    if version.startswith("3."):
        raise SodienError(
            tr(
                "InfluxDB at {url} is version {version}: it makes the database with the first entry, needs "
                "no mapping, and makes tokens itself: influxdb3 create token. Nothing is left to do here.",
                url=influxdb.url,
                version=version,
            )
        )


def _provision_v1(influxdb: InfluxSettings) -> Iterator[str]:
    from collector.outputs.base import Denied, Unreachable
    from collector.outputs.influx_v1 import Influx1
    from sodien.settings.model import read_secret

    password = read_secret(influxdb.password_file, "influxdb.password_file") if influxdb.password_file else ""
    output = Influx1(influxdb.url, influxdb.bucket, influxdb.user or "", password, "", influxdb.timeout_s)
    try:
        output.create_database()
    except (Denied, Unreachable) as error:
        raise SodienError(f"{error}.") from None
    finally:
        output.close()
    yield tr("database {name}: there", name=influxdb.bucket)


class _Provision:
    """What is made on one InfluxDB 2, and how to take it back."""

    def __init__(self, client: Any, influxdb: InfluxSettings) -> None:
        from influxdb_client.service.dbr_ps_service import DBRPsService

        self._client, self._influxdb = client, influxdb
        self._mappings = DBRPsService(client.api_client)
        self._name = influxdb.bucket
        database, _, policy = influxdb.bucket.partition("/")  # an upgrade from 1.x names buckets so
        self._database, self._policy = database, policy or _POLICY
        self._undo: list[Callable[[], object]] = []
        self._made: Any = None

    def all(self, write_token: Path | None, read_token: Path | None) -> Iterator[str]:
        """Make what is missing, or nothing. Raises SodienError."""
        files = [(file, action) for file, action in ((write_token, "write"), (read_token, "read")) if file]
        try:
            org = self._organisation()
            bucket = self._asked(
                tr("look for the bucket {name}", name=self._name),
                lambda: self._client.buckets_api().find_bucket_by_name(self._name),
            )
            mapping = self._mapping(org, bucket)
            sentences = [self._bucket(org, bucket)]
            bucket = self._made or bucket
            sentences.append(self._mapped(org, bucket, mapping))
            sentences += [self._token(org, bucket.id, action, file) for file, action in files]
        except BaseException:
            for undo in reversed(self._undo):
                with contextlib.suppress(Exception):
                    undo()
            raise
        yield from sentences

    def _asked(self, what: str, ask: Callable[[], Any]) -> Any:
        """The answer; a refusal as a sentence that says what was refused, and why."""
        from influxdb_client.rest import ApiException

        try:
            return ask()
        except ApiException as error:
            raise _refusal(what, error, self._influxdb.url) from None

    def _organisation(self) -> str:
        from influxdb_client.rest import ApiException

        def find() -> Any:
            try:
                return self._client.organizations_api().find_organizations(org=self._influxdb.org)
            except ApiException as error:
                if error.status != 404:
                    raise
                return None

        what = tr("look for the organisation {org}", org=self._influxdb.org)
        found = self._asked(what, find)
        if found is None:
            raise SodienError(
                tr(
                    "InfluxDB at {url} has no organisation {org}; correct influxdb.org.",
                    url=self._influxdb.url,
                    org=self._influxdb.org,
                )
            )
        if not found:  # it is there, and not to be seen with this token
            raise _no_right(what, tr("it may not be seen"))
        return str(found[0].id)

    def _bucket(self, org: str, bucket: Any) -> str:
        name, buckets = self._name, self._client.buckets_api()
        if bucket is None:
            made = self._made = self._asked(
                tr("make the bucket {name}", name=name),
                lambda: buckets.create_bucket(
                    bucket_name=name, org=org, description=tr("what Sodien has counted")
                ),
            )
            self._undo.append(lambda: buckets.delete_bucket(made))
            return tr("bucket {name}: made, without expiry", name=name)
        seconds = max((rule.every_seconds or 0 for rule in bucket.retention_rules or []), default=0)
        if not seconds:
            return tr("bucket {name}: there", name=name)
        return tr(
            "bucket {name}: there, but it forgets after {time}; change that with: "
            "influx bucket update --id {id} --retention 0",
            name=name,
            time=formats.duration(seconds),
            id=bucket.id,
        )

    def _mapping(self, org: str, bucket: Any) -> Any:
        """Our mapping, if it is there. Raises SodienError where the name leads to another bucket."""
        found = self._asked(
            tr("look for the InfluxQL mapping of {name}", name=self._name),
            lambda: self._mappings.get_dbr_ps(org_id=org, db=self._database).content or [],
        )
        real = [one for one in found if not one.virtual]
        ours = next((one for one in real if bucket is not None and one.bucket_id == bucket.id), None)
        if ours is not None and ours.default:
            return ours
        others = [one for one in real if one is not ours]
        taken = next((one for one in others if one.default or one.retention_policy == self._policy), None)
        if taken is not None:
            remedy = f"update --id {ours.id} --default" if ours is not None else f"delete --id {taken.id}"
            raise SodienError(
                tr(
                    "InfluxQL knows {database} as another bucket ({bucket}), perhaps from an upgrade, so "
                    "dashboards would not find what is counted. Give Sodien another name "
                    "(influxdb.bucket), or change that: influx v1 dbrp {remedy}",
                    database=self._database,
                    bucket=taken.bucket_id,
                    remedy=remedy,
                )
            )
        return ours

    def _mapped(self, org: str, bucket: Any, mapping: Any) -> str:
        from influxdb_client.domain.dbrp_create import DBRPCreate

        name, mappings = self._name, self._mappings
        if mapping is None:
            create = DBRPCreate(
                bucket_id=bucket.id,
                database=self._database,
                retention_policy=self._policy,
                default=True,
                org_id=org,
            )
            made = self._asked(
                tr("make the InfluxQL mapping of {name}", name=name), lambda: mappings.post_dbrp(create)
            )
            self._undo.append(lambda: mappings.delete_dbrpid(made.id, org_id=org))
            return tr("InfluxQL mapping of {name}: made", name=name)
        return tr("InfluxQL mapping of {name}: there", name=name)

    def _token(self, org: str, bucket: str, action: str, file: Path) -> str:
        from influxdb_client.domain.authorization import Authorization
        from influxdb_client.domain.permission import Permission
        from influxdb_client.domain.permission_resource import PermissionResource

        name, tokens = self._name, self._client.authorizations_api()
        words = {
            "write": tr("Sodien's collector: may only write {name}", name=name),
            "read": tr("Grafana for Sodien: may only read {name}", name=name),
        }
        try:
            # Before the token is made: a file that cannot be written must not cost a token.
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return tr("{file}: there already, left as it is", file=file)
        except OSError as error:
            raise SodienError(
                tr("{file} cannot be written ({error}); name another file.", file=file, error=error.strerror)
            ) from None
        self._undo.append(lambda: file.unlink(missing_ok=True))
        try:
            resource = PermissionResource(type="buckets", id=bucket, org_id=org)
            wanted = Authorization(
                org_id=org,
                permissions=[Permission(action=action, resource=resource)],
                description=words[action],
            )
            made = self._asked(tr("make a token"), lambda: tokens.create_authorization(authorization=wanted))
            self._undo.append(lambda: tokens.delete_authorization(made))
            os.write(handle, f"{made.token}\n".encode())
        finally:
            os.close(handle)
        if action == "write":
            return tr(
                "{file}: a token that may only write {name}, for influxdb.token_file", file=file, name=name
            )
        return tr("{file}: a token that may only read {name}, for Grafana", file=file, name=name)


def _refusal(what: str, error: Any, url: str) -> SodienError:
    """Why a request was refused, by its status and in the server's own words."""
    try:
        said = str(json.loads(error.body)["message"])
    except (ValueError, KeyError, TypeError):
        said = str(error.reason)
    if error.status == 401 and "unauthorized access" in said:
        return SodienError(
            tr(
                "InfluxDB at {url} does not know the token in --admin-token; use the one that 'influx setup' "
                "printed, or one made with: influx auth create --all-access",
                url=url,
            )
        )
    if error.status in (401, 403):
        return _no_right(what, said)
    return SodienError(
        tr(
            "InfluxDB at {url} refused to {what}: {said} ({status}). Nothing was made.",
            url=url,
            what=what,
            said=said,
            status=error.status,
        )
    )


def _no_right(what: str, said: str) -> SodienError:
    return SodienError(
        tr(
            "the token in --admin-token may not do this: {what} ({said}). Use the one that 'influx "
            "setup' printed, or one made with: influx auth create --all-access",
            what=what,
            said=said,
        )
    )
