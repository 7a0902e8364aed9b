"""The JSON Schema of recipes as people write them: what editors complete and underline.

It says less than ``portal check``: rules between keys and between parts of a file are checked there alone.
"""

import json
from typing import Any

from pydantic import ValidationError

from bots.portal.recipe import Recipe
from bots.portal.verbs import VERBS, Verb

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]


def build_schema() -> Schema:
    """``Recipe.model_json_schema()`` with the short forms of YAML: verbs as keys, strings for objects."""
    schema: Schema = _mended(Recipe.model_json_schema())
    definitions = schema["$defs"]
    definitions["Step"] = _step(definitions)
    for name, key in (("Column", "name"), ("Fields", "within")):
        whole = definitions[name]
        definitions[name] = {"anyOf": [whole["properties"][key], whole]}
    return {"$schema": _DRAFT, **schema, **_family_rules(schema, definitions["SessionRules"])}


def write_schema() -> str:
    """The schema as the file's text."""
    return json.dumps(build_schema(), ensure_ascii=False, indent=1) + "\n"


def _mended(node: Any) -> Any:
    """Unions of verbs become references to Step; made-up titles and OpenAPI's discriminators go."""
    if isinstance(node, list):
        return [_mended(item) for item in node]
    if not isinstance(node, dict):
        return node
    if node.get("discriminator", {}).get("propertyName") == "verb":
        return {"$ref": "#/$defs/Step"}
    mended = {
        key: {name: _mended(each) for name, each in value.items()} if key == "properties" else _mended(value)
        for key, value in node.items()
        if key not in ("title", "discriminator")
    }
    if "patternProperties" in mended:
        mended["additionalProperties"] = False
    return mended


def _step(definitions: Schema) -> Schema:
    """One verb and no more; verbs that no step mentions have no definition."""
    verbs = {name: _verb(definitions, model) for name, model in VERBS.items()}
    return {
        "description": "One step: one verb.",
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
        "properties": verbs,
    }


def _verb(definitions: Schema, model: type[Verb]) -> Schema:
    """The verb's definition without its tag; a plain string too where one says everything."""
    definition = definitions[model.__name__]
    definition["properties"].pop("verb")
    body: Schema = {"$ref": f"#/$defs/{model.__name__}"}
    try:
        model.model_validate({model.short: "x"})
    except ValidationError:
        return {**body, "description": definition["description"]}
    return {"description": definition["description"], "anyOf": [{"type": "string"}, body]}


def _family_rules(schema: Schema, session: Schema) -> Schema:
    """What a family says need not be said again: keys are then required in neither file by itself."""
    from_family = ("secrets", "session")
    own = [key for key in schema["required"] if key not in from_family]
    whole = {"required": list(from_family), "properties": {"session": {"required": session.pop("required")}}}
    return {"required": own, "if": {"required": ["family"]}, "then": {}, "else": whole}
