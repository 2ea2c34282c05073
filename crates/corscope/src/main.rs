use std::process::ExitCode;

fn main() -> ExitCode {
    corscope::cli::main()
}
