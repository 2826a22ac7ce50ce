"""Whatever bytes arrive, they are read: text that can be kept, in time, and nothing is raised."""

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.channels import mime


@given(st.binary(max_size=2000))
def test_any_bytes_are_a_mail(raw: bytes) -> None:
    mail = mime.parse(raw)
    assert mail.message_id.startswith("<")
    assert "\0" not in mail.text
    mail.text.encode()
