//! From a step of a scenario to the request that travels: which route, whose values, which credential.

use std::borrow::Cow;
use std::collections::BTreeMap;

use scenarios::exchange::Request;
use scenarios::model::{Beside, Carry as Other, Connection, Step};
use serde_json::Value;

use crate::actors::{Actor, Credential};
use crate::profile::{Unfilled, fill, fill_path, join};
use crate::target::{Body, Carry, Resource, Route, Side, Target};

/// What can be done with an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Create,
    List,
    Read,
    Replace,
    Patch,
    Delete,
}

/// A call of a scenario, found in the profile.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call<'t> {
    pub(crate) route: &'t Route,
    pub(crate) object: Option<(usize, Verb)>,
    pub(crate) preflight: bool,
}

/// Why there is no such call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NoCall {
    /// The profile has no such route; the step does not apply.
    Absent(String),
    /// It is no name that a scenario may use.
    Unknown(String),
}

/// Routes that scenarios call by a name of their own.
pub(crate) const ROUTES: &[&str] = &[
    "register",
    "login",
    "me",
    "refresh",
    "logout",
    "password",
    "delete-account",
    "sessions",
    "revoke-session",
    "health",
];

/// Finds a call. `resource` is the one that `object.…` means.
pub(crate) fn resolve<'t>(
    target: &'t Target,
    name: &str,
    resource: usize,
) -> Result<Call<'t>, NoCall> {
    if let Some(inner) = name.strip_prefix("preflight:") {
        return Ok(Call {
            preflight: true,
            ..resolve(target, inner, resource)?
        });
    }
    let plain = |route| Call {
        route,
        object: None,
        preflight: false,
    };
    if name == "probe" {
        return probe(target)
            .ok_or_else(|| NoCall::Absent("an identity route or a readable resource".into()));
    }
    if let Some(route) = target.routes.get(name) {
        return Ok(plain(route));
    }
    if ROUTES.contains(&name) {
        return Err(NoCall::Absent(format!("the route `{name}`")));
    }
    let Some((of, verb)) = name.split_once('.') else {
        return Err(NoCall::Unknown(name.to_owned()));
    };
    let index = match of {
        "object" => resource,
        _ => target
            .resources
            .iter()
            .position(|r| r.name == of)
            .ok_or_else(|| NoCall::Unknown(name.to_owned()))?,
    };
    let Some(of) = target.resources.get(index) else {
        return Err(NoCall::Absent("a resource".into()));
    };
    let (verb, route) = match verb {
        "create" => (Verb::Create, Some(&of.create)),
        "list" => (Verb::List, of.list.as_ref()),
        "read" => (Verb::Read, of.read.as_ref()),
        "replace" => (Verb::Replace, of.replace.as_ref()),
        "patch" => (Verb::Patch, of.patch.as_ref()),
        "update" => match of.patch.as_ref() {
            Some(patch) => (Verb::Patch, Some(patch)),
            None => (Verb::Replace, of.replace.as_ref()),
        },
        "delete" => (Verb::Delete, of.delete.as_ref()),
        _ => return Err(NoCall::Unknown(name.to_owned())),
    };
    match route {
        Some(route) => Ok(Call {
            route,
            object: Some((index, verb)),
            preflight: false,
        }),
        None => Err(NoCall::Absent(format!(
            "a way to {} an object",
            name.split('.').next_back().unwrap_or(name)
        ))),
    }
}

/// The route by which a credential is tried: who am I, else a read of one's own.
fn probe(target: &Target) -> Option<Call<'_>> {
    if let Some(route) = target.routes.get("me") {
        return Some(Call {
            route,
            object: None,
            preflight: false,
        });
    }
    let of = |verb, route: fn(&Resource) -> Option<&Route>| {
        target
            .resources
            .iter()
            .enumerate()
            .filter(|(_, resource)| !resource.public)
            .find_map(move |(index, resource)| {
                Some(Call {
                    route: route(resource)?,
                    object: Some((index, verb)),
                    preflight: false,
                })
            })
    };
    of(Verb::List, |resource| resource.list.as_ref())
        .or_else(|| of(Verb::Read, |resource| resource.read.as_ref()))
}

impl Call<'_> {
    pub(crate) fn verb(&self) -> Option<Verb> {
        self.object.map(|(_, verb)| verb)
    }

    /// Whether the path or query names an object.
    pub(crate) fn needs_object(&self) -> bool {
        !self.preflight
            && matches!(
                self.verb(),
                Some(Verb::Read | Verb::Replace | Verb::Patch | Verb::Delete)
            )
    }
}

/// Everything that fills a request.
pub(crate) struct Filling<'a> {
    pub(crate) sender: &'a Actor,
    /// What the placeholders of the profile stand for beside the sender: `id`, `parent_id`, `marker`, saved values.
    pub(crate) values: BTreeMap<String, String>,
    /// Fields of the body that are replaced, by placeholder, of any JSON type.
    pub(crate) fields: BTreeMap<String, Value>,
    pub(crate) credential: Sending<'a>,
    /// Whose refresh token goes along.
    pub(crate) refresh: &'a Credential,
    /// The second token, where the step sends two.
    pub(crate) beside: Option<&'a str>,
}

/// Which credential goes along.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Sending<'a> {
    None,
    /// A text in the place of the token.
    Text(&'a str),
}

/// Builds the request of a step whose texts are already expanded.
pub(crate) fn build(
    target: &Target,
    call: Call<'_>,
    step: &Step,
    filling: &Filling<'_>,
) -> Result<Request, Unfilled> {
    let value = |name: &str| lookup(filling, name);
    let route = call.route;
    let mut url = address(target, call, step, filling)?;
    let mut headers = Vec::new();
    let mut body = Vec::new();
    let mut method = step.method.clone().unwrap_or_else(|| route.method.clone());
    if call.preflight {
        headers.push(("Access-Control-Request-Method".to_owned(), method));
        let wanted = match target.credential.carry {
            Carry::Header { ref name, .. } => format!("{},content-type", name.to_lowercase()),
            Carry::Cookie(_) | Carry::Query(_) => "content-type".to_owned(),
        };
        headers.push(("Access-Control-Request-Headers".to_owned(), wanted));
        method = "OPTIONS".to_owned();
    } else {
        // A page of another site can send no header of one's own without asking first.
        let sent = |name: &str| {
            !step.simple
                || SAFELISTED
                    .iter()
                    .any(|safe| safe.eq_ignore_ascii_case(name))
        };
        for (name, text) in route.headers.iter().filter(|(name, _)| sent(name)) {
            headers.push((name.clone(), fill(text, &value)?));
        }
        let step = &with_token_in_body(route, step, filling);
        let (content_type, bytes) = body_of(route, step, filling, &value)?;
        let content_type = content_type.map(|text| match step.simple && text == JSON {
            true => "text/plain",
            false => text,
        });
        headers.extend(content_type.map(|text| ("Content-Type".to_owned(), text.to_owned())));
        body = bytes;
        if let Some(origin) = target
            .origins
            .send
            .as_ref()
            .filter(|_| !matches!(method.as_str(), "GET" | "HEAD"))
        {
            headers.push(("Origin".to_owned(), origin.clone()));
        }
        let carry = carried(target, step)?;
        if !in_body(step) {
            credentials(target, &carry, route, filling, &mut headers, &mut url);
        }
        if let Some(beside) = &step.beside {
            second(&carry, beside, filling, &mut headers)?;
        }
    }
    for (name, text) in &step.headers {
        headers.retain(|(have, _)| !have.eq_ignore_ascii_case(name));
        if !text.is_empty() {
            headers.push((name.clone(), text.clone()));
        }
    }
    Ok(Request {
        method,
        url: url.to_string(),
        headers,
        body,
    })
}

fn base<'t>(target: &'t Target, call: Call<'_>) -> &'t url::Url {
    match call.route.side {
        Side::Auth => &target.auth_url,
        Side::Api => &target.api_url,
    }
}

fn address(
    target: &Target,
    call: Call<'_>,
    step: &Step,
    filling: &Filling<'_>,
) -> Result<url::Url, Unfilled> {
    let base = base(target, call);
    let value = |name: &str| lookup(filling, name);
    let mut url = match &step.at {
        Some(at) => join(base, at),
        None => join(base, &fill_path(&call.route.path, &value)?),
    };
    for (name, text) in &step.query {
        url.query_pairs_mut().append_pair(name, text);
    }
    if step.connection == Some(Connection::Plain) {
        // Between http and https a URL can always change.
        let _ = url.set_scheme("http");
    }
    Ok(url)
}

/// Path and query of a step below the base URL.
pub(crate) fn place(
    target: &Target,
    call: Call<'_>,
    step: &Step,
    filling: &Filling<'_>,
) -> Result<String, Unfilled> {
    let url = address(target, call, step, filling)?;
    let base = base(target, call).path().trim_end_matches('/');
    let path = url.path().strip_prefix(base).unwrap_or(url.path());
    Ok(match url.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    })
}

fn lookup(filling: &Filling<'_>, name: &str) -> Option<String> {
    if let Some(field) = filling.fields.get(name) {
        return Some(
            field
                .as_str()
                .map_or_else(|| field.to_string(), str::to_owned),
        );
    }
    if let Some(value) = filling.values.get(name) {
        return Some(value.clone());
    }
    let sender = filling.sender;
    match name {
        "email" => Some(sender.email.clone()),
        "username" => Some(sender.username.clone()),
        "password" => Some(sender.password.expose().to_owned()),
        "new_password" => Some(format!("{}-New7", sender.password.expose())),
        "name" => Some(sender.display.clone()),
        "user_id" => sender.id.clone(),
        "refresh_token" => filling
            .refresh
            .refresh
            .as_ref()
            .map(|token| token.expose().to_owned()),
        "token" => match filling.credential {
            Sending::Text(text) => Some(text.to_owned()),
            Sending::None => None,
        },
        "rand" => Some(crate::actors::random(12)),
        "digits" => Some(crate::actors::digits(8)),
        "uuid" => Some(crate::actors::uuid()),
        _ => None,
    }
}

const JSON: &str = "application/json";
/// Headers that need no preflight (Fetch, CORS-safelisted request-header), the type of the body apart.
const SAFELISTED: [&str; 3] = ["accept", "accept-language", "content-language"];

type Filled = (Option<&'static str>, Vec<u8>);

fn body_of(
    route: &Route,
    step: &Step,
    filling: &Filling<'_>,
    value: &dyn Fn(&str) -> Option<String>,
) -> Result<Filled, Unfilled> {
    const FORM: &str = "application/x-www-form-urlencoded";
    if let Some(raw) = &step.raw_body {
        let kind = if matches!(route.body, Body::Form(_)) {
            FORM
        } else {
            JSON
        };
        return Ok((Some(kind), raw.clone().into_bytes()));
    }
    match &route.body {
        Body::None if step.extra.is_empty() => Ok((None, Vec::new())),
        Body::None if in_body(step) => {
            let mut form = url::form_urlencoded::Serializer::new(String::new());
            append_extra(&mut form, step);
            Ok((Some(FORM), form.finish().into_bytes()))
        }
        Body::None => Ok((
            Some(JSON),
            Value::Object(step.extra.clone().into_iter().collect())
                .to_string()
                .into(),
        )),
        Body::Json(template) => {
            let mut filled = json(template, step, filling, value)?;
            if let Some(members) = members_beside_placeholders(template, &mut filled) {
                members.extend(step.extra.clone());
            }
            Ok((Some(JSON), filled.to_string().into_bytes()))
        }
        Body::Form(pairs) => {
            let mut form = url::form_urlencoded::Serializer::new(String::new());
            for (name, text) in pairs.iter().filter(|(_, text)| !omitted(text, step)) {
                form.append_pair(name, &fill(text, value)?);
            }
            append_extra(&mut form, step);
            Ok((Some(FORM), form.finish().into_bytes()))
        }
    }
}

/// The added members of a step as fields of a form.
fn append_extra(form: &mut url::form_urlencoded::Serializer<'_, String>, step: &Step) {
    for (name, extra) in &step.extra {
        let text = extra.as_str();
        form.append_pair(name, &text.map_or_else(|| extra.to_string(), str::to_owned));
    }
}

fn in_body(step: &Step) -> bool {
    matches!(step.carry, Some(Other::Body(_)))
}

/// The step with its credential among the members that it adds, where it travels so.
fn with_token_in_body<'s>(route: &Route, step: &'s Step, filling: &Filling<'_>) -> Cow<'s, Step> {
    let (Some(Other::Body(name)), Sending::Text(token), true) =
        (&step.carry, filling.credential, route.protected)
    else {
        return Cow::Borrowed(step);
    };
    let mut step = step.clone();
    step.extra.insert(name.clone(), token.into());
    Cow::Owned(step)
}

fn omitted(text: &str, step: &Step) -> bool {
    step.omit
        .iter()
        .any(|name| text.contains(&format!("{{{name}}}")))
}

/// As the profile's own filling, but a text that is one placeholder takes a replaced field with its JSON type.
fn json(
    template: &Value,
    step: &Step,
    filling: &Filling<'_>,
    value: &dyn Fn(&str) -> Option<String>,
) -> Result<Value, Unfilled> {
    Ok(match template {
        Value::String(text) => {
            let name = text
                .strip_prefix('{')
                .and_then(|t| t.strip_suffix('}'))
                .map(|t| t.split(':').next().unwrap_or(t));
            match name.and_then(|name| filling.fields.get(name)) {
                Some(field) => field.clone(),
                None => crate::profile::fill_json(template, value)?,
            }
        }
        Value::Array(items) => Value::Array(
            items
                .iter()
                .map(|item| json(item, step, filling, value))
                .collect::<Result<_, _>>()?,
        ),
        Value::Object(members) => {
            let kept = members
                .iter()
                .filter(|(_, member)| !member.as_str().is_some_and(|text| omitted(text, step)));
            let filled =
                kept.map(|(name, member)| Ok((name.clone(), json(member, step, filling, value)?)));
            Value::Object(filled.collect::<Result<_, _>>()?)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => template.clone(),
    })
}

/// The object of the body that holds the placeholders: `{"user": {"email": …}}` has them one level down.
fn members_beside_placeholders<'v>(
    template: &Value,
    filled: &'v mut Value,
) -> Option<&'v mut serde_json::Map<String, Value>> {
    let members = template.as_object()?;
    let here = members
        .values()
        .any(|member| member.as_str().is_some_and(|text| text.contains('{')));
    let inner = members
        .iter()
        .find(|(_, member)| member.is_object())
        .map(|(name, _)| name.clone());
    match (here, inner) {
        (false, Some(name)) => members_beside_placeholders(&members[&name], filled.get_mut(&name)?),
        _ => filled.as_object_mut(),
    }
}

/// How the credential of a step travels: as the profile says, or as the step does.
fn carried(target: &Target, step: &Step) -> Result<Carry, Unfilled> {
    let usual = &target.credential.carry;
    let other = match (&step.carry, usual) {
        (None | Some(Other::Body(_)), _) => return Ok(usual.clone()),
        (Some(Other::Query(name)), _) => Carry::Query(name.clone()),
        (
            Some(Other::Scheme(word)),
            Carry::Header {
                name,
                scheme: Some(_),
            },
        ) => Carry::Header {
            name: name.clone(),
            scheme: Some(word.clone()).filter(|word| !word.is_empty()),
        },
        (Some(Other::Scheme(_)), Carry::Header { .. } | Carry::Cookie(_) | Carry::Query(_)) => {
            return Err(Unfilled("scheme".into()));
        }
    };
    Ok(other)
}

/// Puts a second token beside the first, in the same header or in one of the same name.
fn second(
    carry: &Carry,
    beside: &Beside,
    filling: &Filling<'_>,
    headers: &mut Vec<(String, String)>,
) -> Result<(), Unfilled> {
    let Carry::Header { name, scheme } = carry else {
        return Err(Unfilled("header".into()));
    };
    let token = filling.beside.unwrap_or_default();
    let value = match scheme {
        Some(scheme) => format!("{scheme} {token}"),
        None => token.to_owned(),
    };
    let first = headers.iter().position(|(have, _)| have == name);
    match (beside, first) {
        (Beside::Comma(_), Some(first)) => {
            let joined = format!("{}, {value}", headers[first].1);
            headers[first].1 = joined;
        }
        (Beside::Comma(_) | Beside::Header(_), _) => headers.push((name.clone(), value)),
    }
    Ok(())
}

fn credentials(
    target: &Target,
    carry: &Carry,
    route: &Route,
    filling: &Filling<'_>,
    headers: &mut Vec<(String, String)>,
    url: &mut url::Url,
) {
    let mut cookies = Vec::new();
    if let (true, Sending::Text(token)) = (route.protected, filling.credential) {
        match carry {
            Carry::Header {
                name,
                scheme: Some(scheme),
            } => headers.push((name.clone(), format!("{scheme} {token}"))),
            Carry::Header { name, scheme: None } => headers.push((name.clone(), token.to_owned())),
            Carry::Cookie(name) => cookies.push(format!("{name}={token}")),
            Carry::Query(name) => {
                url.query_pairs_mut().append_pair(name, token);
            }
        }
    }
    // The refresh cookie goes where it is used up: renewing and ending the session.
    if let (Some(name), Some(refresh)) =
        (&target.credential.refresh_cookie, &filling.refresh.refresh)
        && matches!(route.name.as_str(), "refresh" | "logout")
    {
        cookies.push(format!("{name}={}", refresh.expose()));
    }
    if !cookies.is_empty() {
        headers.push(("Cookie".to_owned(), cookies.join("; ")));
    }
}
