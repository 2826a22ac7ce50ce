"""What browsers of any origin may send to the API and read of its answers, and what they may make of them."""

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
# On every answer. An answer of the API is data: nothing is loaded, framed or guessed from it.
FOR_BROWSERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
}
