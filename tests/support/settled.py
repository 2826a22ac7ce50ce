"""A template as CloudFormation sees it once parameters are given: its conditions are decided."""

from collections.abc import Mapping
from typing import Any

NOTHING = {"Ref": "AWS::NoValue"}


def settled(template: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, Any]:
    """What is left of it: no Conditions, no Fn::If, no resource, output or dependency that is not there."""
    declared = template["Parameters"]
    parameters = {name: given.get(name, about.get("Default", "")) for name, about in declared.items()}
    conditions = Conditions(template.get("Conditions", {}), parameters)
    result = {name: each for name, each in template.items() if name != "Conditions"}
    result["Parameters"] = {name: {**each, "Default": parameters[name]} for name, each in declared.items()}
    for section in ("Resources", "Outputs"):
        there = {
            name: each
            for name, each in template.get(section, {}).items()
            if "Condition" not in each or conditions.hold(each["Condition"])
        }
        result[section] = {
            name: {part: conditions.decide(value) for part, value in each.items() if part != "Condition"}
            for name, each in there.items()
        }
    for each in result["Resources"].values():
        wanted = each.pop("DependsOn", [])
        names = [wanted] if isinstance(wanted, str) else wanted
        if left := [name for name in names if name in result["Resources"]]:
            each["DependsOn"] = left
    return result


class Conditions:
    """Evaluates them for the parameters given; only functions that this template uses are known."""

    def __init__(self, declared: Mapping[str, Any], parameters: Mapping[str, Any]) -> None:
        self._declared, self._parameters = declared, parameters

    def hold(self, name: str) -> bool:
        return self._true(self._declared[name])

    def _true(self, rule: Mapping[str, Any]) -> bool:
        ((word, of),) = rule.items()
        match word:
            case "Condition":
                return self.hold(of)
            case "Fn::Not":
                return not self._true(of[0])
            case "Fn::And":
                return all(self._true(each) for each in of)
            case "Fn::Or":
                return any(self._true(each) for each in of)
            case "Fn::Equals":
                return self._value(of[0]) == self._value(of[1])
        raise AssertionError(f"{word} in a condition")

    def _value(self, value: Any) -> str:
        match value:
            case {"Ref": name}:
                return str(self._parameters.get(name, f"<{name}>"))
            case {"Fn::Join": [mark, {"Ref": name}]}:
                return str(mark).join(str(self._parameters[name]).split(","))
            case {"Fn::Join": [mark, parts]}:
                return str(mark).join(self._value(part) for part in parts)
        return str(value)

    def decide(self, value: Any) -> Any:
        """The value with each Fn::If decided, and what is nothing left out."""
        if isinstance(value, dict):
            if value.keys() == {"Fn::If"}:
                name, yes, no = value["Fn::If"]
                return self.decide(yes if self.hold(name) else no)
            decided = {key: self.decide(each) for key, each in value.items()}
            return {key: each for key, each in decided.items() if each != NOTHING}
        if isinstance(value, list):
            return [each for each in map(self.decide, value) if each != NOTHING]
        return value
