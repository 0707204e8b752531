//! Try a remedy, and weigh what came of it.

mod proof;

pub use proof::{Measurement, Prediction, Proof, Sample, Verdict};
