# Generated from shared-schemas/api/job-request.schema.json by `npm run generate`; do not edit.
from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from etl_polyglot.schema.checks import Integral, Omittable, UniqueItems


class JobRequestSourceOptions(BaseModel):
    """How a CSV source is written."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    delimiter: Omittable[
        Annotated[str, Field(min_length=1, max_length=1, pattern=r"^[\x{9} !#-\~]$")]
    ] = None
    """One ASCII character between fields."""
    null_values: Omittable[
        Annotated[list[Annotated[str, Field(max_length=256)]], Field(max_length=64)]
    ] = None
    """Unquoted fields that mean an absent value."""


class JobRequestTransformationsItemVariant2(BaseModel):
    """Judge the records here, or give values that mean the same one form."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    type: Literal["validate", "normalize"]


class JobRequestTransformationsItemVariant3(BaseModel):
    """Keep one of the records with the same key."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    type: Literal["deduplicate"]
    key: Omittable[
        Annotated[
            list[Annotated[str, Field(min_length=1, max_length=256)]],
            Field(min_length=1, max_length=64),
            UniqueItems,
        ]
    ] = None
    """The columns that make records equal; when absent x-primary-key of the schema, without one
    the whole record.
    """
    keep: Omittable[Literal["first", "last"]] = None
    """Which of equal records stays, by source order (first)."""


class JobRequestTransformationsItemVariant4AggregatesItem(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    name: Annotated[str, Field(min_length=1, max_length=256)]
    """What the column is called."""
    function: Literal["count", "count_distinct", "sum", "min", "max", "mean", "first", "last"]
    """How it is computed."""
    column: Omittable[Annotated[str, Field(min_length=1, max_length=256)]] = None
    """Of which column; count may do without one, and then counts rows."""


class JobRequestTransformationsItemVariant4(BaseModel):
    """Make one row of all rows with the same values in some columns."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    type: Literal["aggregate"]
    group_by: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=256)]],
        Field(min_length=1, max_length=64),
        UniqueItems,
    ]
    """The columns whose values make a group."""
    aggregates: Annotated[
        list[JobRequestTransformationsItemVariant4AggregatesItem],
        Field(min_length=1, max_length=256),
    ]
    """The columns to compute."""


class JobRequest(BaseModel):
    """The body of POST /api/v1/jobs: take a file in, check and transform its records, publish
    them.
    """

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    job_id: Omittable[Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._\-]{0,127}$")]] = None
    """Your name for the job; made up when absent."""
    source_type: Literal["arrow", "csv", "json", "ndjson", "parquet"]
    """The format of the source file."""
    source_path: Annotated[str, Field(min_length=1, max_length=4096)]
    """The source file, under a data root."""
    source_options: Omittable[JobRequestSourceOptions] = None
    """How a CSV source is written."""
    target_type: Literal["arrow", "csv", "json", "ndjson", "parquet"]
    """The format of the target file; arrow is an IPC stream where target_path ends in .arrows,
    else an IPC file.
    """
    target_path: Annotated[str, Field(min_length=1, max_length=4096)]
    """The target file, under a data root."""
    schema_name: Omittable[Annotated[str, Field(min_length=1, max_length=128)]] = None
    """The record schema; may be absent for Parquet and Arrow under validation_mode skip."""
    transformations: Omittable[
        Annotated[
            list[
                Literal["validate", "normalize", "deduplicate"]
                | JobRequestTransformationsItemVariant2
                | JobRequestTransformationsItemVariant3
                | JobRequestTransformationsItemVariant4
            ],
            Field(max_length=100),
        ]
    ] = None
    """The steps after validation, in order; a step validate moves validation there."""
    validation_mode: Omittable[Literal["strict", "lenient", "skip"]] = None
    """What bad records do: fail the job, go to the rejects, or are not looked for."""
    max_errors: Omittable[Annotated[int, Field(ge=0, le=1000000000), Integral]] = None
    """strict: rejects kept (1000). lenient: more rejected records than this fail the job."""
    max_error_rate: Omittable[Annotated[float, Field(ge=0, le=1)]] = None
    """lenient: a larger share of rejected records fails the job."""
    batch_size: Omittable[Annotated[int, Field(ge=1, le=1048576), Integral]] = None
    """Rows per record batch handed to transforms; changes no result."""
    enable_zero_copy: Omittable[bool] = None
    """false: batches that cross between the processes go inline over the pipe."""
    if_exists: Omittable[Literal["replace", "fail"]] = None
    """What to do when the target exists."""
    profile: Omittable[bool] = None
    """true: the report tells what the columns of the output hold."""
