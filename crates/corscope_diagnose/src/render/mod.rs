//! Renderers: a verdict document for people and for machines, one format a file.
