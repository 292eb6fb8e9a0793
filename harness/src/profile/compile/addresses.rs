//! URLs and origins: the command line before the profile.

use url::Url;

use super::{Compiled, Compiler};
use crate::{
    profile::{
        Overrides, address,
        error::{Complaint, Key, ProfileError},
        file,
        layer::Layers,
    },
    target::Origins,
};

impl Compiler<'_> {
    /// Auth URL and API URL: those of the command line before those of the profile, the special before the common.
    pub(super) fn urls(
        &self,
        layers: &Layers,
        target: &file::Target,
        overrides: &Overrides,
    ) -> Result<(Url, Url), ProfileError> {
        let given = |option: &str, text: &Option<String>| {
            let parsed = text.as_deref().map(address::base).transpose();
            parsed.map_err(|message| ProfileError::plain(option, message))
        };
        let written = |name: &str, text: &Option<String>| {
            let Some(text) = text else { return Ok(None) };
            let key = Key::new("target").then(name);
            let url = self
                .fact(&key, text)
                .and_then(|text| address::base(&text).map_err(|why| Complaint::new(&key, why)));
            url.map(Some).map_err(|complaint| layers.error(complaint))
        };
        let (auth, api, both) = (
            given("--auth-url", &overrides.auth_url)?,
            given("--api-url", &overrides.api_url)?,
            given("URL", &overrides.url)?,
        );
        // What the command line replaces is not even read: it may name a variable that is not set.
        let (common, auth, api) = match (auth, api, both) {
            (auth, api, Some(both)) => (Some(both), auth, api),
            (Some(auth), Some(api), None) => (None, Some(auth), Some(api)),
            (auth, api, None) => {
                let common = written("url", &target.url)?;
                let auth = match auth {
                    Some(auth) => Some(auth),
                    None => written("auth_url", &target.auth_url)?,
                };
                let api = match api {
                    Some(api) => Some(api),
                    None => written("api_url", &target.api_url)?,
                };
                (common, auth, api)
            }
        };
        let auth_url = auth
            .clone()
            .or_else(|| common.clone())
            .or_else(|| api.clone());
        let api_url = api.or(common).or(auth);
        auth_url.zip(api_url).ok_or_else(|| {
            let message = "where is the target? Give the URL on the command line, or `[target] url = \"https://…\"`";
            layers.error(Complaint::new(&Key::new("target"), message))
        })
    }

    pub(super) fn origins(
        &self,
        layers: &Layers,
        front_end: &file::FrontEnd,
        overrides: &Overrides,
        auth_url: &Url,
    ) -> Result<Origins, ProfileError> {
        let key = Key::new("front_end");
        let none = front_end.none.unwrap_or_default() && overrides.origins.is_empty();
        let allowed = if overrides.origins.is_empty() {
            let written = front_end.origins.iter().flatten().enumerate();
            let checked =
                written.map(|(index, text)| self.origin(&key.then("origins").then(index), text));
            checked
                .collect::<Compiled<Vec<_>>>()
                .map_err(|complaint| layers.error(complaint))?
        } else {
            let checked = overrides.origins.iter().map(|text| address::origin(text));
            checked
                .collect::<Result<_, _>>()
                .map_err(|message| ProfileError::plain("--origin", message))?
        };
        if none && !allowed.is_empty() {
            let message = "`none = true` and `origins` exclude each other: keep one of them";
            return Err(layers.error(Complaint::new(&key.then("none"), message)));
        }
        let own = || address::origin_of(auth_url);
        let send = match front_end.send_origin.clone().unwrap_or(file::Origin::None) {
            file::Origin::None => None,
            file::Origin::Own => Some(own()),
            file::Origin::First => Some(allowed.first().cloned().unwrap_or_else(own)),
            file::Origin::This(text) => Some(
                self.origin(&key.then("send_origin"), &text)
                    .map_err(|complaint| layers.error(complaint))?,
            ),
        };
        Ok(Origins {
            allowed,
            none,
            auth_exempt: front_end.auth_exempt.unwrap_or_default(),
            send,
        })
    }

    fn origin(&self, key: &Key, text: &str) -> Compiled<String> {
        address::origin(&self.fact(key, text)?).map_err(|message| Complaint::new(key, message))
    }
}
