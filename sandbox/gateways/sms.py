"""Aliyun dysmsapi 2017-05-25 in its wire format: SendSms and QuerySendDetails, the truth in Code."""

import json
import re
import uuid
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from sandbox.gateways.filed_templates import FILED_TEMPLATES, render_template
from sandbox.gateways.received import Received, TextMessage
from sandbox.local_time import china_now
from sandbox.scene import SMS_SIGN_NAME
from sandbox.switches import Switches

_MOST_PHONES = 1000
_MOBILE = re.compile(r"(\+?86)?1[3-9]\d{9}")
_LINK = re.compile(r"https?://|www\.|\.(com|cn|net)\b", re.IGNORECASE)
_MEANINGS = {
    "OK": "OK",
    "isv.SMS_SIGNATURE_ILLEGAL": "短信签名不合法",
    "isv.SMS_TEMPLATE_ILLEGAL": "短信模板不合法",
    "isv.MOBILE_NUMBER_ILLEGAL": "手机号码格式错误",
    "isv.MOBILE_COUNT_OVER_LIMIT": "手机号码数量超过限制",
    "isv.INVALID_JSON_PARAM": "参数格式错误，请修改为字符串值",
    "isv.TEMPLATE_MISSING_PARAMETERS": "模板变量缺少参数",
    "isv.PARAM_NOT_SUPPORT_URL": "参数不支持链接",
    "isv.BUSINESS_LIMIT_CONTROL": "触发号码天级流控",
}


class SmsGateway:
    """Takes messages for filed templates; every phone gets them at once."""

    def __init__(self, received: Received, switches: Switches) -> None:
        self._received = received
        self._switches = switches

    def send(self, form: dict[str, str]) -> dict[str, Any]:
        """Answer of SendSms."""
        code = self._switches.take_sms_code() or _refusal(form)
        if code:
            return _answer(code)
        biz_id = f"{uuid.uuid4().int % 10**18:018d}^0"
        parameters = json.loads(form.get("TemplateParam") or "{}")
        for phone in form["PhoneNumbers"].split(","):
            self._received.text_messages.append(_text_message(phone, form, parameters, biz_id))
        return _answer("OK") | {"BizId": biz_id}

    def query(self, form: dict[str, str]) -> dict[str, Any]:
        """Answer of QuerySendDetails: messages of one phone on one day, newest first."""
        found = [
            message
            for message in reversed(self._received.text_messages)
            if message.phone == form.get("PhoneNumber")
            and f"{message.received_at:%Y%m%d}" == form.get("SendDate")
            and form.get("BizId") in {None, "", message.biz_id}
        ]
        size, page = int(form.get("PageSize", 10)), int(form.get("CurrentPage", 1))
        shown = found[(page - 1) * size : page * size]
        details = {"SmsSendDetailDTO": [_detail(message) for message in shown]}
        return _answer("OK") | {"TotalCount": len(found), "SmsSendDetailDTOs": details}


def build_sms(gateway: SmsGateway) -> APIRouter:
    """The one address under ``/sms``, as on dysmsapi.aliyuncs.com."""
    router = APIRouter()
    actions = {"SendSms": gateway.send, "QuerySendDetails": gateway.query}

    @router.get("/")
    @router.post("/")
    async def call(request: Request) -> JSONResponse:
        form = dict(request.query_params) | {k: str(v) for k, v in (await request.form()).items()}
        if "Signature" not in form and "authorization" not in request.headers:
            return JSONResponse(_answer("IncompleteSignature"), status_code=400)
        action = form.get("Action") or request.headers.get("x-acs-action", "")
        if action not in actions:
            return JSONResponse(_answer("InvalidAction.NotFound"), status_code=404)
        return JSONResponse(actions[action](form))

    return router


def _refusal(form: dict[str, str]) -> str:
    """Code of the first thing wrong with a SendSms, empty when nothing is."""
    phones = form.get("PhoneNumbers", "").split(",")
    if len(phones) > _MOST_PHONES:
        return "isv.MOBILE_COUNT_OVER_LIMIT"
    if not all(_MOBILE.fullmatch(phone) for phone in phones):
        return "isv.MOBILE_NUMBER_ILLEGAL"
    if form.get("SignName") != SMS_SIGN_NAME:
        return "isv.SMS_SIGNATURE_ILLEGAL"
    if form.get("TemplateCode") not in FILED_TEMPLATES:
        return "isv.SMS_TEMPLATE_ILLEGAL"
    return _parameter_refusal(form["TemplateCode"], form.get("TemplateParam") or "{}")


def _parameter_refusal(template_code: str, text: str) -> str:
    try:
        parameters = json.loads(text)
    except ValueError:
        return "isv.INVALID_JSON_PARAM"
    if not isinstance(parameters, dict) or not all(isinstance(value, str) for value in parameters.values()):
        return "isv.INVALID_JSON_PARAM"
    if any(_LINK.search(value) for value in parameters.values()):
        return "isv.PARAM_NOT_SUPPORT_URL"
    if render_template(template_code, parameters) is None:
        return "isv.TEMPLATE_MISSING_PARAMETERS"
    return ""


def _text_message(phone: str, form: dict[str, str], parameters: dict[str, str], biz_id: str) -> TextMessage:
    text = render_template(form["TemplateCode"], parameters) or ""
    return TextMessage(
        received_at=china_now(),
        phone=phone,
        sign_name=form["SignName"],
        template_code=form["TemplateCode"],
        parameters=parameters,
        text=f"【{form['SignName']}】{text}",
        out_id=form.get("OutId", ""),
        biz_id=biz_id,
    )


def _detail(message: TextMessage) -> dict[str, Any]:
    moment = f"{message.received_at:%Y-%m-%d %H:%M:%S}"
    return {
        "PhoneNum": message.phone,
        "SendStatus": 3,
        "ErrCode": "DELIVERED",
        "SendDate": moment,
        "ReceiveDate": moment,
        "Content": message.text,
        "TemplateCode": message.template_code,
        "OutId": message.out_id,
    }


def _answer(code: str) -> dict[str, Any]:
    return {"Code": code, "Message": _MEANINGS.get(code, code), "RequestId": str(uuid.uuid4()).upper()}
