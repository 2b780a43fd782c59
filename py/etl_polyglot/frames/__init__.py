"""Judges the frames that people work with: pandas, Arrow, and whatever exports Arrow streams."""
