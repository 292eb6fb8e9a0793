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
