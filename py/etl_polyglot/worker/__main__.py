"""`python -m etl_polyglot.worker`: what Node starts."""

from etl_polyglot.worker.stdio import claim_stdio


def main() -> None:
    """Claim the standard streams, then import everything else and serve until stdin ends."""
    streams = claim_stdio()

    from etl_polyglot.worker.serve import serve

    serve(streams)


if __name__ == "__main__":
    main()
