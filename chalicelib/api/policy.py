"""The route table as an IAM policy: all that a role may call, within API Gateway's 8 kB.
Standard library only: the authorizer loads this."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from chalicelib.accounts.permissions import Role
from chalicelib.api.access import CALLERS, PUBLIC, Access, Route

# What "arn:aws:execute-api:*:*:abcdefghij/stage/", quotes and a comma add to each pattern.
_ARN_LENGTH = 45


class Cover(NamedTuple):
    """Patterns of `METHOD/path`: `*` stands for any text, slashes too; a denial beats a permission."""

    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()

    def plus(self, *others: "Cover") -> "Cover":
        """All together."""
        allow = self.allow + tuple(pattern for other in others for pattern in other.allow)
        return Cover(allow, self.deny + tuple(pattern for other in others for pattern in other.deny))

    def size(self) -> int:
        """Characters in the policy, about."""
        return sum(_ARN_LENGTH + len(pattern) for pattern in self.allow + self.deny)

    def permits(self, call: str) -> bool:
        """What API Gateway says to `METHOD/path`."""
        return _any_matches(self.allow, call) and not _any_matches(self.deny, call)


@dataclass(slots=True)
class _Node:
    """A segment of one method's paths, with the route that ends here, if one does, and what follows."""

    pattern: str
    route: str = ""
    may_call: bool | None = None
    following: dict[str, "_Node"] = field(default_factory=dict)

    def step(self, segment: str) -> "_Node":
        """The node of the next segment; a parameter is `*`."""
        name = "*" if segment.startswith("{") else segment
        if name not in self.following:
            self.following[name] = _Node(f"{self.pattern}/{name}")
        return self.following[name]

    def routes(self) -> Iterator["_Node"]:
        """The nodes here and below where a route ends."""
        if self.may_call is not None:
            yield self
        for node in self.following.values():
            yield from node.routes()

    def patterns(self) -> tuple[str, ...]:
        """Everything here and below."""
        routes = [node.pattern for node in self.routes()]
        if len(routes) == 1 or not self.following:
            return tuple(routes)
        below = f"{self.pattern}/*"
        return (below,) if self.may_call is None else (self.pattern, below)


def cover(role: Role, routes: Mapping[Route, Access] = CALLERS) -> Cover:
    """What lets a role through to its routes and to no other private one.

    ValueError where wildcards cannot tell two routes apart: one of them needs a path of another shape. Public
    routes do not count: API Gateway asks no authorizer about them.
    """
    roots: dict[str, _Node] = {}
    for (method, path), access in sorted(routes.items()):
        if access == PUBLIC:
            continue
        node = roots.setdefault(method, _Node(method))
        for segment in path.split("/")[1:]:
            node = node.step(segment)
        node.route, node.may_call = method + path, role in access
    whole = Cover().plus(*map(_cover, roots.values()))
    for root in roots.values():
        if wrong := _first_wrong(whole, root):
            raise ValueError(f"no policy of {role} can tell {wrong} from its neighbours")
    return whole


def _cover(node: _Node) -> Cover:
    """The shortest that is right for a node and what follows it."""
    answers = {below.may_call for below in node.routes()}
    if True not in answers:
        return Cover()
    if False not in answers:
        return Cover(allow=node.patterns())
    own = Cover(allow=(node.pattern,)) if node.may_call else Cover()
    narrow = own.plus(*map(_cover, node.following.values()))
    broad = own.plus(Cover((f"{node.pattern}/*",), tuple(_denials(node.following.values()))))
    right = [choice for choice in (narrow, broad) if _first_wrong(choice, node) is None]
    return min(right or [narrow], key=Cover.size)


def _denials(nodes: Iterable[_Node]) -> Iterator[str]:
    for node in nodes:
        answers = {below.may_call for below in node.routes()}
        if True not in answers:
            yield from node.patterns()
        elif False in answers:
            if node.may_call is False:
                yield node.pattern
            yield from _denials(node.following.values())


def _first_wrong(choice: Cover, node: _Node) -> str | None:
    # A route's own template is a fair sample of its calls: a braced parameter equals no literal segment.
    wrong = (below.route for below in node.routes() if choice.permits(below.route) != below.may_call)
    return next(wrong, None)


def _any_matches(patterns: Iterable[str], call: str) -> bool:
    return any(_matches(pattern, call) for pattern in patterns)


def _matches(pattern: str, call: str) -> bool:
    first, *rest = pattern.split("*")
    if not rest:
        return call == pattern
    *middle, last = rest
    if not call.startswith(first):
        return False
    position = len(first)
    for part in middle:
        position = call.find(part, position)
        if position < 0:
            return False
        position += len(part)
    return call.endswith(last) and len(call) - len(last) >= position


def document(role: Role, method_arn: str) -> dict[str, Any]:
    """The policy for all the routes of a role, on the API and stage that a call's ARN names.

    It is cached by token, so it must not depend on which call came first. ValueError for any other ARN.
    """
    head, _, call = method_arn.partition("/")
    stage, _, _ = call.partition("/")
    arn, partition, service, _region, _account, api_id = head.split(":")
    if (arn, service) != ("arn", "execute-api") or not api_id or not stage:
        raise ValueError("not the ARN of an API method")
    return _document(role, f"arn:{partition}:execute-api:*:*:{api_id}/{stage}/")


@lru_cache(maxsize=16)
def _document(role: Role, base: str) -> dict[str, Any]:
    covered = cover(role)
    statements = [
        {
            "Effect": effect,
            "Action": "execute-api:Invoke",
            "Resource": [base + pattern for pattern in patterns],
        }
        for effect, patterns in (("Allow", covered.allow), ("Deny", covered.deny))
        if patterns
    ]
    return {"Version": "2012-10-17", "Statement": statements}
