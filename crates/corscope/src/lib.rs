//! The program corscope: command line, live checks, demo server.

pub mod cli;
pub mod demo;
pub mod input;
