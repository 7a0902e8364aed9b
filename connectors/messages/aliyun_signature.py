"""ACS3-HMAC-SHA256, the signature of Aliyun's RPC calls.

Source: Aliyun, 「V3 版本请求体&签名机制」 (help.aliyun.com, document 2593177).
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote

_ALGORITHM = "ACS3-HMAC-SHA256"


def canonical_query(parameters: Mapping[str, str]) -> str:
    """Parameters sorted by name and percent-encoded by RFC 3986; also the query string to send."""
    return "&".join(
        f"{quote(name, safe='')}={quote(parameters[name], safe='')}" for name in sorted(parameters)
    )


def signed_headers(
    *,
    action: str,
    version: str,
    host: str,
    query: str,
    access_key_id: str,
    access_key_secret: str,
    now: datetime,
    nonce: str,
) -> dict[str, str]:
    """Headers of a POST without body, ``Authorization`` included.

    ``query`` is the canonical query string; ``now`` is aware and within 15 minutes of the service's
    clock; ``nonce`` is new for every request. RPC calls sign the path ``/`` whatever the real path is.
    """
    headers = {
        "host": host,
        "x-acs-action": action,
        "x-acs-content-sha256": _sha256(""),
        "x-acs-date": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": nonce,
        "x-acs-version": version,
    }
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    request = "\n".join(["POST", "/", query, lines, names, headers["x-acs-content-sha256"]])
    signature = hmac.new(
        access_key_secret.encode(), f"{_ALGORITHM}\n{_sha256(request)}".encode(), hashlib.sha256
    ).hexdigest()
    credential = f"{_ALGORITHM} Credential={access_key_id},SignedHeaders={names},Signature={signature}"
    return headers | {"Authorization": credential}


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
