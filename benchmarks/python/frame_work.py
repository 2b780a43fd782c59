"""The work that is done on every frame, whichever way it came: little, as the ways are measured."""

import pandas as pd


def with_age_in_months(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the users with their age in months as one more column."""
    return frame.assign(age_in_months=frame["age"] * 12)
