"""What Playwright's code generator recorded (target ``jsonl``) -> steps of a recipe, where verbs say it."""

import json
import re
from collections.abc import Iterator
from typing import Any

from bots.portal.verbs import TOP

_ENTER_FRAME = " >> internal:control=enter-frame >> "
_FRAME_NAME = re.compile(r'i?frame\[name="([^"\\]+)"\]')
_ROLE = re.compile(r"^internal:role=")
_TEXT = re.compile(r"^internal:text=")
_ATTRIBUTE = re.compile(r'^internal:attr=\[(\w+)=("(?:[^"\\]|\\.)*")[is]\]$')
_TEST_ID = re.compile(r'^internal:testid=\[([\w-]+)=("(?:[^"\\]|\\.)*")s\]$')
_PASSWORD = re.compile(r"passw|pwd|密\s*码|口令", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z]\w*")
_NO_WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
_QUIET = {"openPage", "closePage"}
_SIGNALS = {
    "popup": "打开了新窗口：这是 kind: popup 的数据集",
    "download": "下载了文件：这是 kind: download 的数据集",
    "dialog": "弹出了对话框：在配方的 dialogs 里登记它的文字和回答",
}
Action = dict[str, Any]


class Untold(ValueError):
    """No verb says this; the message tells why."""


def translate_recording(recorded: str) -> str:
    """Steps in YAML, one line each; what no verb says stands as a comment.

    ``recorded`` has one JSON object a line. What was typed into a password field becomes
    ``secret: password``, and into the field before it ``secret: user``: neither is written down.
    """
    actions = [
        action for line in recorded.splitlines() if line.strip() and "name" in (action := json.loads(line))
    ]
    start = next((action["url"] for action in actions if action["name"] == "navigate"), "")
    base = start.partition("?")[0].rpartition("/")[0] + "/"
    first_page = next((action.get("pageGuid") for action in actions), None)
    secrets = _secret_fields(actions)
    lines = [
        f"# base_url: {base}",
        "# 点击后网站会换页的，补上 answer_in: 换页的框架（整页为 top）",
        "steps:",
    ]
    for place, action in enumerate(actions):
        if action["name"] in _QUIET or _only_leads_to_fill(actions, place):
            continue
        try:
            _prove_same_page(action, first_page)
            lines.append(f"  - {_step(action, base, start, secrets.get(place))}")
        except Untold as why:
            lines.append(f"  # 没有对应的动词（{why}）：{_shown(action, place in secrets)}")
        lines += [f"  # {said}" for said in _signals(action)]
    return "\n".join(lines) + "\n"


def _prove_same_page(action: Action, first_page: str | None) -> None:
    if action.get("pageGuid") != first_page:
        raise Untold("发生在另一个窗口里")


def _secret_fields(actions: list[Action]) -> dict[int, str]:
    """Places of fills whose text is a secret, and its name."""
    fills = [place for place, action in enumerate(actions) if action["name"] == "fill"]
    secrets: dict[int, str] = {}
    for before, place in zip([None, *fills], fills, strict=False):
        if _PASSWORD.search(actions[place]["selector"]):
            secrets[place] = "password"
            if before is not None and before not in secrets:
                secrets[before] = "user"
    return secrets


def _only_leads_to_fill(actions: list[Action], place: int) -> bool:
    """A click into the field that is typed into next."""
    action, following = actions[place], actions[place + 1 : place + 2]
    return action["name"] == "click" and any(
        each["name"] == "fill" and each["selector"] == action["selector"] for each in following
    )


def _step(action: Action, base: str, start: str, secret: str | None) -> str:
    name = action["name"]
    if name == "navigate":
        return f"open: {_quoted(_path(action['url'], base, start))}"
    where = _where(action["selector"]) if "selector" in action else {}
    if name == "click":
        return _flow("click", where | _click(action))
    if name == "fill":
        return _flow("fill", where | ({"secret": secret} if secret else {"value": action["text"]}))
    if name == "select":
        if len(action["options"]) != 1:
            raise Untold("一次选了几项")
        return _flow("choose", where | {"option": action["options"][0]})
    if name == "press":
        raise Untold("按了键；改为点击它所代替的按钮")
    if name == "hover":
        return _flow("hover", where)
    raise Untold(name)


def _click(action: Action) -> dict[str, Any]:
    if action.get("button", "left") != "left" or action.get("modifiers"):
        raise Untold("右键或组合键")
    return {} if action.get("clickCount", 1) == 1 else {"times": action["clickCount"]}


def _path(url: str, base: str, start: str) -> str:
    if url == start == base:
        return ""
    if not url.startswith(base):
        raise Untold("不在同一个网站目录下")
    return url.removeprefix(base)


def _where(selector: str) -> dict[str, Any]:
    """``element`` as a recipe writes it, and ``frame`` by its name."""
    *frames, element = selector.split(_ENTER_FRAME)
    where: dict[str, Any] = {"element": " >> ".join(_public(part) for part in element.split(" >> "))}
    if frames:
        named = _FRAME_NAME.fullmatch(frames[-1])
        if not named:
            raise Untold("框架没有名字")
        where["frame"] = named[1]
    return where if where.get("frame") != TOP else {"element": where["element"]}


def _public(part: str) -> str:
    """One part of a selector in words that Playwright documents, where there are such words."""
    attribute = _ATTRIBUTE.match(part) or _TEST_ID.match(part)
    if attribute:
        return f"[{attribute[1]}={attribute[2]}]"
    if _TEXT.match(part):
        return _TEXT.sub("text=", part).removesuffix("i").removesuffix("s")
    return _ROLE.sub("role=", part)


def _flow(verb: str, keys: dict[str, Any]) -> str:
    told = ", ".join(f"{key}: {_quoted(value)}" for key, value in keys.items())
    return f"{verb}: {{{told}}}"


def _quoted(value: Any) -> str:
    """Plain words as they are, texts with quotes in the other quotes, the rest as JSON: it is YAML too."""
    if isinstance(value, str) and _WORD.fullmatch(value) and value.lower() not in _NO_WORDS:
        return value
    if isinstance(value, str) and '"' in value and not re.search(r"['\\\n]", value):
        return f"'{value}'"
    return json.dumps(value, ensure_ascii=False)


def _signals(action: Action) -> Iterator[str]:
    for signal in action.get("signals", []):
        if signal["name"] in _SIGNALS:
            yield _SIGNALS[signal["name"]]


def _shown(action: Action, is_secret: bool) -> str:
    """What was recorded, in one line, without what was typed into a secret's field."""
    hidden = {"signals", "pageGuid", "locator", "framePath", *(("text",) if is_secret else ())}
    return json.dumps({key: value for key, value in action.items() if key not in hidden}, ensure_ascii=False)
