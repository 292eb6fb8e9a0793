//! What the cookie of a login asks of browsers: which hosts and paths get it, how long it is kept, and whether it fits.

use super::burst::only;
use super::owners::step;
use super::set_cookie::SetCookie;
use super::volley::clear;
use super::{Attempt, Lab, Probe, Run};
use crate::exchange::Exchange;
use crate::model::{Severity, Step};
use crate::verdict::Verdict;

pub(super) const DOMAIN: Probe = Probe {
    name: "cookie-domain",
    run: |lab| -> Run<'_> { Box::pin(domain(lab)) },
};

pub(super) const PLACE: Probe = Probe {
    name: "cookie-path-and-expiry",
    run: |lab| -> Run<'_> { Box::pin(path_and_expiry(lab)) },
};

pub(super) const SIZE: Probe = Probe {
    name: "cookie-size",
    run: |lab| -> Run<'_> { Box::pin(size(lab)) },
};

const DAY: i64 = 86_400;
const MOST: i64 = 365 * DAY;
const USUAL: i64 = 30 * DAY;
/// Bytes of a cookie's name and value that every browser keeps (RFC 6265 6.1; RFC 6265bis drops what is larger).
const LARGEST: usize = 4096;

/// A fresh sign-in whose cookie was accepted.
pub(super) struct SignedIn {
    pub(super) login: Exchange,
    pub(super) cookie: SetCookie,
    /// How the cookie was tried.
    pub(super) look: Exchange,
}

/// Signs alice in, saves it as `session`, and tries the cookie that came.
pub(super) async fn signed_in(lab: &mut dyn Lab) -> Result<SignedIn, String> {
    let name = lab.text("{cookie}")?;
    let login = Step {
        save: Some("session".into()),
        ..step("alice", "login")
    };
    let login = lab.send(login, false).await?;
    let set = login.exchange.response().filter(|_| login.accepted);
    let cookie = set.and_then(|set| SetCookie::all(set).filter(|c| c.name == name).last());
    let Some(cookie) = cookie else {
        let outcome = login.exchange.outcome();
        return Err(format!(
            "the login was answered {outcome} without the session cookie"
        ));
    };
    let look = lab.send(of_session("probe"), true).await?;
    if !clear(&look) || !look.accepted {
        let outcome = look.exchange.outcome();
        return Err(format!("the fresh cookie was answered {outcome}"));
    }
    Ok(SignedIn {
        login: login.exchange,
        cookie,
        look: look.exchange,
    })
}

/// A call of alice's with the cookie of the fresh sign-in.
fn of_session(call: &str) -> Step {
    Step {
        token: Some("saved.session".into()),
        ..step("alice", call)
    }
}

async fn domain(lab: &mut dyn Lab) -> Vec<Attempt> {
    let verdict = match signed_in(lab).await {
        Ok(signed) => {
            let host = host_of(&signed.login.request.url);
            let api = host_of(&signed.look.request.url);
            let origins = lab.origins();
            let origins: Vec<String> = origins.iter().map(|origin| host_of(origin)).collect();
            sent_to(&signed.cookie, &host, &origins, api)
        }
        Err(why) => Verdict::Inconclusive(why),
    };
    only("login", verdict)
}

/// Judges the hosts that get the cookie: that which set it, and others that the profile names below the same domain.
fn sent_to(cookie: &SetCookie, host: &str, origins: &[String], api: String) -> Verdict {
    let domain = cookie.attribute("domain").unwrap_or_default();
    let domain = domain.trim_start_matches('.').to_ascii_lowercase();
    if domain.is_empty() {
        return Verdict::PASS;
    }
    let mut others = origins.iter().chain([&api]);
    let needed = others.find(|other| *other != host && covers(&domain, other));
    match (covers(&domain, host), needed) {
        (false, Some(other)) => Verdict::Skipped(format!(
            "the cookie is for {domain}, where {other} is, and the target is reached as {host}: give the address that \
             browsers use"
        )),
        (false, None) if origins.is_empty() && !has_names_below(host) => Verdict::Skipped(format!(
            "the cookie is for {domain}, and the target is reached as {host}: give the address that browsers use"
        )),
        (false, None) => Verdict::fail(
            Severity::Medium,
            "browsers drop the cookie of the session, and nobody stays signed in",
            &format!("no Domain, or one that {host} belongs to"),
            format!("Domain={domain}"),
        ),
        // Below an address or a single name there is nothing.
        (true, _) if domain == host && !has_names_below(host) => Verdict::PASS,
        (true, _) if domain == host => {
            Verdict::noted(format!("Domain={domain}: names below {host} get it too"))
        }
        (true, Some(other)) => Verdict::noted(format!(
            "Domain={domain} lets {other} have it, and every other name below {domain}"
        )),
        (true, None) if origins.is_empty() => Verdict::Skipped(format!(
            "the cookie goes to every name below {domain}, and no front end is declared that could need it: give \
             --origin ORIGIN"
        )),
        (true, None) => Verdict::fail(
            Severity::Medium,
            "every host below the domain gets the sessions of the users, and can plant one of its own",
            &format!("a cookie for {host} alone"),
            format!("Domain={domain}"),
        ),
    }
}

/// Whether a browser takes the host for one of the domain (RFC 6265 5.1.3).
fn covers(domain: &str, host: &str) -> bool {
    let below = host
        .strip_suffix(domain)
        .is_some_and(|rest| rest.ends_with('.'));
    host == domain || (below && !is_address(host))
}

fn has_names_below(host: &str) -> bool {
    host.contains('.') && !is_address(host)
}

/// An IP address; the last label of a name is no number.
fn is_address(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or_default();
    host.starts_with('[') || last.bytes().all(|byte| byte.is_ascii_digit())
}

/// The host of a URL or an origin, without its port.
fn host_of(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let end = match authority.find(']') {
        Some(bracket) => bracket + 1,
        None => authority.find(':').unwrap_or(authority.len()),
    };
    authority[..end].to_ascii_lowercase()
}

async fn path_and_expiry(lab: &mut dyn Lab) -> Vec<Attempt> {
    let verdict = place_and_life(lab)
        .await
        .unwrap_or_else(Verdict::Inconclusive);
    only("login", verdict)
}

async fn place_and_life(lab: &mut dyn Lab) -> Result<Verdict, String> {
    let signed = signed_in(lab).await?;
    let mut asked = vec![path_of(&signed.look.request.url)];
    if lab.owned().iter().any(|route| route.call == "object.list") {
        let list = lab.send(of_session("object.list"), true).await?;
        asked.extend(list.accepted.then(|| path_of(&list.exchange.request.url)));
    }
    let path = signed.cookie.place(&signed.login).1;
    let login = path_of(&signed.login.request.url);
    let kept = signed.cookie.life(lab.now());
    let verdicts = [sent_below(&path, &login, &asked), lives(kept)];
    Ok(Verdict::worst(verdicts).unwrap_or(Verdict::PASS))
}

/// Judges the path of the cookie by the routes that took it.
fn sent_below(path: &str, login: &str, asked: &[String]) -> Verdict {
    let Some(missed) = asked.iter().find(|asked| !lies_below(asked, path)) else {
        return Verdict::PASS;
    };
    // What stands before the target may put a path of its own before those that are seen here.
    if !asked.iter().any(|asked| lies_below(asked, path)) && !lies_below(login, path) {
        return Verdict::Inconclusive(format!(
            "the cookie is for {path}, where nothing was asked for: give the address that browsers use"
        ));
    }
    Verdict::fail(
        Severity::Low,
        "browsers do not send the cookie to every route that needs it",
        &format!("a Path that holds {missed}, such as /"),
        format!("Path={path}"),
    )
}

/// Whether a browser sends a cookie of this path there (RFC 6265 5.1.4).
fn lies_below(asked: &str, path: &str) -> bool {
    asked
        .strip_prefix(path)
        .is_some_and(|rest| rest.is_empty() || path.ends_with('/') || rest.starts_with('/'))
}

fn path_of(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    rest.find('/')
        .map_or_else(|| "/".to_owned(), |at| rest[at..].to_owned())
}

/// Judges the seconds for which browsers keep the cookie; one without ends with the browser.
fn lives(kept: Option<i64>) -> Verdict {
    // The clocks of both sides may differ by seconds.
    match kept {
        Some(life) if life > MOST + 60 => Verdict::fail(
            Severity::Low,
            "a browser keeps the cookie of the session for years, and whoever has the machine by then has it",
            "a cookie that ends within 365 days",
            format!("{} days", life / DAY),
        ),
        Some(life) if life > USUAL + 60 => {
            let days = life / DAY;
            Verdict::noted(format!("browsers keep it for {days} days; 30 are usual"))
        }
        Some(_) | None => Verdict::PASS,
    }
}

async fn size(lab: &mut dyn Lab) -> Vec<Attempt> {
    let verdict = match signed_in(lab).await {
        Ok(signed) => {
            let refresh = lab.refresh_token("session");
            let set = signed.login.response().into_iter();
            let signs_in = |cookie: &SetCookie| {
                cookie.name == signed.cookie.name || Some(&cookie.value) == refresh.as_ref()
            };
            fits(set.flat_map(SetCookie::all).filter(signs_in))
        }
        Err(why) => Verdict::Inconclusive(why),
    };
    only("login", verdict)
}

fn fits(mut cookies: impl Iterator<Item = SetCookie>) -> Verdict {
    let bytes = |cookie: &SetCookie| cookie.name.len() + cookie.value.len();
    match cookies.find(|cookie| bytes(cookie) > LARGEST) {
        None => Verdict::PASS,
        Some(large) => Verdict::fail(
            Severity::Low,
            "browsers drop the cookie, and its users do not stay signed in",
            "at most 4096 bytes of name and value",
            format!("{} of the cookie {}", bytes(&large), large.name),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::Response;
    use crate::probes::scripted::{Said, Scripted, status, yes};

    #[track_caller]
    fn scope(attributes: &str, host: &str, origins: &[&str], want: &str) {
        let cookie = SetCookie::parse(&format!("sid=x; Path=/{attributes}")).unwrap();
        let origins: Vec<String> = origins.iter().map(|origin| host_of(origin)).collect();
        let verdict = sent_to(&cookie, host, &origins, host.to_owned());
        assert_eq!(verdict.word(), want, "{verdict:?}");
    }

    const APP: &[&str] = &["https://app.example.com:8443"];
    const API: &str = "api.example.com";

    #[test]
    fn a_cookie_for_its_own_host_passes() {
        scope("", API, APP, "pass");
        scope("; Domain=", API, APP, "pass");
        scope("; Domain=.API.example.com", API, &[], "pass");
        scope("; Domain=127.0.0.1", "127.0.0.1", &[], "pass");
        scope("; Domain=localhost", "localhost", &[], "pass");
    }

    #[test]
    fn a_parent_domain_needs_somebody_there() {
        scope("; Domain=example.com", API, APP, "pass");
        scope(
            "; Domain=example.com",
            API,
            &["https://shop.example.org"],
            "fail",
        );
        scope(
            "; Domain=example.com",
            API,
            &["https://api.example.com"],
            "fail",
        );
        scope("; Domain=example.com", API, &[], "skipped");
        let second = ["https://shop.example.org", "https://www.example.com"];
        scope("; Domain=example.com", API, &second, "pass");
        let cookie = SetCookie::parse("sid=x; Domain=example.com").unwrap();
        let verdict = sent_to(&cookie, "login.example.com", &[], API.to_owned());
        assert_eq!(verdict.word(), "pass");
    }

    #[test]
    fn a_domain_of_somebody_else_fails() {
        let local = &["http://localhost:3000"];
        scope("; Domain=example.com", "127.0.0.1", local, "fail");
        scope("; Domain=ample.com", API, APP, "fail");
        scope("; Domain=0.0.1", "127.0.0.1", local, "fail");
        scope(
            "; Domain=a.api.example.com",
            API,
            &["https://a.example.com"],
            "fail",
        );
        // Behind a tunnel, or inside a network, the host is not the one that browsers see.
        scope("; Domain=example.com", "127.0.0.1", &[], "skipped");
        scope("; Domain=example.com", "api", &[], "skipped");
        scope("; Domain=example.com", "127.0.0.1", APP, "skipped");
    }

    #[test]
    fn hosts_and_paths_are_read_out_of_addresses() {
        assert_eq!(host_of("http://[::1]:8000/a"), "[::1]");
        assert_eq!(host_of("https://App.example.com?x"), "app.example.com");
        assert_eq!(path_of("http://h:1/a/b?c=/d"), "/a/b");
        assert_eq!(path_of("http://h:1"), "/");
    }

    #[track_caller]
    fn below(path: &str, want: &str) {
        let asked = ["/api/auth/me", "/api/7/tasks"].map(str::to_owned);
        let verdict = sent_below(path, "/api/auth/login", &asked);
        assert_eq!(verdict.word(), want, "{path}");
    }

    #[test]
    fn the_path_holds_every_route_that_took_the_cookie() {
        below("/", "pass");
        below("/api", "pass");
        below("/api/", "pass");
        below("/api/auth", "fail");
        below("/api/auth/login", "fail");
        below("/ap", "inconclusive");
        below("/shop", "inconclusive");
    }

    #[track_caller]
    fn life(kept: Option<i64>, want: &str) {
        let verdict = match lives(kept) {
            Verdict::Pass { note: Some(note) } => note,
            other => other.word().to_owned(),
        };
        assert_eq!(verdict, want);
    }

    #[test]
    fn a_cookie_that_is_kept_for_years_fails() {
        life(None, "pass");
        life(Some(USUAL), "pass");
        life(Some(90 * DAY), "browsers keep it for 90 days; 30 are usual");
        life(
            Some(MOST + 59),
            "browsers keep it for 365 days; 30 are usual",
        );
        life(Some(10 * MOST), "fail");
    }

    #[track_caller]
    fn large(set: fn() -> Vec<String>, want: &str) {
        let mut lab = Scripted::new(move |_| Said {
            response: Response {
                headers: set()
                    .into_iter()
                    .map(|line| ("set-cookie".into(), line))
                    .collect(),
                status: 200,
                ..Response::default()
            },
            refresh: Some("r".repeat(4095)),
            ..yes()
        });
        lab.texts = [("{cookie}", "sid")].into();
        assert_eq!(lab.words(&SIZE), [want]);
    }

    #[test]
    fn only_cookies_that_sign_in_must_fit() {
        large(|| vec![format!("sid={}", "x".repeat(4093))], "pass");
        large(|| vec![format!("sid={}", "x".repeat(4094))], "fail");
        large(
            || vec!["sid=x".into(), format!("visits={}", "x".repeat(5000))],
            "pass",
        );
        large(
            || vec!["sid=x".into(), format!("re={}", "r".repeat(4095))],
            "fail",
        );
    }

    #[test]
    fn a_login_without_its_cookie_says_nothing() {
        let mut lab = Scripted::new(|_| yes());
        for probe in [&DOMAIN, &PLACE, &SIZE] {
            assert_eq!(lab.words(probe), ["inconclusive"]);
        }
    }

    #[test]
    fn a_cookie_that_opens_nothing_says_nothing() {
        let mut lab = Scripted::new(|step| match step.call.as_deref() {
            Some("login") => Said {
                response: Response {
                    status: 200,
                    headers: vec![("set-cookie".into(), "sid=x".into())],
                    ..Response::default()
                },
                ..yes()
            },
            _ => status(401),
        });
        lab.texts = [("{cookie}", "sid")].into();
        for probe in [&DOMAIN, &PLACE, &SIZE] {
            assert_eq!(lab.words(probe), ["inconclusive"]);
        }
    }
}
