//! Try a remedy, and weigh what came of it.

mod proof;
mod weigh;

pub use proof::{Measurement, Prediction, Proof, Sample, Verdict};
pub use weigh::{Weighed, weigh};
