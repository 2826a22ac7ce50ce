"""HTML as the text that its reader sees."""

from chalicelib.channels import html_text
from tests.support.for_each import for_each


@for_each(
    "html, text",
    [
        ("plain", "plain"),
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("<div>a</div><div>b</div>", "a\nb"),
        ("<div>a<br>b</div><div><br></div><div>c</div>", "a\nb\n\nc"),
        ("a\n  b\tc", "a b c"),
        ("<b>bold</b> and <i>italic</i>", "bold and italic"),
        ("&lt;tag&gt; &amp;amp; &eacute;&#233;&#xe9;&nbsp;x", "<tag> &amp; ééé x"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("<a href='https://example.com/a'>here</a>", "here <https://example.com/a>"),
        ('<a href="https://example.com/">https://example.com</a>', "https://example.com"),
        ('<a href="mailto:a@example.com">a@example.com</a>', "a@example.com"),
        ('<a href="javascript:alert(1)">here</a>', "here"),
        ('<a href="https://example.com"><img src=x></a>', "<https://example.com>"),
        ("<a name=top>top</a>", "top"),
        ('<img alt="A printer" src=x>', "A printer"),
        ("<ul><li>a</li><li>b</li></ul>c", "- a\n- b\n\nc"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>c", "> a\n>\n> > b\n\nc"),
        ("<pre>  a\n   b</pre>", "  a\n   b"),
        ("a<hr>b", "a\n\n---\nb"),
        ("<style>p{}</style><script>1 < 2</script><title>t</title>seen", "seen"),
        ("<!-- <p>no</p> -->yes<!DOCTYPE html><?xml?>", "yes"),
        ("<![if !mso]>shown<![endif]>", "shown"),
        ('<p title="a > b">x</p>', "x"),
        ("<p class=it's>x</p>y", "x\n\ny"),
        ("<script>never closed", "never closed"),
        ("a<br", "a"),
        ("</p></div></blockquote>a", "a"),
        ("<o:p>a</o:p>", "a"),
        ("", ""),
    ],
)
def test_html_is_read_as_it_is_seen(html: str, text: str) -> None:
    assert html_text.plain(html) == text
