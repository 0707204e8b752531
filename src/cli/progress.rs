//! What is happening, on standard error.

use std::cell::Cell;
use std::future::Future;
use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::report;

/// A spinner that appears only once something has taken this long: shorter waits need no words.
const SOON: Duration = Duration::from_millis(400);

/// After so long, a person wants to know what is being waited for.
const LONG: Duration = Duration::from_millis(1_500);

/// Tells of long work: with a spinner on a terminal, with lines elsewhere.
pub struct Progress {
    terminal: bool,
    prefix: String,
    spinner: Cell<Option<ProgressBar>>,
}

impl Progress {
    /// On standard error; `prefix` names the statement when there are several.
    pub fn new(prefix: String) -> Self {
        Self { terminal: std::io::stderr().is_terminal(), prefix, spinner: Cell::new(None) }
    }

    /// Says something that others could notice, or that must be known before it happens.
    pub fn say(&self, text: &str) {
        let line = report::harmless_text(&format!("{}{text}", self.prefix));
        match self.spinner.take() {
            Some(spinner) => {
                spinner.println(line);
                self.spinner.set(Some(spinner));
            }
            None => eprintln!("{line}"),
        }
    }

    /// Waits for `work`; when that takes a while, shows that `what` is going on, and later says `meanwhile`.
    pub async fn during<T>(&self, what: &str, meanwhile: Option<&str>, work: impl Future<Output = T>) -> T {
        tokio::pin!(work);
        if let Ok(done) = tokio::time::timeout(SOON, &mut work).await {
            return done;
        }
        let spinner = self.terminal.then(|| spinner(format!("{}{what}", self.prefix)));
        self.spinner.set(spinner);
        let rest = async {
            if let Ok(done) = tokio::time::timeout(LONG - SOON, &mut work).await {
                return done;
            }
            if let Some(meanwhile) = meanwhile {
                self.say(meanwhile);
            }
            work.await
        };
        let done = rest.await;
        if let Some(spinner) = self.spinner.take() {
            spinner.finish_and_clear();
        }
        done
    }
}

fn spinner(message: String) -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} {msg} ({elapsed})");
    let bar = ProgressBar::new_spinner().with_message(message);
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}
