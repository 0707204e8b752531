//! The `advisor` command.

/// A plan is many small strings: reading it is a sixth faster than with the system's allocator (benches/reading).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    advisor::cli::run()
}
