"""What dashboards ask: queries to PostgreSQL, InfluxDB and CloudWatch, as Grafana's plug-ins take them.

The identifiers are those of provisioning/datasources.
"""

from collections.abc import Mapping
from typing import Literal

from grafana_foundation_sdk.builders.cloudwatch import CloudWatchMetricsQuery
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.runtime import UnknownDataquery
from grafana_foundation_sdk.cog.variants import Dataquery
from grafana_foundation_sdk.models.cloudwatch import CloudWatchQueryMode, MetricEditorMode, MetricQueryType
from grafana_foundation_sdk.models.dashboard import DataSourceRef

POSTGRES = DataSourceRef("grafana-postgresql-datasource", "mesa-postgres")
INFLUX = DataSourceRef("influxdb", "mesa-influx")
CLOUDWATCH = DataSourceRef("cloudwatch", "mesa-cloudwatch")
Format = Literal["table", "time_series"]
LETTERS = "ABCDEFGHIJ"


class _Raw(Builder[Dataquery]):
    """A query of a plug-in that the SDK has no types for."""

    def __init__(self, query: dict[str, object]) -> None:
        self._query = query

    def build(self) -> Dataquery:
        return UnknownDataquery(self._query)


def sql(statement: str, form: Format, ref: str = "A") -> Builder[Dataquery]:
    """A query to the views of the schema `reporting`. `time_series` wants a column `time`, in its order."""
    return _Raw(
        {
            "refId": ref,
            "datasource": POSTGRES,
            "editorMode": "code",
            "format": form,
            "rawQuery": True,
            "rawSql": "\n".join(line.strip() for line in statement.strip().splitlines()),
        }
    )


def influx(statement: str, alias: str = "", ref: str = "A") -> Builder[Dataquery]:
    """A query in InfluxQL. `alias`: the name of a series, such as `$tag_priority`."""
    query = {"query": " ".join(statement.split()), "rawQuery": True, "resultFormat": "time_series"}
    return _Raw({"refId": ref, "datasource": INFLUX, **query, **({"alias": alias} if alias else {})})


def metric(
    namespace: str, name: str, statistic: str, dimensions: Mapping[str, str], label: str = "", ref: str = "A"
) -> Builder[Dataquery]:
    """Metrics of CloudWatch. A dimension `*` is a series for each of its values."""
    query = (
        CloudWatchMetricsQuery()
        .query_mode(CloudWatchQueryMode.METRICS)
        .metric_query_type(MetricQueryType.SEARCH)
        .metric_editor_mode(MetricEditorMode.BUILDER)
        .ref_id(ref)
        .id("")
        .region("$region")
        .namespace(namespace)
        .metric_name(name)
        .dimensions({key: [value] for key, value in dimensions.items()})
        .match_exact(True)
        .statistic(statistic)
        .period("auto")
        .expression("")
        .datasource(CLOUDWATCH)
    )
    return query.label(label) if label else query
