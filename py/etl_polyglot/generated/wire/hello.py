# Generated from shared-schemas/wire/hello.schema.json by `npm run generate`; do not edit.
from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from etl_polyglot.schema.checks import Integral, Omittable


class HelloFrame(BaseModel):
    """Worker to Node, first: who speaks, and by which protocol and schemas."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    kind: Literal["hello"]
    protocol: Annotated[int, Field(ge=1), Integral]
    schema_digest: Annotated[str, Field(min_length=1, max_length=128)]
    pid: Annotated[int, Field(ge=1), Integral]
    versions: dict[str, str]
    shared_memory: bool
    """Whether the arenas could be mapped."""
    retry_safe: Omittable[list[str]] = None
    """What may run again when a worker is lost: methods, and functions as call_function:NAME."""
