"""A YAML file read into a checked model; every complaint names file, line and key."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from bots.errors import RecipeInvalid

Key = str | int
Model = TypeVar("Model", bound=BaseModel)

_CHINESE = {
    "missing": "缺少此项",
    "extra_forbidden": "没有这个配置项",
    "enum": "取值不在允许范围内",
    "string_pattern_mismatch": "格式不对",
}


class YamlFile:
    """A parsed YAML file that can say on which line a key stands."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        try:
            self.content: Any = YAML(typ="rt").load(path.read_text(encoding="utf-8"))
        except MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise RecipeInvalid(f"{path.name}:{line}: 不是合法的 YAML。", remedy="检查缩进与冒号") from error
        except OSError as error:
            raise RecipeInvalid(f"无法读取 {path.name}。", remedy="确认文件存在且可读") from error

    def read(self, model: type[Model]) -> Model:
        """The content as ``model``; raises RecipeInvalid with every complaint."""
        try:
            return model.model_validate(self.content)
        except ValidationError as error:
            complaints = [
                self.place(detail["loc"], _CHINESE.get(detail["type"], detail["msg"]))
                for detail in error.errors()
            ]
            raise self.refuse(complaints) from error

    def place(self, keys: Sequence[Key], complaint: str) -> str:
        """``templates.yaml:12: templates.night_digest.sms: complaint``."""
        return f"{self.name}:{self._line(keys)}: {'.'.join(map(str, keys))}: {complaint}"

    def refuse(self, complaints: Sequence[str]) -> RecipeInvalid:
        """One error for all complaints of this file."""
        return RecipeInvalid("；".join(complaints) + "。", remedy=f"修改 {self.name} 后重试")

    def _line(self, keys: Sequence[Key]) -> int:
        node: Any = self.content
        line = 0
        for key in keys:
            try:
                position = node.lc.item(key) if isinstance(key, int) else node.lc.key(key)
                line, node = position[0], node[key]
            except (AttributeError, KeyError, IndexError, TypeError):
                break
        return line + 1
