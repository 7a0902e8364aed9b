"""SM4-GCM, SM3 and HMAC-SM3 against published vectors, and what the keys refuse."""

import base64
import hashlib
import re

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from bots.errors import SetupInvalid
from config.settings import get_settings
from connectors.database.crypto import Keys, current_keys, open_bytes

SM4_KEY = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")
ID_NO = "11010119900307123X"


def sm3(raw: bytes) -> bytes:
    digest = hashes.Hash(hashes.SM3())
    digest.update(raw)
    return digest.finalize()


def hmac_sm3(key: bytes, raw: bytes) -> bytes:
    """HMAC by its definition (RFC 2104), block size 64."""
    block = key.ljust(64, b"\0")
    inner = sm3(bytes(byte ^ 0x36 for byte in block) + raw)
    return sm3(bytes(byte ^ 0x5C for byte in block) + inner)


@pytest.fixture
def own_keys():
    return Keys(SM4_KEY, bytes(range(32)))


def test_sm3_vector():
    """SM3("abc") is the value of GB/T 32905 (domain.md d5)."""
    assert sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_sm4_block_vector():
    """One SM4 block is the value of GB/T 32907 (domain.md d5)."""
    encryptor = Cipher(algorithms.SM4(SM4_KEY), modes.ECB()).encryptor()  # noqa: S305 - the vector is one block
    assert encryptor.update(SM4_KEY).hex().upper() == "681EDF34D206965E86B3E94F536E4246"


def test_sm4_gcm_vector():
    """What RFC 8998 A.1 sealed, our reader opens."""
    nonce = bytes.fromhex("00001234567800000000ABCD")
    associated = bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")
    plain = bytes.fromhex(
        "AA" * 8 + "BB" * 8 + "CC" * 8 + "DD" * 8 + "EE" * 8 + "FF" * 8 + "EE" * 8 + "AA" * 8
    )
    sealed = bytes.fromhex(
        "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
        "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
        "83DE3541E4C2B58177E065A9BF7B62EC"
    )
    assert open_bytes(SM4_KEY, nonce + sealed, associated) == plain


def test_lookup_is_hmac_sm3_of_the_normalised_value(own_keys):
    """A look-up is HMAC-SM3 of the trimmed, upper-case value, checked against the definition of HMAC."""
    expected = hmac_sm3(bytes(range(32)), ID_NO.encode())
    assert base64.urlsafe_b64decode(own_keys.lookup(f" {ID_NO.lower()} ") + "=") == expected


def test_look_ups_do_not_look_like_phone_numbers(own_keys):
    """A scan for phones over ten thousand look-ups finds none; hexadecimal digests would trip it."""
    phone = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
    numbers = [str(13_800_000_000 + step) for step in range(10_000)]
    assert not phone.search(" ".join(own_keys.lookup(number) for number in numbers))
    assert phone.search(" ".join(hashlib.sha256(number.encode()).hexdigest() for number in numbers))


def test_nonces_are_fresh(own_keys):
    """The same value sealed twice gives two ciphertexts that both open."""
    first, second = (own_keys.encrypt(ID_NO, "policies.policyholder_id_no") for _ in range(2))
    assert first != second
    assert own_keys.decrypt(first, "policies.policyholder_id_no") == ID_NO
    assert own_keys.decrypt(second, "policies.policyholder_id_no") == ID_NO


def test_a_ciphertext_stays_in_its_column(own_keys):
    """A ciphertext copied from another column does not open."""
    sealed = own_keys.encrypt(ID_NO, "agents.id_no")
    with pytest.raises(SetupInvalid, match=r"agents\.phone"):
        own_keys.decrypt(sealed, "agents.phone")


@pytest.mark.parametrize(
    "damage",
    [lambda text: text[:-4], lambda text: text[:20] + chr(ord(text[20]) ^ 1) + text[21:], lambda _: "sm4"],
)
def test_a_damaged_ciphertext_is_refused(own_keys, damage):
    """A cut or changed ciphertext ends in an error with a remedy, never in other text."""
    sealed = own_keys.encrypt("张三丰", "agents.name")
    with pytest.raises(SetupInvalid) as caught:
        own_keys.decrypt(damage(sealed), "agents.name")
    assert caught.value.remedy


def test_another_master_key_is_named(own_keys):
    """With a different master key the error names both key ids."""
    other = Keys(bytes(16), bytes(32))
    with pytest.raises(SetupInvalid, match=f"{own_keys.key_id}.*{other.key_id}"):
        other.decrypt(own_keys.encrypt("x", "agents.name"), "agents.name")


def test_keys_do_not_show():
    """The repr of keys holds the key id and no key."""
    shown = repr(Keys(SM4_KEY, bytes(32)))
    assert "key_id" in shown
    assert repr(SM4_KEY) not in shown
    assert SM4_KEY.hex() not in shown


@pytest.mark.parametrize(
    ("variable", "value"), [("MASTER", ""), ("LOOKUP", ""), ("MASTER", "12zz"), ("LOOKUP", "ab" * 31)]
)
def test_missing_or_malformed_keys_name_the_remedy(keys, monkeypatch, variable, value):
    """A missing or malformed key ends in SetupInvalid naming the variable and the command."""
    monkeypatch.setenv(f"BROKERFLOW_{variable}_KEY", value)
    get_settings.cache_clear()
    with pytest.raises(SetupInvalid, match=f"BROKERFLOW_{variable}_KEY") as caught:
        current_keys()
    assert "brokerflow hub keys" in caught.value.remedy
