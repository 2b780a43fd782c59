"""The compiler's back ends: Zod and Pydantic source, and the constants of both languages."""
