"""Public holidays by country and region (ISO 3166), as the `holidays` package knows them."""

from collections.abc import Sequence
from typing import Any

from chalicelib.core.errors import ValidationFailed
from chalicelib.sla.holiday_names import clean

# The workspace's language, as the package calls it.
LANGUAGES = {"en": "en_US", "es": "es"}


def of(country: str, region: str | None, years: Sequence[int], language: str) -> list[dict[str, str]]:
    """`{from, name}` of each day, in order; names in the language where the package has them in it, else in
    the country's own. Raises ValidationFailed for a country or a region that it does not know."""
    known = _country(country)
    if region is not None and region not in known.subdivisions:
        named = ", ".join(known.subdivisions) or "none"
        raise ValidationFailed.of("region", f"There is no such region of {country}. It has: {named}.")
    wanted = LANGUAGES.get(language, language)
    spoken = wanted if wanted in known.supported_languages else known.default_language
    found = known(years=sorted(set(years)), subdiv=region, language=spoken)
    return [{"from": day.isoformat(), "name": clean(name)} for day, name in sorted(found.items())]


def countries() -> list[str]:
    """The codes of all countries that it knows, in order."""
    return sorted(_by_code())


def regions(country: str) -> list[str]:
    """The codes of a country's regions. Raises ValidationFailed for a country that it does not know."""
    return list(_country(country).subdivisions)


def source(country: str, region: str | None) -> str:
    """What tells them from holidays that come from elsewhere."""
    return f"country:{country}" + (f"-{region}" if region else "")


def _country(code: str) -> Any:
    # Loaded where it is asked for: no request but these pays for it.
    import holidays.countries

    name = _by_code().get(code)
    if name is None:
        raise ValidationFailed.of("country", "No public holidays are known of a country of this code.")
    return getattr(holidays.countries, name)


def _by_code() -> dict[str, str]:
    from holidays.registry import COUNTRIES

    return {names[1]: names[0] for names in COUNTRIES.values()}
