"""The microservice: FastAPI on uvicorn, with the fastest loop and parser that it has.

Run as `python service.py`; it prints the port that it listens on, and ends with its stdin.
"""

import gc
import socket
import sys
import threading
from typing import Annotated

import uvicorn
from fastapi import Depends, FastAPI, Request, Response
from pydantic import BaseModel, TypeAdapter
from users_rows import transform_rows
from users_table import transform_table

_COLLECT_AFTER = 100_000


class Echo(BaseModel):
    """What both handlers of a round trip take and give back."""

    id: int
    email: str
    name: str
    age: int
    created_at: str
    is_active: bool
    tags: list[str]


app = FastAPI()
_echo = TypeAdapter(Echo)


@app.get("/ready")
async def ready() -> None:
    """Answer: it listens."""


@app.post("/echo")
def echo(payload: Echo) -> Response:
    """Give back a payload, by a handler that may block: in a thread, as FastAPI runs these."""
    return Response(_echo.dump_json(payload), media_type="application/json")


@app.post("/echo-on-loop")
async def echo_on_loop(payload: Echo) -> Response:
    """Give back a payload, by a handler that must not block: on the event loop."""
    return Response(_echo.dump_json(payload), media_type="application/json")


async def _body(request: Request) -> bytes:
    return await request.body()


Body = Annotated[bytes, Depends(_body)]


@app.post("/users/rows")
def users_rows(body: Body) -> Response:
    """Validate and normalise users that come and go as JSON."""
    return Response(transform_rows(body), media_type="application/json")


@app.post("/users/table")
def users_table(body: Body) -> Response:
    """Validate and normalise users that come and go as an Arrow stream."""
    content = transform_table(body)
    return Response(memoryview(content), media_type="application/vnd.apache.arrow.stream")


def main() -> None:
    """Listen on a free port of the loopback, and serve until stdin ends."""
    gc.freeze()  # what was imported stays, and rows have no cycles
    gc.set_threshold(_COLLECT_AFTER)
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    print(listening.getsockname()[1], flush=True)
    config = uvicorn.Config(
        app, loop="uvloop", http="httptools", access_log=False, log_level="warning"
    )
    server = uvicorn.Server(config)
    threading.Thread(target=_stop_with_parent, args=(server,), daemon=True).start()
    server.run(sockets=[listening])


def _stop_with_parent(server: uvicorn.Server) -> None:
    """Wait until stdin ends, as it does with whoever started this."""
    sys.stdin.read()
    server.should_exit = True


if __name__ == "__main__":
    main()
