//! What adds up along a route.
