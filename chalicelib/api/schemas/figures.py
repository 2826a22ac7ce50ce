"""The names of figures of days."""

from enum import StrEnum


class Figure(StrEnum):
    """What a series is of."""

    CREATED = "created"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    BREACHED = "breached"
    BACKLOG = "backlog"
    RATINGS = "ratings"
    RATING_AVERAGE = "rating_average"
    SATISFACTION = "satisfaction"
    ATTAINMENT = "attainment"
    FIRST_RESPONSES = "first_responses"
    FIRST_RESPONSE_AVERAGE = "first_response_average"
    FIRST_RESPONSE_MEDIAN = "first_response_median"
    FIRST_RESPONSE_P90 = "first_response_p90"
    BUSINESS_FIRST_RESPONSES = "business_first_responses"
    BUSINESS_FIRST_RESPONSE_AVERAGE = "business_first_response_average"
    BUSINESS_FIRST_RESPONSE_MEDIAN = "business_first_response_median"
    BUSINESS_FIRST_RESPONSE_P90 = "business_first_response_p90"
    RESOLUTIONS = "resolutions"
    RESOLUTION_AVERAGE = "resolution_average"
    RESOLUTION_MEDIAN = "resolution_median"
    RESOLUTION_P90 = "resolution_p90"
    BUSINESS_RESOLUTIONS = "business_resolutions"
    BUSINESS_RESOLUTION_AVERAGE = "business_resolution_average"
    BUSINESS_RESOLUTION_MEDIAN = "business_resolution_median"
    BUSINESS_RESOLUTION_P90 = "business_resolution_p90"
