"""Texts that are much work for their size: Markdown, and HTML for mails."""

SIZE = 65_536


def of_size(piece: str, size: int = SIZE) -> str:
    return (piece * (size // len(piece.encode()) + 1)).encode()[:size].decode(errors="ignore")


# `·` is a space, `¶` a line's end.
HEAVIEST = "[ ![ ![[]() *a·**a· #¶ a¶ >·-· a|b¶-|-¶ |a¶|-|¶|¶ @[a·"
HEAVY = f"""{HEAVIEST} [] [a](<b [a]( *a_· **a· a**b ~~a· ~ ` < <!-- > >· -· *·-·+·1.· 1.· ---¶ a¶-¶ a··¶ ¶ ·
    | & &lt; \\ " @ ·@a <a: <https://x> [](mailto:b) [a]: [^1] \U0001f600 >¶¶ -·¶ [a](http://b) e`` <a·b='
    ]]( :-:| _a_b_ \u0301 \x01 \t· http:// https://a· :// http://) (https://a https://a."""


def pieces(listed: str) -> list[str]:
    return [piece.replace("·", " ").replace("¶", "\n") for piece in listed.split(" ") if piece.strip()]


SHAPES = {
    "reference bomb": "[a]: https://x.example/" + "y" * 15_000 + "\n\n" + "[a]" * 5_000,
    "wide table": "|a" * 500 + "\n" + "|-" * 500 + "\n" + "|\n" * 14_000,
    "deep list": "\n".join(" " * depth + "- a" for depth in range(250)),
    "deep quotes": "\n".join(">" * (line % 200) + " a" for line in range(300)),
    "nested links": "[" * 5_000 + "a" + "](http://b)" * 2_500,
    "runs of backticks": "".join("e" + "`" * run for run in range(1, 250)),
}

HEAVY_HTML = (
    *("<a ", "<![", "<!--", "<?", "</", "<a href='", "<a x=", '<a x="', "<p", "&#", "<b><p>", "<table>"),
    *("<li>", "<i><b><a>", "<dd><dt>", "<p><b>", "<br>", "<a \n"),
)
