//! URLs: what may be a base, how a path is added to it, and what is an origin.

use url::{Host, Origin, Url};

/// A base URL as the profile or the command line gives it, without a slash at its end.
pub(super) fn base(text: &str) -> Result<Url, String> {
    let hint = match Url::parse(&format!("http://{text}")) {
        Ok(_) if !text.contains("://") && !text.is_empty() => {
            format!("; write `http://{text}` or `https://{text}`")
        }
        Ok(_) | Err(_) => String::new(),
    };
    let mut url =
        Url::parse(text).map_err(|error| format!("`{text}` is no URL ({error}){hint}"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("`{text}` is no http or https URL{hint}"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(
            "a URL may not hold a user name or password: secrets come from the environment".into(),
        );
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(format!(
            "`{text}` is no base URL: leave out what follows `?` or `#`"
        ));
    }
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    Ok(url)
}

/// 127.0.0.0/8, ::1 and localhost; private ranges are somebody else's machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Ends of names that no public domain has (RFC 2606, RFC 6761, RFC 6762, RFC 8375, and what networks use at home).
const PRIVATE_NAMES: [&str; 12] = [
    "corp",
    "example",
    "home",
    "home.arpa",
    "internal",
    "intranet",
    "invalid",
    "lan",
    "local",
    "localdomain",
    "localhost",
    "test",
];

/// Whether everybody could reach this host, by its name or address alone.
pub(crate) fn is_public(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            let within = |end: &&str| {
                name.strip_suffix(*end)
                    .is_some_and(|front| front.ends_with('.'))
            };
            name.contains('.') && !PRIVATE_NAMES.iter().any(within)
        }
        Some(Host::Ipv4(address)) => {
            // RFC 6598: addresses that providers share among their customers.
            let [first, second, ..] = address.octets();
            let shared = first == 100 && (64..128).contains(&second);
            !(address.is_private()
                || address.is_loopback()
                || address.is_link_local()
                || address.is_unspecified()
                || shared)
        }
        Some(Host::Ipv6(address)) => {
            !(address.is_loopback()
                || address.is_unspecified()
                || address.is_unique_local()
                || address.is_unicast_link_local())
        }
        None => false,
    }
}

/// The URL of a path, with its query, below a base: `https://host/v1` and `/login` make `https://host/v1/login`.
pub fn join(base: &Url, path_and_query: &str) -> Url {
    let (path, query) = path_and_query
        .split_once('?')
        .map_or((path_and_query, None), |(path, query)| (path, Some(query)));
    let mut url = base.clone();
    url.set_path(&format!("{}{path}", base.path().trim_end_matches('/')));
    url.set_query(query);
    url
}

/// The origin of a URL as browsers write it.
pub(super) fn origin_of(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// An origin as browsers write it: scheme, host, and the port where it is not the scheme's own.
pub(super) fn origin(text: &str) -> Result<String, String> {
    let url = Url::parse(text).map_err(|error| {
        format!("`{text}` is no origin ({error}); write `https://app.example.com`")
    })?;
    let written = match url.origin() {
        Origin::Tuple(..) => origin_of(&url),
        // `capacitor://localhost` and the like.
        Origin::Opaque(_) => match url.host_str() {
            Some(host) => format!("{}://{host}", url.scheme()),
            None => {
                return Err(format!(
                    "`{text}` is no origin; write `https://app.example.com`"
                ));
            }
        },
    };
    if written != text {
        return Err(format!(
            "`{text}` is not an origin as browsers send it; write `{written}`"
        ));
    }
    Ok(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_public_by_its_name_or_address_alone() {
        for (host, public) in [
            ("shop.example.com", true),
            ("shop.example.com.", true),
            ("192.0.2.1", true),
            ("100.128.0.1", true),
            ("[2001:db8::1]", true),
            ("localhost", false),
            ("api", false),
            ("api.internal", false),
            ("printer.local", false),
            ("router.home.arpa", false),
            ("shop.test.", false),
            ("10.0.0.1", false),
            ("172.20.0.2", false),
            ("192.168.1.1", false),
            ("169.254.1.1", false),
            ("100.64.0.1", false),
            ("127.0.0.1", false),
            ("0.0.0.0", false),
            ("[::1]", false),
            ("[fd00::1]", false),
            ("[fe80::1]", false),
        ] {
            let url = Url::parse(&format!("http://{host}:8000")).unwrap();
            assert_eq!(is_public(&url), public, "{host}");
        }
    }
}
