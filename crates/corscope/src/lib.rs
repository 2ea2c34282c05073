//! The program corscope: command line, live checks, simulation, demo server.

pub mod check;
pub mod cli;
pub mod demo;
pub mod input;
pub mod simulate;
