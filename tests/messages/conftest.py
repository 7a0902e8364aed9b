"""A message service per test, and channels that talk to it."""

from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from bots.errors import SecretMissing
from connectors.messages.transports import build_transports
from tests.messages.service import MessageService

NOW = datetime(2026, 11, 6, 18, 30, tzinfo=UTC)
SECRETS = {
    "wecom_robot_operations": "11112222-aaaa-bbbb-cccc-333344445555",
    "wecom_robot_finance": "99998888-aaaa-bbbb-cccc-333344445555",
    "sms_phone_operations": "13900000001",
    "sms_phone_finance": "13900000002",
    "sms_access_key_id": "LTAI-test",
    "sms_access_key_secret": "se/cr+et",
}


def read_secret(name):
    if name not in SECRETS:
        raise SecretMissing(f"没有密钥 {name}。", remedy="设置它")
    return SecretStr(SECRETS[name])


@pytest.fixture
def service():
    fake = MessageService()
    server = fake.start()
    yield fake
    fake.release.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def transports(service):
    return build_transports(
        wecom_base_url=f"{service.url}/wecom",
        sms_base_url=f"{service.url}/sms",
        read_secret=read_secret,
        read_seconds=0.4,
    )
