//! What holds for every configuration.
