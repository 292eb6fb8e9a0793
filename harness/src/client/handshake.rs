//! What a certificate is worth, found out by a TLS handshake alone: nothing is said to the target.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use rustls_platform_verifier::Verifier;
use scenarios::probes::Certificate;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use url::Url;

use super::Connect;

const DAY: u64 = 86_400;

/// Shakes hands with the host of an https URL. An error says why no certificate was seen, or that this machine cannot
/// tell what it is worth.
pub(super) async fn certificate(
    url: &Url,
    connect: &Connect,
    days: u32,
) -> Result<Certificate, String> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let roots = connect
        .authorities
        .iter()
        .cloned()
        .map(CertificateDer::from);
    let trusted = Verifier::new_with_extra_roots(roots, provider.clone())
        .map_err(|error| error.to_string())?;
    let looking = Arc::new(Looking {
        trusted,
        days,
        seen: Mutex::default(),
    });
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .dangerous()
        .with_custom_certificate_verifier(looking.clone())
        .with_no_client_auth();
    let host = url.host_str().ok_or("the URL has no host")?;
    let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned())
        .map_err(|error| error.to_string())?;
    let stream = reached(url, host, connect).await?;
    let shaken = TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await;
    let seen = looking
        .seen
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    match (seen, shaken) {
        (
            Some(Seen {
                today: Ok(()),
                then,
            }),
            Ok(_),
        ) => Ok(match then {
            Ok(()) => Certificate::Trusted,
            Err(_) => Certificate::EndsSoon,
        }),
        (
            Some(Seen {
                today: Err(Error::InvalidCertificate(fault)),
                ..
            }),
            _,
        ) => worth(&fault, url),
        (
            Some(Seen {
                today: Err(error), ..
            }),
            _,
        ) => Err(error.to_string()),
        (_, Err(error)) => Err(error.to_string()),
        (None, Ok(_)) => Err("the target showed no certificate".into()),
    }
}

async fn reached(url: &Url, host: &str, connect: &Connect) -> Result<TcpStream, String> {
    let port = url.port_or_known_default().unwrap_or(443);
    let instead = connect.resolve.iter().find(|(name, _)| name == host);
    let stream = match instead {
        Some((_, address)) => {
            let port = match (url.port(), address.port()) {
                (Some(port), _) => port,
                (None, 0) => port,
                (None, other) => other,
            };
            TcpStream::connect(SocketAddr::new(address.ip(), port)).await
        }
        None => TcpStream::connect((host.trim_matches(['[', ']']), port)).await,
    };
    stream.map_err(|error| error.to_string())
}

/// What is wrong with it. Who vouches for a host of a private network, this machine need not know.
fn worth(fault: &CertificateError, url: &Url) -> Result<Certificate, String> {
    let why = Error::InvalidCertificate(fault.clone()).to_string();
    let stranger = matches!(fault, CertificateError::UnknownIssuer);
    if stranger && !crate::profile::is_public(url) {
        return Err(format!(
            "{why}; in a private network that may be meant: name the file of the authority in SSL_CERT_FILE"
        ));
    }
    Ok(Certificate::Refused(why))
}

#[derive(Debug)]
struct Seen {
    today: Result<(), Error>,
    /// So many days later.
    then: Result<(), Error>,
}

/// Remembers what the machine's own verifier says.
#[derive(Debug)]
struct Looking {
    trusted: Verifier,
    days: u32,
    seen: Mutex<Option<Seen>>,
}

impl ServerCertVerifier for Looking {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let at = |now| {
            self.trusted.verify_server_cert(
                end_entity,
                intermediates,
                server_name,
                ocsp_response,
                now,
            )
        };
        let later = Duration::from_secs(now.as_secs() + u64::from(self.days) * DAY);
        let today = at(now);
        let seen = Seen {
            today: today.as_ref().map(|_| ()).map_err(Clone::clone),
            then: at(UnixTime::since_unix_epoch(later)).map(drop),
        };
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(seen);
        today
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.trusted.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.trusted.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.trusted.supported_verify_schemes()
    }
}
