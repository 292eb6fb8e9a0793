//! How a profile lies over the one that it extends: tables merge deeply; lists, bodies and alternatives replace.

use std::collections::BTreeMap;

use super::file::{
    Accounts, Api, Credential, Deployment, FrontEnd, Gate, Jwt, Limits, Login, Policy, Profile,
    Route, RouteTable, Session, Target,
};

/// One layer over another.
pub(super) trait Merge {
    fn over(self, base: Self) -> Self;
}

/// Tables of values that are taken from below where they are absent.
macro_rules! merge {
    ($($name:ident { $($value:ident)* })+) => {$(
        impl Merge for $name {
            fn over(self, base: Self) -> Self {
                Self { $($value: self.$value.or(base.$value),)* }
            }
        }
    )+};
}

merge! {
    Target { url auth_url api_url }
    Accounts { email username password name user_id supplied reset }
    Login { then }
    Credential { token refresh send user_id at_registration }
    Jwt { opaque algorithm secret_env jwks issuer audience lifetime header mint }
    Policy { bad_token wrong_login others_object duplicate invalid anonymous denial enumeration_by_registration }
    Deployment { proxy }
    Limits { login login_address registration requests body }
    Session { cache refresh_grace password_change_ends_others }
    Api { users }
    Gate { require }
}

impl Merge for Profile {
    fn over(self, base: Self) -> Self {
        Profile {
            // These are the file's own.
            extends: self.extends,
            name: self.name,
            environment: self.environment.or(base.environment),
            deployment: self.deployment.over(base.deployment),
            target: self.target.over(base.target),
            front_end: self.front_end.over(base.front_end),
            accounts: self.accounts.over(base.accounts),
            routes: self.routes.over(base.routes),
            login: self.login.over(base.login),
            credential: self.credential.over(base.credential),
            // What is said of readable tokens below does not hold where there are none.
            jwt: match self.jwt.opaque {
                Some(true) => self.jwt,
                Some(false) | None => self.jwt.over(base.jwt),
            },
            resource: self.resource.or(base.resource),
            policy: self.policy.over(base.policy),
            limits: self.limits.over(base.limits),
            session: self.session.over(base.session),
            api: self.api.over(base.api),
            gate: self.gate.over(base.gate),
            waive: self.waive.over(base.waive),
        }
    }
}

impl Merge for FrontEnd {
    fn over(self, base: Self) -> Self {
        // Either of the two says which origins there are, so the layer that says one drops the other's.
        let says = self.origins.is_some() || self.none.is_some();
        let (origins, none) = if says {
            (self.origins, self.none)
        } else {
            (base.origins, base.none)
        };
        FrontEnd {
            origins,
            none,
            auth_exempt: self.auth_exempt.or(base.auth_exempt),
            send_origin: self.send_origin.or(base.send_origin),
        }
    }
}

impl Merge for Route {
    fn over(self, base: Self) -> Self {
        match (self, base) {
            (Route::Is(above), Route::Is(below)) => Route::Is(Box::new(above.over(*below))),
            (above @ (Route::Absent | Route::Is(_)), Route::Absent | Route::Is(_)) => above,
        }
    }
}

impl Merge for RouteTable {
    fn over(self, base: Self) -> Self {
        let bodies = self.json.is_some() || self.form.is_some();
        let (json, form) = if bodies {
            (self.json, self.form)
        } else {
            (base.json, base.form)
        };
        RouteTable {
            send: self.send.or(base.send),
            json,
            form,
            headers: self.headers.or(base.headers),
            ok: self.ok.or(base.ok),
            success: self.success.or(base.success),
            at: self.at.or(base.at),
            protected: self.protected.or(base.protected),
            id: self.id.or(base.id),
            save: self.save.or(base.save),
        }
    }
}

impl Merge for BTreeMap<String, Route> {
    fn over(self, mut base: Self) -> Self {
        for (name, route) in self {
            let merged = match base.remove(&name) {
                Some(below) => route.over(below),
                None => route,
            };
            base.insert(name, merged);
        }
        base
    }
}

impl Merge for BTreeMap<String, String> {
    fn over(self, mut base: Self) -> Self {
        base.extend(self);
        base
    }
}
