//! Physics of a cold box.
