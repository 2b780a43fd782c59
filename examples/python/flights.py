"""What the examples have pandas do to flights."""

from typing import Any

import pandas as pd

from etl_polyglot import function


@function(retry=True)
def delays_by_distance(data: pd.DataFrame, step: int = 500) -> dict[str, Any]:
    """Say how late flights are, by how far they go."""
    miles = (data["distance"] // step * step).rename("miles")
    groups = data["delay"].groupby(miles)
    table = groups.agg(["count", "mean", "median", "max"]).round(1).reset_index()
    return {"delays": table, "flights": len(data), "late": float((data["delay"] > 15).mean())}
