//! The only door to PostgreSQL: connecting, explaining, reading the catalogs, and trials that cannot commit.

mod catalog;
pub mod connect;
mod copies;
mod denied;
mod explain;
mod gateway;
mod hypothetical;
mod line;
mod own;
mod refusal;
pub mod session;
mod trial;
mod watcher;

pub use catalog::{
    Circumstances, Listed, Wanted, circumstances, list_tables, load as load_catalog, volatile_functions,
};
pub use copies::{Facts, IndexFacts, Written};
pub use denied::grant;
pub use explain::{Depth, explain};
pub use gateway::Gateway;
pub use hypothetical::{HypoPg, Imagination, Imagined};
pub use own::{KnownIndex, Rows, indexes};
pub use refusal::{Refusal, RefusalKind};
pub use session::{Limit, Limits, Server, Session, SetBy};
pub use trial::{Built, BuiltIndex, Horizon, Trial};
pub use watcher::{Blocker, Sight, Watcher};
