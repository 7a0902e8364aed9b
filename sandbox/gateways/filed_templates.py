"""SMS templates that the demo firm has filed with the carrier.

The carrier's own copy on purpose: a changed text in config/messages must be filed again.
"""

import re

_VARIABLE = re.compile(r"\$\{(\w+)\}")

FILED_TEMPLATES = {
    "SMS_480010001": (
        "${date}夜间批处理完成：结算单${statement}元，可发放${payable}元，暂挂${held}元，"
        "差异${breaks}笔，请登录工作台查看。"
    ),
    "SMS_480010002": "${date}采集${insurer}失败：${reason}，请${who}登录工作台处理。",
    "SMS_480010003": "${date}夜间批处理在${step}中断：${reason}，请${who}登录工作台处理。",
    "SMS_480010004": "${place}要${kind}，${seconds}秒内有效，请登录工作台填写。",
}


def render_template(template_code: str, parameters: dict[str, str]) -> str | None:
    """The message as the phone shows it; None when a variable has no value."""
    text = FILED_TEMPLATES[template_code]
    if set(_VARIABLE.findall(text)) - parameters.keys():
        return None
    return _VARIABLE.sub(lambda variable: parameters[variable[1]], text)
