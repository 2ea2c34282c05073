use std::process::ExitCode;

/// A verdict is a few hundred small allocations; this allocator makes streams of them faster (see
/// `docs/decisions/0010-allocator.md`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    corscope::cli::main()
}
