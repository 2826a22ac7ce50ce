"""The kinds of panels that the dashboards are made of, all in one manner."""

from collections.abc import Sequence
from typing import Any

from grafana_foundation_sdk.builders import (
    barchart,
    common,
    dashboard,
    gauge,
    piechart,
    stat,
    table,
    timeseries,
)
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.variants import Dataquery
from grafana_foundation_sdk.models import common as words
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    DataSourceRef,
    FieldColorModeId,
    Threshold,
    ThresholdsMode,
    VariableOption,
    VariableRefresh,
)
from grafana_foundation_sdk.models.piechart import PieChartLegendValues, PieChartType

from grafana.sources import POSTGRES

Queries = Sequence[Builder[Dataquery]]
GOOD, BAD, WARM, PLAIN = "green", "red", "orange", "blue"
ALL = "$__all"


def _dressed(panel: Any, title: str, formula: str, queries: Queries, source: DataSourceRef, unit: str) -> Any:
    """What every panel has: a title, what its figures mean, where they come from."""
    panel.title(title).description(formula).datasource(source).unit(unit)
    for query in queries:
        panel.with_target(query)
    return panel


def _steps(*steps: tuple[float | None, str]) -> dashboard.ThresholdsConfig:
    made = [Threshold(value, color) for value, color in steps]
    return dashboard.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(made)


def _rows() -> common.ReduceDataOptions:
    """Each row is a value of its own."""
    return common.ReduceDataOptions().values(True).calcs(["lastNotNull"]).fields("")


def number(
    title: str, formula: str, query: Builder[Dataquery], *, unit: str = "short", alarming: bool = False
) -> Any:
    """One figure. `alarming`: any at all is bad."""
    steps = ((None, GOOD), (1, BAD)) if alarming else ((None, PLAIN),)
    panel = (
        stat.Panel()
        .graph_mode(words.BigValueGraphMode.NONE)
        .color_mode(words.BigValueColorMode.VALUE)
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]).fields("").values(False))
        .thresholds(_steps(*steps))
        .span(4)
        .height(4)
    )
    return _dressed(panel, title, formula, [query], POSTGRES, unit)


def share(title: str, formula: str, query: Builder[Dataquery], *, good: float, fair: float) -> Any:
    """A share from 0 to 1, on a gauge: green from `good` on, orange from `fair`."""
    panel = (
        gauge.Panel()
        .min(0)
        .max(1)
        .reduce_options(_rows())
        .thresholds(_steps((None, BAD), (fair, WARM), (good, GOOD)))
        .span(8)
        .height(8)
    )
    return _dressed(panel, title, formula, [query], POSTGRES, "percentunit")


def duration(title: str, formula: str, query: Builder[Dataquery], *, good: float, fair: float) -> Any:
    """Seconds on a gauge: green below `good`, orange below `fair`."""
    panel = (
        gauge.Panel()
        .min(0)
        .max(fair * 2)
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]).fields("").values(False))
        .thresholds(_steps((None, GOOD), (good, WARM), (fair, BAD)))
        .span(8)
        .height(8)
    )
    return _dressed(panel, title, formula, [query], POSTGRES, "s")


def pie(title: str, formula: str, query: Builder[Dataquery]) -> Any:
    legend = piechart.PieChartLegendOptions().show_legend(True).placement(words.LegendPlacement.RIGHT)
    legend.display_mode(words.LegendDisplayMode.TABLE).values([PieChartLegendValues.VALUE])
    panel = (
        piechart.Panel().pie_type(PieChartType.DONUT).legend(legend).reduce_options(_rows()).span(8).height(8)
    )
    return _dressed(panel, title, formula, [query], POSTGRES, "short")


def bars(
    title: str,
    formula: str,
    query: Builder[Dataquery],
    *,
    of: str,
    across: bool = False,
    unit: str = "short",
    width: int = 8,
) -> Any:
    """A bar or several for each row, named by its column `of`. `across`: from left to right."""
    panel = (
        barchart.Panel()
        .x_field(of)
        .orientation(words.VizOrientation.HORIZONTAL if across else words.VizOrientation.AUTO)
        .color_scheme(dashboard.FieldColor().mode(FieldColorModeId.PALETTE_CLASSIC))
        .min(0)
        .span(width)
        .height(8)
    )
    return _dressed(panel, title, formula, [query], POSTGRES, unit)


def over_time(
    title: str,
    formula: str,
    *queries: Builder[Dataquery],
    unit: str = "short",
    source: DataSourceRef = POSTGRES,
    stacked: bool = False,
    filled: bool = False,
    top: float | None = None,
    width: int = 12,
) -> Any:
    """Lines, or bars on top of each other."""
    style = words.GraphDrawStyle.BARS if stacked else words.GraphDrawStyle.LINE
    stacking = common.StackingConfig().mode(words.StackingMode.NORMAL if stacked else words.StackingMode.NONE)
    panel = (
        timeseries.Panel()
        .draw_style(style)
        .stacking(stacking)
        .fill_opacity(70 if stacked else 20 if filled else 0)
        .show_points(words.VisibilityMode.AUTO)
        .span_nulls(True)
        .color_scheme(dashboard.FieldColor().mode(FieldColorModeId.PALETTE_CLASSIC))
        .min(0)
        .span(width)
        .height(8)
    )
    if top is not None:
        panel.max(top)
    return _dressed(panel, title, formula, queries, source, unit)


def rows(title: str, formula: str, query: Builder[Dataquery], *, width: int = 24) -> Any:
    """A table."""
    return _dressed(table.Panel().span(width).height(9), title, formula, [query], POSTGRES, "short")


def choice(name: str, label: str, query: str) -> dashboard.QueryVariable:
    """A variable of several values, all of them at first."""
    everything = VariableOption(text="All", value=ALL, selected=True)
    return (
        dashboard.QueryVariable(name)
        .label(label)
        .datasource(POSTGRES)
        .query(query)
        .refresh(VariableRefresh.ON_DASHBOARD_LOAD)
        .multi(True)
        .include_all(True)
        .current(everything)
    )


def page(
    uid: str,
    title: str,
    about: str,
    since: str,
    panels: Sequence[Any],
    variables: Sequence[Builder[Any]] = (),
    *,
    refresh: str = "5m",
) -> dashboard.Dashboard:
    """A dashboard of panels, left to right and down."""
    made = (
        dashboard.Dashboard(title)
        .uid(uid)
        .description(about)
        .tags(["mesa"])
        .time(since, "now")
        .timezone("browser")
        .refresh(refresh)
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .readonly()
    )
    for variable in variables:
        made.with_variable(variable)
    for number, panel in enumerate(panels, 1):
        made.with_panel(panel.id(number))
    return made
