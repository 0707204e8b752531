//! The client's own certificate and key (manual, 34.19.2).

use super::target::Tls;
use crate::error::{Error, Result};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{InconsistentKeys, crypto::CryptoProvider};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// The certificate to present. As in libpq, a file that is not there means none, even when it was named.
pub(super) fn load(tls: &Tls, provider: &CryptoProvider) -> Result<Option<SingleCertAndKey>> {
    let Some(path) = tls.certificate.as_deref().filter(|path| path.exists()) else { return Ok(None) };
    let chain = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| unreadable("client certificate", path, &error))?;
    if chain.is_empty() {
        return Err(unreadable("client certificate", path, &"there is no certificate in it"));
    }
    let key_path = tls.key.as_deref().filter(|path| path.exists()).ok_or_else(|| {
        Error::server(format!("there is a client certificate `{}`, but no key for it", path.display()))
            .hint("name it with `sslkey`, or do without the certificate: `sslcertmode=disable`")
    })?;
    let key = provider
        .key_provider
        .load_private_key(key(key_path)?)
        .map_err(|error| unreadable("client key", key_path, &error))?;
    let certified = CertifiedKey::new(chain, key);
    if let Err(rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch)) = certified.keys_match() {
        return Err(Error::server(format!(
            "the client key `{}` does not belong to the certificate `{}`",
            key_path.display(),
            path.display()
        ))
        .hint("name a matching pair with `sslcert` and `sslkey`"));
    }
    Ok(Some(SingleCertAndKey::from(certified)))
}

fn key(path: &Path) -> Result<PrivateKeyDer<'static>> {
    check_permissions(path)?;
    let bytes = std::fs::read(path).map_err(|error| unreadable("client key", path, &error))?;
    if contains(&bytes, b"ENCRYPTED") {
        return Err(Error::server(format!(
            "the client key `{}` is encrypted, which is not supported",
            path.display()
        ))
        .hint("write it without a passphrase: `openssl pkey -in … -out …`, readable by yourself only"));
    }
    if contains(&bytes, b"-----BEGIN") {
        return PrivateKeyDer::from_pem_slice(&bytes).map_err(|error| unreadable("client key", path, &error));
    }
    PrivateKeyDer::try_from(bytes).map_err(|error| unreadable("client key", path, &error))
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// libpq's rule: for its owner alone, or root's with read access for a group.
fn check_permissions(path: &Path) -> Result<()> {
    let metadata = std::fs::metadata(path).map_err(|error| unreadable("client key", path, &error))?;
    let forbidden = if metadata.uid() == 0 { 0o037 } else { 0o077 };
    if metadata.mode() & forbidden == 0 {
        return Ok(());
    }
    Err(Error::server(format!("the client key `{}` is not used: others may read it", path.display()))
        .hint(format!("allow only yourself: `chmod 600 {}`", path.display())))
}

/// The error for a file of TLS that cannot be used.
pub(super) fn unreadable(what: &str, path: &Path, error: &dyn std::fmt::Display) -> Error {
    Error::server(format!("the {what} `{}` cannot be used: {error}", path.display()))
        .hint("it must be a readable file in PEM form")
}
