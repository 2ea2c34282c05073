//! The program corscope: command line, live checks, simulation, demo server.

pub mod browser;
pub mod check;
pub mod cli;
pub mod config;
pub mod debugger;
pub mod demo;
pub mod har;
pub mod input;
pub mod server;
pub mod session;
pub mod simulate;
