"""SM4-GCM and HMAC-SM3 for personal data; keys come from the settings."""

import base64
import binascii
import re
import secrets
from dataclasses import dataclass, field
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from pydantic import SecretStr

from bots.errors import SetupInvalid
from config.settings import get_settings

KEY_BYTES = 16
LOOKUP_KEY_BYTES = 32
_NONCE_BYTES = 12
_TAG_BYTES = 16
_FORMAT = "sm4"


def seal_bytes(key: bytes, plain: bytes, associated: bytes) -> bytes:
    """``nonce (12) + ciphertext + tag (16)`` under SM4-GCM with a fresh random nonce."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    encryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(associated)
    return nonce + encryptor.update(plain) + encryptor.finalize() + encryptor.tag


def open_bytes(key: bytes, sealed: bytes, associated: bytes) -> bytes:
    """Plain bytes of ``seal_bytes``; raises InvalidTag for another key, place or a changed byte."""
    nonce, body, tag = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:-_TAG_BYTES], sealed[-_TAG_BYTES:]
    if len(tag) != _TAG_BYTES:
        raise InvalidTag
    decryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce, tag)).decryptor()
    decryptor.authenticate_additional_data(associated)
    return decryptor.update(body) + decryptor.finalize()


@dataclass(frozen=True, slots=True)
class Keys:
    """Master key (SM4, 16 bytes) and look-up key (HMAC-SM3, 32 bytes); neither shows in ``repr``."""

    master: bytes = field(repr=False)
    lookup_key: bytes = field(repr=False)
    key_id: str = field(init=False)
    _mac: hmac.HMAC = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        digest = hashes.Hash(hashes.SM3())
        digest.update(b"key id\0" + self.master)
        object.__setattr__(self, "key_id", digest.finalize().hex()[:8])
        object.__setattr__(self, "_mac", hmac.HMAC(self.lookup_key, hashes.SM3()))

    def encrypt(self, plain: str, place: str) -> str:
        """``sm4.<key id>.<base64url>``; ``place`` (table.column) is authenticated with it.

        The key id lets a later rotation tell old values from new ones.
        """
        sealed = seal_bytes(self.master, plain.encode(), place.encode())
        return f"{_FORMAT}.{self.key_id}.{base64.urlsafe_b64encode(sealed).decode()}"

    def decrypt(self, sealed: str, place: str) -> str:
        """Plain text of ``encrypt``; raises SetupInvalid when another key or place sealed it."""
        head, _, body = sealed.rpartition(".")
        if head != f"{_FORMAT}.{self.key_id}":
            raise SetupInvalid(
                f"{place} 是用另一把主密钥加密的（{head or '格式不明'}，当前 {self.key_id}）。",
                remedy="在 .env 中恢复加密这批数据时使用的 BROKERFLOW_MASTER_KEY。",
            )
        try:
            return open_bytes(self.master, base64.urlsafe_b64decode(body), place.encode()).decode()
        except (InvalidTag, binascii.Error, ValueError) as error:
            raise SetupInvalid(
                f"{place} 的密文被改动过，或被移到了别的列。", remedy="从备份恢复这一行后重试。"
            ) from error

    def lookup(self, plain: str) -> str:
        """HMAC-SM3 of a trimmed, upper-case value: equal people are equal in every table.

        base64url, not hexadecimal: long runs of digits would look like phone numbers to a scan.
        """
        return self.digest(plain.strip().upper())

    def digest(self, text: str) -> str:
        """HMAC-SM3 of a text as it is, 43 base64url characters."""
        mac = self._mac.copy()
        mac.update(text.encode())
        return base64.urlsafe_b64encode(mac.finalize()).decode().rstrip("=")


def current_keys() -> Keys:
    """Keys of this installation; raises SetupInvalid when one is missing or malformed."""
    settings = get_settings()
    return _make_keys(_plain(settings.master_key), _plain(settings.lookup_key))


def _plain(value: SecretStr | None) -> str:
    return value.get_secret_value() if value else ""


@lru_cache(maxsize=4)
def _make_keys(master: str, lookup_key: str) -> Keys:
    return Keys(
        _read_key("BROKERFLOW_MASTER_KEY", master, KEY_BYTES),
        _read_key("BROKERFLOW_LOOKUP_KEY", lookup_key, LOOKUP_KEY_BYTES),
    )


def _read_key(variable: str, text: str, size: int) -> bytes:
    if re.fullmatch(rf"[0-9A-Fa-f]{{{2 * size}}}", text.strip()):
        return bytes.fromhex(text)
    fault = f"应为 {2 * size} 位十六进制数" if text else "没有设置"
    raise SetupInvalid(
        f"加密个人信息的密钥 {variable} {fault}。",
        remedy="运行 brokerflow hub keys，把打印的两行写入 .env；已有数据时须用原来的密钥。",
    )
