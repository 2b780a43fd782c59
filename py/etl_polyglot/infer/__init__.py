"""Drafting a first record schema from a file: observe all of it, guess, and prove the guess."""
