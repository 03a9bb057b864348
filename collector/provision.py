"""Making the database ready, once: bucket, InfluxQL mapping, tokens with no more rights than needed.

Everything that is there already stays as it is, so running it again is harmless. What a crash does: a bucket
or mapping is made by one request each; a token is made first and then written to its file, so a crash in
between leaves a token that nobody knows, which ``influx auth list`` shows.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
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
    from influxdb_client.client.influxdb_client import InfluxDBClient
    from influxdb_client.rest import ApiException
    from urllib3.exceptions import HTTPError

    timeout = int(influxdb.timeout_s * 1000)
    try:
        with InfluxDBClient(influxdb.url, secret, org=influxdb.org, timeout=timeout, retries=False) as client:
            yield from _provision_v2(client, influxdb, write_token, read_token)
    except ApiException as error:
        raise SodienError(
            tr(
                "InfluxDB at {url} refused ({status} {reason}); the token in --admin-token must be allowed "
                "to make buckets and tokens, as the one that 'influx setup' printed is.",
                url=influxdb.url,
                status=error.status,
                reason=error.reason,
            )
        ) from None
    except (HTTPError, OSError) as error:
        raise SodienError(
            tr("InfluxDB at {url} cannot be reached ({error}).", url=influxdb.url, error=reason_of(error))
        ) from None


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


def _provision_v2(
    client: Any, influxdb: InfluxSettings, write_token: Path | None, read_token: Path | None
) -> Iterator[str]:
    from influxdb_client.domain.dbrp_create import DBRPCreate
    from influxdb_client.service.dbr_ps_service import DBRPsService

    name = influxdb.bucket
    org = _organisation(client, influxdb)
    bucket = client.buckets_api().find_bucket_by_name(name)
    if bucket is None:
        bucket = client.buckets_api().create_bucket(bucket_name=name, org=org)
        yield tr("bucket {name}: made, without expiry", name=name)
    else:
        seconds = max((rule.every_seconds or 0 for rule in bucket.retention_rules or []), default=0)
        if seconds:
            yield tr(
                "bucket {name}: there, but it forgets after {time}; change that with: "
                "influx bucket update --id {id} --retention 0",
                name=name,
                time=formats.duration(seconds),
                id=bucket.id,
            )
        else:
            yield tr("bucket {name}: there", name=name)
    mappings = DBRPsService(client.api_client)
    found = mappings.get_dbr_ps(org_id=org, db=name).content or []
    if any(one.bucket_id == bucket.id and not one.virtual for one in found):
        yield tr("InfluxQL mapping of {name}: there", name=name)
    else:
        mappings.post_dbrp(
            DBRPCreate(bucket_id=bucket.id, database=name, retention_policy=_POLICY, default=True, org_id=org)
        )
        yield tr("InfluxQL mapping of {name}: made", name=name)
    for file, action in ((write_token, "write"), (read_token, "read")):
        if file is not None:
            yield _token(client, org, bucket.id, name, action, file)


def _organisation(client: Any, influxdb: InfluxSettings) -> str:
    from influxdb_client.rest import ApiException

    try:
        found = client.organizations_api().find_organizations(org=influxdb.org)
    except ApiException as error:
        if error.status != 404:
            raise
        found = []
    if not found:
        raise SodienError(
            tr(
                "InfluxDB at {url} has no organisation {org}; correct influxdb.org.",
                url=influxdb.url,
                org=influxdb.org,
            )
        )
    return str(found[0].id)


def _token(client: Any, org: str, bucket: str, name: str, action: str, file: Path) -> str:
    from influxdb_client.domain.permission import Permission
    from influxdb_client.domain.permission_resource import PermissionResource

    try:
        # Before the token is made: a file that cannot be written must not cost a token.
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return tr("{file}: there already, left as it is", file=file)
    except OSError as error:
        raise SodienError(
            tr("{file} cannot be written ({error}); name another file.", file=file, error=error.strerror)
        ) from None
    try:
        resource = PermissionResource(type="buckets", id=bucket, org_id=org)
        token = (
            client.authorizations_api()
            .create_authorization(org_id=org, permissions=[Permission(action=action, resource=resource)])
            .token
        )
        os.write(handle, f"{token}\n".encode())
    except BaseException:
        file.unlink(missing_ok=True)
        raise
    finally:
        os.close(handle)
    if action == "write":
        return tr("{file}: a token that may only write {name}, for influxdb.token_file", file=file, name=name)
    return tr("{file}: a token that may only read {name}, for Grafana", file=file, name=name)
