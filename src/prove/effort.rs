//! How much trying a statement is worth.

/// How many remedies are built, and how long each is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Effort {
    /// The best candidate alone, measured as often as it takes to tell a clear gain.
    Quick,
    /// The few best candidates.
    #[default]
    Normal,
    /// Every candidate, measured until the figures stand still.
    Thorough,
}
