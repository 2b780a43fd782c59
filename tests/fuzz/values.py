"""Makes JSON values without a look at any schema."""

from __future__ import annotations

from hypothesis import strategies as st

from .names import NUMBERS, TEXTS, names

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from(NUMBERS),
    st.integers(-5, 12),
    st.sampled_from(TEXTS),
)

values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(names, inner, max_size=3),
    ),
    max_leaves=5,
)
"""Any JSON value: scalars at which languages part, small arrays and objects of them."""
