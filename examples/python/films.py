"""What no schema can say of a film."""

import pandas as pd

from etl_polyglot import rule


@rule("movie", field="Release Date")
def was_out_when_the_list_was_made(frame: pd.DataFrame) -> pd.Series:
    """must not be after 2011, when the list was made"""
    return frame["Release Date"].str[-4:].astype(int) <= 2011
