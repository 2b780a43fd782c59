"""Differential fuzzing: made-up schemas and instances, judged by every layer and two oracles."""
