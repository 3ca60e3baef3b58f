//! Properties of the moves.
