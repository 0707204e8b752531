//! rustls, set up as libpq sets up OpenSSL (fe-secure-openssl.c, `initialize_SSL`).

use super::client_certificate::{self, unreadable};
use super::target::{Roots, SslMode, Tls, Version};
use super::verifier::Verifier;
use crate::error::{Error, Result};
use rustls::client::WebPkiServerVerifier;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, RootCertStore};
use std::convert::Infallible;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio_postgres::Socket;
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres_rustls::MakeRustlsConnect;

/// What makes a TLS stream of a socket, and knows whether it came to that.
#[derive(Clone)]
pub(super) struct Connector {
    inner: MakeRustlsConnect,
    started: Arc<AtomicBool>,
}

impl Connector {
    /// Reads the files that are named and builds the configuration.
    pub fn new(tls: &Tls) -> Result<Self> {
        Ok(Self { inner: MakeRustlsConnect::new(configuration(tls)?), started: Arc::default() })
    }

    /// The same for another attempt.
    pub fn again(&self) -> Self {
        Self { inner: self.inner.clone(), started: Arc::default() }
    }

    /// Whether the server agreed to TLS, so that the handshake began.
    pub fn started(&self) -> bool {
        self.started.load(Ordering::Relaxed)
    }
}

impl MakeTlsConnect<Socket> for Connector {
    type Stream = <MakeRustlsConnect as MakeTlsConnect<Socket>>::Stream;
    type TlsConnect = Connect;
    type Error = Infallible;

    fn make_tls_connect(&mut self, name: &str) -> Result<Connect, Infallible> {
        let inner = MakeTlsConnect::<Socket>::make_tls_connect(&mut self.inner, name)?;
        Ok(Connect { inner, started: Arc::clone(&self.started) })
    }
}

/// One handshake.
pub(super) struct Connect {
    inner: <MakeRustlsConnect as MakeTlsConnect<Socket>>::TlsConnect,
    started: Arc<AtomicBool>,
}

impl TlsConnect<Socket> for Connect {
    type Stream = <MakeRustlsConnect as MakeTlsConnect<Socket>>::Stream;
    type Error = std::io::Error;
    type Future = <<MakeRustlsConnect as MakeTlsConnect<Socket>>::TlsConnect as TlsConnect<Socket>>::Future;

    fn connect(self, stream: Socket) -> Self::Future {
        self.started.store(true, Ordering::Relaxed);
        self.inner.connect(stream)
    }
}

fn configuration(tls: &Tls) -> Result<ClientConfig> {
    let provider = Arc::new(ring::default_provider());
    let verifier = verifier(tls, &provider)?;
    let versions: Vec<_> = [(Version::Tls12, &TLS12), (Version::Tls13, &TLS13)]
        .into_iter()
        .filter(|(version, _)| tls.oldest.is_none_or(|oldest| *version >= oldest))
        .filter(|(version, _)| tls.newest.is_none_or(|newest| *version <= newest))
        .map(|(_, version)| version)
        .collect();
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&versions)
        .map_err(|_| {
            Error::input("no version of TLS is left")
                .hint("`ssl_min_protocol_version` must not be above `ssl_max_protocol_version`")
        })?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let mut configuration = match client_certificate::load(tls, &provider)? {
        Some(own) => builder.with_client_cert_resolver(Arc::new(own)),
        None => builder.with_no_client_auth(),
    };
    configuration.enable_sni = !tls.hide_server_name;
    if tls.direct {
        configuration.alpn_protocols = vec![b"postgresql".to_vec()];
    }
    Ok(configuration)
}

/// As in libpq, a root file that exists is used in every mode; one that is missing matters from verify-ca on.
fn verifier(tls: &Tls, provider: &Arc<CryptoProvider>) -> Result<Verifier> {
    let algorithms = provider.signature_verification_algorithms;
    let roots = match &tls.roots {
        Roots::System => system_roots()?,
        Roots::File(path) if path.exists() => root_file(path)?,
        _ if tls.mode < SslMode::VerifyCa => return Ok(Verifier::of_anyone(algorithms)),
        Roots::File(path) => return Err(no_root_file(&format!("`{}` does not exist", path.display()))),
        Roots::None => return Err(no_root_file("none is named")),
    };
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(roots.iter().cloned());
    let chain = WebPkiServerVerifier::builder_with_provider(Arc::new(store), Arc::clone(provider))
        .with_crls(revoked(tls)?)
        .enforce_revocation_expiration()
        .build()
        .map_err(|error| no_root_file(&format!("what is in it cannot be used: {error}")))?;
    Ok(Verifier::of_chain(chain, roots, tls.mode == SslMode::VerifyFull, algorithms))
}

fn no_root_file(problem: &str) -> Error {
    Error::server(format!(
        "the server's certificate cannot be verified without a root certificate: {problem}"
    ))
    .hint(
        "name the authority's certificate with `sslrootcert` (`system` for the public ones), \
         or use `sslmode=require` to connect without verifying",
    )
}

fn root_file(path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<_, _>>)
        .map_err(|error| unreadable("root certificate", path, &error))
}

fn system_roots() -> Result<Vec<CertificateDer<'static>>> {
    let loaded = rustls_native_certs::load_native_certs();
    if loaded.certs.is_empty() {
        return Err(no_root_file("this system has no store of certificates"));
    }
    Ok(loaded.certs)
}

/// As in libpq, a list that is not there is none.
fn revoked(tls: &Tls) -> Result<Vec<CertificateRevocationListDer<'static>>> {
    let Some(path) = tls.revoked.as_deref().filter(|path| path.exists()) else { return Ok(Vec::new()) };
    CertificateRevocationListDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<_, _>>)
        .map_err(|error| unreadable("revocation list", path, &error))
}
