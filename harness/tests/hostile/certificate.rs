//! A server whose certificate nobody vouches for, or that is another host's: it is told, and nothing is said to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use authspec::profile::Source;
use rcgen::generate_simple_self_signed;
use reports::gate::{EXIT_NOT_JUDGED, exit_code};
use reports::model::Verdict;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::support::{check, ids, shown, target};

/// Serves TLS with a certificate of its own making for this name; returns the URL and how many bytes it was told.
async fn secured(name: &str) -> (String, Arc<AtomicUsize>) {
    let made = generate_simple_self_signed([name.to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let chain = vec![CertificateDer::from(made.cert.der().to_vec())];
    let provider = Arc::new(tokio_rustls::rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!(
        "https://localhost:{}",
        listener.local_addr().unwrap().port()
    );
    let told = Arc::new(AtomicUsize::new(0));
    let count = told.clone();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let (acceptor, count) = (acceptor.clone(), count.clone());
            tokio::spawn(async move {
                if let Ok(mut stream) = acceptor.accept(socket).await {
                    let mut bytes = [0; 1024];
                    let read = stream.read(&mut bytes).await.unwrap_or(0);
                    count.fetch_add(read, Ordering::SeqCst);
                }
            });
        }
    });
    (url, told)
}

async fn is_not_spoken_to(name: &str) {
    let (url, told) = secured(name).await;
    let report = check(
        target(Source::Preset("fastapi"), &url, &[]),
        crate::hurried(),
    )
    .await;
    let all = shown(&report);
    assert_eq!(ids(&report, Verdict::Pass), [""; 0], "{all}");
    assert!(all.contains("certificate"), "{all}");
    assert_eq!(exit_code(report.summary.gate), EXIT_NOT_JUDGED);
    assert_eq!(told.load(Ordering::SeqCst), 0, "no request reached it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_that_nobody_vouches_for_is_told() {
    is_not_spoken_to("localhost").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_of_another_host_is_told() {
    is_not_spoken_to("another.example").await;
}
