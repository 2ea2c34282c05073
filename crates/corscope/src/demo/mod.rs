//! The demo server: one deliberately broken endpoint for each root cause, and some healthy ones.
