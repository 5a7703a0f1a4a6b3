"""The curve as a chart of ECharts, which NiceGUI brings along: plain texts and numbers, no script, no markup."""

from __future__ import annotations

from typing import Any

from sim.answers.result import ProposalResult
from sim.scenario.complaints import plain
from sim.show.page.figures import Curve
from sim.show.page.theme import BLUE, FAINT, INK, SOFT


def curve(found: Curve, text: ProposalResult) -> dict[str, Any]:
    """P(adopted) along a dial; a line and a point at today's value, a band of one standard error each side."""
    points = list(zip(found.at, found.adopted, found.errors, strict=True))
    series: list[dict[str, Any]] = [
        {
            "type": "line",
            "name": "P(adopted)",
            "data": [[x, round(p, 6)] for x, p, _ in points],
            "symbol": "circle",
            "symbolSize": 4,
            "lineStyle": {"color": BLUE, "width": 2.5},
            "itemStyle": {"color": BLUE},
            "markLine": {
                "symbol": "none",
                "silent": True,
                "lineStyle": {"color": INK, "type": "dashed", "width": 1},
                "label": {"formatter": "today", "color": INK, "position": "end"},
                "data": [{"xAxis": found.today}],
            },
        },
        {
            "type": "scatter",
            "name": "today",
            "data": [[found.today, round(text.adopted_any, 6)]],
            "symbol": "diamond",
            "symbolSize": 13,
            "itemStyle": {"color": INK},
        },
    ]
    if any(found.errors):
        for sign in (-1, 1):
            edge = [[x, round(min(max(p + sign * e, 0), 1), 6)] for x, p, e in points]
            series.append(
                {
                    "type": "line",
                    "name": "± standard error",
                    "data": edge,
                    "symbol": "none",
                    "lineStyle": {"color": BLUE, "width": 1, "type": "dotted"},
                }
            )
    axis = {
        "axisLine": {"lineStyle": {"color": SOFT}},
        "axisLabel": {"color": INK},
        "splitLine": {"lineStyle": {"color": FAINT}},
    }
    return {
        "animation": False,
        "textStyle": {"fontFamily": "system-ui, 'Liberation Sans', sans-serif"},
        "grid": {"left": 46, "right": 18, "top": 26, "bottom": 46},
        "tooltip": {"trigger": "axis", "renderMode": "richText"},
        "xAxis": {
            "type": "value",
            "min": found.at[0],
            "max": found.at[-1],
            "name": _short(plain(found.label)),
            "nameLocation": "middle",
            "nameGap": 28,
            "nameTextStyle": {"color": INK},
            **axis,
        },
        "yAxis": {
            "type": "value",
            "min": 0,
            "max": 1,
            "name": "P(adopted)",
            "nameTextStyle": {"color": INK, "align": "left"},
            **axis,
        },
        "series": series,
    }


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:58]} …"
