//! The program corscope: command line, live checks, simulation, demo server.

pub mod browser;
pub mod check;
pub mod cli;
pub mod config;
pub mod contract;
pub mod debugger;
pub mod demo;
pub mod har;
pub mod input;
mod sarif;
pub mod server;
pub mod session;
pub mod simulate;
