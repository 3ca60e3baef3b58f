//! Ways, vehicles on them, matrices.
