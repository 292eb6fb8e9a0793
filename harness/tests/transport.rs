//! The reference server behind a TLS end, good and bad: what only https can show.

use std::net::SocketAddr;
use std::sync::Arc;

use authspec::client::Connect;
use authspec::options::Options;
use authspec::profile::Source;
use axum::http::{HeaderValue, header::STRICT_TRANSPORT_SECURITY};
use axum::middleware::map_response;
use axum::response::Response;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use reference_server::{Config, Parts, Running, Secret, SystemClock};
use reports::model::{Report, Verdict};
use support::{check, ids, now, options, real_time, shown, target};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

mod support;

/// A name that everybody could reach; it is resolved to loopback.
const HOST: &str = "shop.example.com";
const YEAR: &str = "max-age=31536000; includeSubDomains";
const WATCHED: [&str; 3] = [
    "transport.certificate",
    "transport.hsts",
    "transport.https-only",
];

/// How the server is deployed.
struct Deployed {
    url: &'static str,
    /// The host that the certificate names.
    named: &'static str,
    /// Days from today until the certificate ends.
    days: i64,
    /// Whether the client knows the authority.
    known: bool,
    hsts: Option<&'static str>,
    /// Whether plain http is answered on the same port.
    plain: bool,
}

const WELL: Deployed = Deployed {
    url: "https://shop.example.com",
    named: HOST,
    days: 60,
    known: true,
    hsts: Some(YEAR),
    plain: false,
};

struct Made {
    authority: Vec<u8>,
    config: ServerConfig,
}

/// An authority and a certificate of it.
fn certified(name: &str, days: i64) -> Made {
    let key = KeyPair::generate().unwrap();
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = authority.self_signed(&key).unwrap();
    let issuer = Issuer::new(authority, key);
    let own = KeyPair::generate().unwrap();
    let mut leaf = CertificateParams::new([name.to_owned()]).unwrap();
    let day =
        jiff::Timestamp::try_from(now()).unwrap() + jiff::SignedDuration::from_hours(24 * days);
    let day = jiff::tz::Offset::UTC.to_datetime(day).date();
    leaf.not_after = date_time_ymd(day.year().into(), day.month() as u8, day.day() as u8);
    let signed = leaf.signed_by(&own, &issuer).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(own.serialize_der()));
    let provider = Arc::new(tokio_rustls::rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![CertificateDer::from(signed.der().to_vec())], key)
        .unwrap();
    Made {
        authority: root.der().to_vec(),
        config,
    }
}

/// What speaks TLS to clients and http to the server behind it.
async fn tls_end(config: ServerConfig, behind: SocketAddr, plain: bool) -> SocketAddr {
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let mut first = [0];
                socket.peek(&mut first).await?;
                // A TLS record of a handshake begins with 22 (RFC 8446 5.1).
                if first == [22] {
                    let mut stream = acceptor.accept(socket).await?;
                    copy_bidirectional(&mut stream, &mut TcpStream::connect(behind).await?).await?;
                } else if plain {
                    copy_bidirectional(&mut socket, &mut TcpStream::connect(behind).await?).await?;
                }
                std::io::Result::Ok(())
            });
        }
    });
    address
}

async fn run(deployed: Deployed) -> Report {
    let config = Config::new(
        "sqlite::memory:",
        Secret::new("Vw3yq1r8TzK0mXn5bLd7PcJf2GhSa9Eu4QiRoWtYx6Z"),
    );
    let parts = Parts::secure(&config, Arc::new(SystemClock)).await.unwrap();
    let hsts = deployed.hsts;
    let parts = parts.around(move |router| {
        router.layer(map_response(move |mut response: Response| async move {
            let headers = response.headers_mut();
            headers.remove(STRICT_TRANSPORT_SECURITY);
            let own = hsts.map(|text| (STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(text)));
            headers.extend(own);
            response
        }))
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let running = Running::start(parts, listener).unwrap();
    let made = certified(deployed.named, deployed.days);
    let address = tls_end(made.config, running.addr, deployed.plain).await;
    let options = Options {
        connect: Connect {
            authorities: if deployed.known {
                vec![made.authority]
            } else {
                Vec::new()
            },
            resolve: [HOST, "localhost"]
                .map(|host| (host.to_owned(), address))
                .into(),
        },
        select: vec!["transport.*".into()],
        ..options(real_time())
    };
    let report = check(
        target(Source::Preset("authspec"), deployed.url, &[]),
        options,
    )
    .await;
    running.stop().await;
    report
}

/// The verdicts of the three that are about https, by one letter each: pass, fail, inconclusive, skipped.
#[track_caller]
fn verdicts(report: &Report) -> String {
    let of = |id| {
        let found = report.results.iter().find(|result| result.id == id);
        match found.map(|result| result.verdict) {
            Some(Verdict::Pass) => 'P',
            Some(Verdict::Fail) => 'F',
            Some(Verdict::Inconclusive) => 'I',
            Some(Verdict::Skipped) => 'S',
            Some(Verdict::Error) | None => panic!("{id}: {}", shown(report)),
        }
    };
    WATCHED.map(of).into_iter().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_behind_a_good_tls_end_passes() {
    let report = run(WELL).await;
    assert_eq!(verdicts(&report), "PPP", "{}", shown(&report));
    assert_eq!(ids(&report, Verdict::Fail), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_ended_or_names_another_host_fails_though_nothing_else_can_be_judged() {
    for bad in [
        Deployed { days: -1, ..WELL },
        Deployed {
            named: "other.example.com",
            ..WELL
        },
        Deployed {
            known: false,
            ..WELL
        },
    ] {
        let report = run(bad).await;
        assert_eq!(verdicts(&report), "FII", "{}", shown(&report));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_ends_next_week_is_told_as_low() {
    let report = run(Deployed { days: 7, ..WELL }).await;
    assert_eq!(verdicts(&report), "FPP", "{}", shown(&report));
    let found = report
        .results
        .iter()
        .find(|result| result.verdict == Verdict::Fail);
    assert_eq!(found.map(|result| result.severity.word()), Some("low"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authority_that_is_not_known_says_nothing_about_a_private_name() {
    let report = run(Deployed {
        url: "https://localhost",
        named: "localhost",
        known: false,
        ..WELL
    })
    .await;
    assert_eq!(verdicts(&report), "III", "{}", shown(&report));
    assert!(
        shown(&report).contains("SSL_CERT_FILE"),
        "{}",
        shown(&report)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_strict_transport_security_and_a_short_one_fail() {
    for hsts in [
        None,
        Some("max-age=3600"),
        Some("max-age=31535999; includeSubDomains"),
    ] {
        let report = run(Deployed { hsts, ..WELL }).await;
        assert_eq!(verdicts(&report), "PFP", "{hsts:?} {}", shown(&report));
    }
    for hsts in [
        "includeSubDomains; Max-Age=\"63072000\"; preload",
        "max-age=31536000",
    ] {
        let report = run(Deployed {
            hsts: Some(hsts),
            ..WELL
        })
        .await;
        assert_eq!(verdicts(&report), "PPP", "{hsts} {}", shown(&report));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_works_over_plain_http_too_fails() {
    let report = run(Deployed {
        plain: true,
        ..WELL
    })
    .await;
    assert_eq!(verdicts(&report), "PPF", "{}", shown(&report));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_name_without_https_fails_and_a_private_one_is_not_judged() {
    let plain = |url| Deployed {
        url,
        plain: true,
        ..WELL
    };
    let report = run(plain("http://shop.example.com")).await;
    assert_eq!(verdicts(&report), "SSF", "{}", shown(&report));
    let report = run(plain("http://localhost")).await;
    assert_eq!(verdicts(&report), "SSS", "{}", shown(&report));
}
