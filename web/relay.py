"""Who may post an SMS: a signature with a time window, each nonce once."""

import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from fastapi import HTTPException

from config.settings import read_environment_secret

RELAY = "短信转发"
WINDOW = timedelta(minutes=5)
_SECRET = "sms_relay"  # noqa: S105 - the secret's name


def sign(secret: str, timestamp: str, nonce: str, body: bytes) -> str:
    """Hexadecimal HMAC-SHA256 over ``timestamp.nonce.body``."""
    message = f"{timestamp}.{nonce}.".encode() + body
    return hmac.new(secret.encode(), message, sha256).hexdigest()


def prove_relay(headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    """The nonce; 401 unless ``X-Timestamp`` (seconds), ``X-Nonce`` and ``X-Signature`` are right and new."""
    timestamp, nonce, signature = (
        headers.get(f"x-{name}", "") for name in ("timestamp", "nonce", "signature")
    )
    secret = read_environment_secret(_SECRET)
    try:
        at = datetime.fromtimestamp(int(timestamp), UTC)
    except (ValueError, OverflowError, OSError):
        raise HTTPException(401) from None
    if secret is None or not nonce or abs(now - at) > WINDOW:
        raise HTTPException(401)
    is_right = hmac.compare_digest(
        sign(secret.get_secret_value(), timestamp, nonce, body).encode(), signature.encode()
    )
    if not is_right:
        raise HTTPException(401)
    return nonce
