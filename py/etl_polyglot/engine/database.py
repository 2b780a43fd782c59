"""DuckDB databases in memory that can do nothing but compute."""

from collections.abc import Mapping

import duckdb


def locked_database(threads: int, settings: Mapping[str, str | bool]) -> duckdb.DuckDBPyConnection:
    """Open a database that reaches no file or network but through its settings.

    Parameters:
        threads: how many it may use.
        settings: made before they are locked; after external access is off it refuses to move
            its folder.
    """
    connection = duckdb.connect(config={"threads": threads})
    try:
        for setting, value in {
            **settings,
            "enable_external_access": False,
            "lock_configuration": True,
        }.items():
            connection.execute(f"SET {setting} = ?", [value])
    except BaseException:
        connection.close()
        raise
    return connection
