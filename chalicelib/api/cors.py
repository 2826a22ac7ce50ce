"""What browsers of any origin may send to the API and read of its answers."""

from chalice import CORSConfig

CORS = CORSConfig(
    allow_origin="*",
    allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "If-Match"],
    expose_headers=[
        "ETag",
        "Idempotency-Replayed",
        "Location",
        "RateLimit-Limit",
        "RateLimit-Remaining",
        "RateLimit-Reset",
        "Retry-After",
        "X-Request-Id",
    ],
    max_age=600,
)
