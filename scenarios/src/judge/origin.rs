//! The CORS check of the Fetch standard, on `Access-Control-Allow-Origin` alone: a browser looks at nothing else first.

use super::{Broken, Held, Observation, fault};
use crate::exchange::Response;
use crate::model::Severity;

fn sent_origin(seen: &Observation<'_>) -> Option<String> {
    let headers = &seen.exchange.request.headers;
    headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("origin"))
        .map(|(_, value)| value.clone())
}

fn allows_credentials(response: &Response) -> bool {
    response.header("access-control-allow-credentials") == Some("true")
}

/// The origin that was sent may read the answer; for a preflight the wanted method and headers must be allowed too.
pub(super) fn allowed(response: &Response, seen: &Observation<'_>) -> Held {
    let Some(origin) = sent_origin(seen) else {
        return Err(Broken::Unclear("no origin was sent".into()));
    };
    let got = response.header("access-control-allow-origin");
    match got {
        Some(value) if value == origin || (value == "*" && !seen.cookies_authenticate) => {}
        Some(value) => {
            return Err(fault(
                format!("Access-Control-Allow-Origin: {origin}"),
                value.to_owned(),
            ));
        }
        None => {
            let actual = format!("{} without Access-Control-Allow-Origin", response.status);
            return Err(fault(
                format!("Access-Control-Allow-Origin: {origin}"),
                actual,
            ));
        }
    }
    if seen.exchange.request.method != "OPTIONS" {
        return Ok(None);
    }
    if !response.is_success() {
        return Err(fault(
            "a preflight answered with 2xx",
            response.status.to_string(),
        ));
    }
    let asked = |name: &str| -> Vec<String> {
        let headers = &seen.exchange.request.headers;
        let value = headers
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, v)| v.as_str());
        list(value.unwrap_or_default())
    };
    let methods = list(
        response
            .header("access-control-allow-methods")
            .unwrap_or_default(),
    );
    let headers = list(
        response
            .header("access-control-allow-headers")
            .unwrap_or_default(),
    );
    let wild =
        |allowed: &[String]| allowed.iter().any(|a| a == "*") && !allows_credentials(response);
    // GET, HEAD and POST need no permission (Fetch: CORS-safelisted method).
    let simple = |method: &String| matches!(method.as_str(), "get" | "head" | "post");
    for method in asked("access-control-request-method") {
        if !simple(&method) && !methods.contains(&method) && !wild(&methods) {
            return Err(fault(
                format!("{} allowed by the preflight", method.to_uppercase()),
                "it is not listed",
            ));
        }
    }
    for header in asked("access-control-request-headers") {
        // `*` never covers Authorization (Fetch: CORS non-wildcard request-header name).
        let listed = headers.contains(&header) || (wild(&headers) && header != "authorization");
        if !listed {
            return Err(fault(
                format!("the header {header} allowed by the preflight"),
                "it is not listed",
            ));
        }
    }
    Ok(None)
}

/// The origin that was sent may not read the answer. Without credentials an open door shows nothing that anybody could
/// not fetch; with them a bearer API is one step from trouble, and a cookie API is read by any page.
pub(super) fn refused(response: &Response, seen: &Observation<'_>) -> Held {
    let Some(origin) = sent_origin(seen) else {
        return Err(Broken::Unclear("no origin was sent".into()));
    };
    let Some(got) = response.header("access-control-allow-origin") else {
        return Ok(None);
    };
    if !got.eq_ignore_ascii_case(&origin) {
        return Ok(None);
    }
    if !allows_credentials(response) {
        return Err(Broken::Noted(format!(
            "the origin {origin} is allowed, without credentials"
        )));
    }
    let severity = if seen.cookies_authenticate {
        Severity::Critical
    } else {
        Severity::Medium
    };
    Err(Broken::Fault {
        expected: format!("no Access-Control-Allow-Origin for {origin}"),
        actual: format!("Access-Control-Allow-Origin: {got} with credentials"),
        severity: Some(severity),
    })
}

fn list(value: &str) -> Vec<String> {
    value
        .split(',')
        .map(|item| item.trim().to_lowercase())
        .filter(|item| !item.is_empty())
        .collect()
}
