//! The `advisor` command.

fn main() -> std::process::ExitCode {
    advisor::cli::run()
}
