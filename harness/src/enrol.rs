//! Makes the run's own users: register, sign in, learn who they are.

use std::collections::BTreeMap;

use base64ct::{Base64UrlUnpadded, Encoding};
use scenarios::exchange::{Exchange, Response};
use scenarios::model::Step;
use serde_json::{Value, json};

use crate::actors::{Actor, Credential, find, text};
use crate::call::{Call, Filling, Sending, build};
use crate::forge::{Algorithm, Key};
use crate::run::Run;
use crate::secret::Secret;
use crate::target::{Route, UserIdAt};
use crate::wire::{Label, transmit};

/// How far an enrolment came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stop {
    /// There may be no further account.
    Budget,
    Register,
    Login,
}

impl Stop {
    /// The base control that fails where an enrolment ends here.
    pub(crate) fn base_control(self) -> &'static str {
        match self {
            Stop::Budget | Stop::Register => "registration.happy-path",
            Stop::Login => "login.happy-path",
        }
    }
}

/// Why there is no such actor.
#[derive(Debug, Clone)]
pub(crate) struct NotEnrolled {
    pub(crate) at: Stop,
    pub(crate) why: String,
    pub(crate) exchanges: Vec<Exchange>,
}

/// A new actor with an account and a credential of its own.
pub(crate) async fn enrol(run: &Run, name: &str) -> Result<(Actor, Vec<Exchange>), NotEnrolled> {
    let failed = |at, why: String, exchanges| NotEnrolled { at, why, exchanges };
    let mut exchanges = Vec::new();
    let mut actor = Actor::fresh(&run.target, name);
    if let Some(route) = run.target.routes.get("register") {
        if !run.may_make_account() {
            let why = format!(
                "no more than {} accounts may be made (give --max-accounts N)",
                run.options.max_accounts
            );
            return Err(failed(Stop::Budget, why, exchanges));
        }
        // Its secrets are known to the redactor before they leave.
        run.remember(&actor);
        let exchange = plain(run, &actor, route)
            .await
            .map_err(|why| failed(Stop::Register, why, Vec::new()))?;
        exchanges.push(exchange.clone());
        let Some(response) = exchange
            .response()
            .filter(|response| succeeded(route, response))
        else {
            return Err(failed(
                Stop::Register,
                format!("registration answered {}", exchange.outcome()),
                exchanges,
            ));
        };
        actor.learn_id(&run.target, response);
        if run.target.credential.at_registration {
            actor.credential = Credential::read(&run.target, response);
            actor.learn_id(&run.target, response);
        }
    } else if let Some(account) = supplied(run, name) {
        actor = account;
        run.remember(&actor);
    } else if run.target.jwt.mint.is_none() {
        let why =
            "the profile has neither a registration route nor enough supplied accounts".to_owned();
        return Err(failed(Stop::Register, why, exchanges));
    }
    if actor.credential.token.is_none() {
        exchanges.extend(sign_in(run, &mut actor).await?);
    }
    learn_from_me(run, &mut actor, &mut exchanges).await;
    run.remember(&actor);
    if let Some(token) = actor.credential.jwt() {
        run.fit_key(&token);
    }
    Ok((actor, exchanges))
}

fn supplied(run: &Run, name: &str) -> Option<Actor> {
    let index = ["alice", "bob", "carol"]
        .iter()
        .position(|known| *known == name)?;
    Some(Actor::supplied(
        &run.target,
        name,
        run.target.accounts.supplied.get(index)?,
    ))
}

/// Signs an actor in anew, by the profile's login or by a minted token.
pub(crate) async fn sign_in(run: &Run, actor: &mut Actor) -> Result<Vec<Exchange>, NotEnrolled> {
    let failed = |why: String, exchanges: Vec<Exchange>| NotEnrolled {
        at: Stop::Login,
        why,
        exchanges,
    };
    let Some(route) = run.target.routes.get("login") else {
        let token = mint(run, actor).map_err(|why| failed(why, Vec::new()))?;
        actor.credential = Credential {
            token: Some(Secret::new(token)),
            refresh: None,
        };
        return Ok(Vec::new());
    };
    let exchange = plain(run, actor, route)
        .await
        .map_err(|why| failed(why, Vec::new()))?;
    let Some(response) = exchange
        .response()
        .filter(|response| succeeded(route, response))
        .cloned()
    else {
        return Err(failed(
            format!("login answered {}", exchange.outcome()),
            vec![exchange],
        ));
    };
    let mut exchanges = vec![exchange];
    match credential_of(run, actor, route, &response, &mut exchanges).await {
        Ok(credential) if credential.token.is_some() => actor.credential = credential,
        Ok(_) => {
            let why = format!(
                "login answered {} without a credential where the profile looks for it",
                response.status
            );
            return Err(failed(why, exchanges));
        }
        Err(why) => return Err(failed(why, exchanges)),
    }
    actor.learn_id(&run.target, &response);
    run.remember_credential(actor);
    Ok(exchanges)
}

/// Follows the steps of the login until the credential is at hand.
pub(crate) async fn credential_of(
    run: &Run,
    actor: &Actor,
    login: &Route,
    response: &Response,
    exchanges: &mut Vec<Exchange>,
) -> Result<Credential, String> {
    let mut saved: BTreeMap<String, String> = login
        .save
        .iter()
        .filter_map(|(name, place)| Some((name.clone(), find(place, response)?)))
        .collect();
    let mut last = response.clone();
    for route in &run.target.login_then {
        let step = Step::default();
        let filling = Filling {
            sender: actor,
            values: saved.clone(),
            fields: BTreeMap::new(),
            credential: Sending::None,
            refresh: &Credential::default(),
            beside: None,
        };
        let call = Call {
            route,
            object: None,
            preflight: false,
        };
        let request =
            build(&run.target, call, &step, &filling).map_err(|error| error.to_string())?;
        let exchange = transmit(run, request, label(actor, &route.name))
            .await
            .map_err(|unsent| unsent.to_string())?;
        let answered = exchange
            .response()
            .filter(|response| succeeded(route, response))
            .cloned();
        let outcome = exchange.outcome();
        exchanges.push(exchange);
        last = answered
            .ok_or_else(|| format!("the login step `{}` answered {outcome}", route.name))?;
        saved.extend(
            route
                .save
                .iter()
                .filter_map(|(name, place)| Some((name.clone(), find(place, &last)?))),
        );
    }
    let mut credential = Credential::read(&run.target, &last);
    if credential.refresh.is_none() {
        credential.refresh = Credential::read(&run.target, response).refresh;
    }
    Ok(credential)
}

async fn learn_from_me(run: &Run, actor: &mut Actor, exchanges: &mut Vec<Exchange>) {
    let Some(route) = run.target.routes.get("me") else {
        return;
    };
    if actor.id.is_some() && run.target.credential.user_id != UserIdAt::Me {
        return;
    }
    let Some(pointer) = &route.id else { return };
    if let Ok(exchange) = plain(run, actor, route).await {
        let found = exchange
            .response()
            .filter(|r| r.is_success())
            .and_then(|r| text(r.json()?.pointer(pointer)?));
        actor.id = found.or(actor.id.take());
        exchanges.push(exchange);
    }
}

/// A call of a route as it stands in the profile.
async fn plain(run: &Run, actor: &Actor, route: &Route) -> Result<Exchange, String> {
    let token = actor.credential.token.clone();
    let filling = Filling {
        sender: actor,
        values: BTreeMap::new(),
        fields: BTreeMap::new(),
        credential: token
            .as_ref()
            .map_or(Sending::None, |token| Sending::Text(token.expose())),
        refresh: &actor.credential,
        beside: None,
    };
    let call = Call {
        route,
        object: None,
        preflight: false,
    };
    let request =
        build(&run.target, call, &Step::default(), &filling).map_err(|error| error.to_string())?;
    transmit(run, request, label(actor, &route.name))
        .await
        .map_err(|unsent| unsent.to_string())
}

fn label<'a>(actor: &'a Actor, call: &'a str) -> Label<'a> {
    Label {
        actor: &actor.name,
        call,
        control: true,
        recipe: None,
        fresh: false,
        patient: true,
    }
}

/// Whether an answer is what the profile calls a success.
pub(crate) fn succeeded(route: &Route, response: &Response) -> bool {
    let status = match route.ok.is_empty() {
        true => response.is_success(),
        false => route.ok.contains(&response.status),
    };
    let told = route
        .success
        .as_ref()
        .is_none_or(|success| success.told_by(response));
    status && !response.denied && told
}

/// Signs a token by the profile's claims, for an API whose users live elsewhere.
fn mint(run: &Run, actor: &Actor) -> Result<String, String> {
    let Some(template) = &run.target.jwt.mint else {
        return Err("the profile has no login route".into());
    };
    let Some(secret) = &run.options.signing_key else {
        return Err(
            "tokens must be minted (give --secret-env VAR or --signing-key-file FILE)".into(),
        );
    };
    let key = match secret.expose().contains("-----BEGIN") {
        true => Key::from_pem(secret.expose()).map_err(|error| error.to_string())?,
        false => Key::hmac(secret.expose().as_bytes().to_vec()),
    };
    let name = run.target.jwt.algorithm.as_deref().unwrap_or("HS256");
    let algorithm = Algorithm::parse(name)
        .ok_or_else(|| format!("the profile's algorithm {name} is unknown"))?;
    let now = run.target_now();
    let value = |placeholder: &str| match placeholder {
        "email" => Some(actor.email.clone()),
        "username" => Some(actor.username.clone()),
        "name" => Some(actor.display.clone()),
        "user_id" => actor.id.clone(),
        "now" => Some(now.to_string()),
        "exp" => Some((now + run.target.jwt.lifetime.unwrap_or(900) as i64).to_string()),
        "rand" => Some(crate::actors::random(12)),
        "digits" => Some(crate::actors::digits(8)),
        "uuid" => Some(crate::actors::uuid()),
        _ => None,
    };
    let claims = crate::profile::fill_json(template, &value).map_err(|error| error.to_string())?;
    let mut header = json!({ "alg": name });
    if let (Some(header), Some(Value::Object(more))) =
        (header.as_object_mut(), &run.target.jwt.header)
    {
        header.extend(more.clone());
    }
    let part = |value: &Value| Base64UrlUnpadded::encode_string(value.to_string().as_bytes());
    let input = format!("{}.{}", part(&header), part(&claims));
    let signature = key
        .sign(algorithm, input.as_bytes())
        .map_err(|error| error.to_string())?;
    Ok(format!(
        "{input}.{}",
        Base64UrlUnpadded::encode_string(&signature)
    ))
}
