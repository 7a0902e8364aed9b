"""YAML text into a checked model; every error names the file and the key."""

from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from bots.errors import RulesInvalid

Model = TypeVar("Model", bound=BaseModel)
_REASONS: dict[str, Callable[[dict[str, Any]], str]] = {
    "missing": lambda _: "缺少这一项",
    "extra_forbidden": lambda _: "不认识的键",
    "int_type": lambda _: "应为整数",
    "int_from_float": lambda _: "应为整数（费率用基点，金额用分）",
    "string_type": lambda _: "应为文字",
    "date_type": lambda _: "应为日期，例如 2026-01-01",
    "too_short": lambda _: "不能为空",
    "greater_than_equal": lambda context: f"不能小于 {context['ge']}",
    "less_than_equal": lambda context: f"不能大于 {context['le']}",
    "value_error": lambda context: str(context["error"]),
}


class Checked(BaseModel):
    """Base of everything read from YAML here: unknown keys and guessed types are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def parse_yaml(text: str, file_name: str, model: type[Model]) -> Model:
    """``text`` as ``model``; RulesInvalid names ``file_name``, the key and (for syntax) the line."""
    try:
        document = YAML(typ="safe").load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _invalid(f"{file_name} 第 {line} 行：YAML 写法有误（{error.problem}）") from error
    except YAMLError as error:
        raise _invalid(f"{file_name}：YAML 写法有误（{error}）") from error
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise _invalid("；".join(f"{file_name}：{_say(found)}" for found in error.errors())) from error


def _say(found: Any) -> str:
    key = ".".join(str(part) for part in found["loc"]) or "（整个文件）"
    reason = _REASONS.get(found["type"])
    return f"{key} {reason(found.get('ctx', {})) if reason else '不正确：' + found['msg']}"


def _invalid(what: str) -> RulesInvalid:
    return RulesInvalid(what, remedy="请按 docs/commission.md 修改该文件后重新运行。")
