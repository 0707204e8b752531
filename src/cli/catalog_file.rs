//! `--catalog FILE`: what `advisor catalog` wrote.

use std::path::{Path, PathBuf};

use crate::catalog::{CatalogFile, Origin};
use crate::error::{Error, Result};
use crate::input::{self, Source};

/// What to give instead.
const WANTED: &str = "--catalog takes a file that `advisor catalog -d DSN > FILE` wrote";

/// Reads a catalog.
pub fn read(path: &Path) -> Result<CatalogFile> {
    let source = Source::File(PathBuf::from(path));
    let unread = |error: Error| Error::input(error.what()).hint(WANTED);
    let texts = input::read(&[source], std::io::empty()).map_err(unread)?;
    let text = texts.first().map(|text| text.text.as_str()).unwrap_or_default();
    CatalogFile::read(text).map_err(|error| error.during(&format!("the catalog `{}`", path.display())))
}

/// Where it comes from, as a remark of the report.
pub fn told(path: &Path, origin: &Origin) -> String {
    format!(
        "the tables are known from `{}`: the database `{}` of PostgreSQL {}, as it was at {}",
        path.display(),
        origin.database,
        origin.server_version,
        origin.taken_at
    )
}
