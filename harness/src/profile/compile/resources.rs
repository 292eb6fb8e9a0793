//! Resources: the routes of a kind of object, and where its ids, owners and lists stand.

use serde_json::Value;

use super::{Compiled, Compiler, routes::Usual};
use crate::{
    profile::{
        error::{Complaint, Key},
        file,
        template::{Scope, holds, json_holds},
    },
    target::{Body, Offset, Paging, Resource, Route, Side},
};

impl Compiler<'_> {
    pub(super) fn resources(&mut self, written: &[file::Resource]) -> Compiled<Vec<Resource>> {
        let mut resources: Vec<Resource> = Vec::new();
        for (index, resource) in written.iter().enumerate() {
            let key = Key::new("resource").then(index);
            let compiled = self.resource(&key, resource)?;
            if resources.iter().any(|other| other.name == compiled.name) {
                return Err(Complaint::new(
                    &key.then("name"),
                    format!("two resources are named `{}`", compiled.name),
                ));
            }
            resources.push(compiled);
        }
        Ok(resources)
    }

    fn resource(&mut self, key: &Key, written: &file::Resource) -> Compiled<Resource> {
        let name = &written.name;
        let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if name.is_empty()
            || !name.chars().all(word)
            || ["object", "probe"].contains(&name.as_str())
        {
            let message = format!(
                "`{name}` is no name of a resource: use small letters, digits and `-`, and neither `object` nor `probe`"
            );
            return Err(Complaint::new(&key.then("name"), message));
        }
        let wrong = |part: &str, why: &str| {
            Err(Complaint::new(
                &key.then(part),
                format!("resource `{name}` {why}"),
            ))
        };
        let public = written.public.unwrap_or_default();
        let parent = match &written.parent {
            Some(parent) => self.part(key, "parent", name, parent, true, None)?,
            None => None,
        };
        let Some(create) = self.part(key, "create", name, &written.create, true, Some(written))?
        else {
            return wrong(
                "create",
                "has no create: without it there is nothing to protect",
            );
        };
        let mut route =
            |part: &str, route: &Option<file::Route>, protected: bool, body: bool| match route {
                Some(route) => {
                    self.part(key, part, name, route, protected, body.then_some(written))
                }
                None => Ok(None),
            };
        let resource = Resource {
            name: name.clone(),
            list: route("list", &written.list, !public, false)?,
            read: route("read", &written.read, !public, false)?,
            replace: route("replace", &written.replace, true, true)?,
            patch: route("patch", &written.patch, true, true)?,
            delete: route("delete", &written.delete, true, false)?,
            id: match (&written.id, route_holds(&create, "id")) {
                (Some(pointer), _) => Some(pointer.0.clone()),
                (None, true) => None,
                (None, false) => Some("/id".to_owned()),
            },
            owner: written.owner.as_ref().map(|pointer| pointer.0.clone()),
            items: written
                .items
                .as_ref()
                .map(|pointer| pointer.0.clone())
                .unwrap_or_default(),
            paging: written
                .paging
                .as_ref()
                .map(|paging| self::paging(key, name, paging))
                .transpose()?,
            public,
            private: written
                .private
                .iter()
                .flatten()
                .map(|pointer| pointer.0.clone())
                .collect(),
            parent: parent.map(|mut parent| {
                parent.id.get_or_insert_with(|| "/id".to_owned());
                parent
            }),
            create,
        };
        if resource.read.is_none() && resource.list.is_none() {
            return wrong(
                "",
                "has neither read nor list: give one of them, or nobody can see what an attack changed",
            );
        }
        if !route_holds(&resource.create, "marker") && resource.owner.is_none() {
            let why = "puts no `{marker}` into what it creates: give `json = { title = \"{marker}\" }`, or `owner`, to tell whose it is";
            return wrong("create", why);
        }
        for (part, route) in resource.on_one() {
            if !route_holds(route, "id") && !route_holds(route, "user_id") {
                return wrong(
                    part,
                    &format!("does not say which object to {part}: its path holds no `{{id}}`"),
                );
            }
        }
        if resource.parent.is_none()
            && resource
                .routes()
                .any(|route| route_holds(route, "parent_id"))
        {
            return wrong("create", "holds `{parent_id}` but has no `parent`");
        }
        if !resource.private.is_empty() && !resource.public {
            return wrong(
                "private",
                "has `private` fields but is not `public = true`: all of it is private",
            );
        }
        Ok(resource)
    }

    /// One route of a resource, named `task.read`; `bodies` has the usual body.
    fn part(
        &mut self,
        key: &Key,
        part: &str,
        name: &str,
        written: &file::Route,
        protected: bool,
        bodies: Option<&file::Resource>,
    ) -> Compiled<Option<Route>> {
        let usual = Usual {
            side: Side::Api,
            protected,
            body: None,
        };
        let Some(mut route) = self.route(
            &key.then(part),
            &format!("{name}.{part}"),
            written,
            usual,
            &[],
        )?
        else {
            return Ok(None);
        };
        let Some(bodies) = bodies.filter(|_| matches!(route.body, Body::None)) else {
            return Ok(Some(route));
        };
        let scope = Scope::Request(&[]);
        route.body = match (&bodies.json, &bodies.form) {
            (Some(_), Some(_)) => {
                let message =
                    format!("resource `{name}` has both `json` and `form`: keep one of them");
                return Err(Complaint::new(&key.then("form"), message));
            }
            (Some(json), None) => Body::Json(self.json(&key.then("json"), json, scope)?),
            (None, Some(form)) => Body::Form(self.pairs(&key.then("form"), form, scope)?),
            (None, None) => Body::None,
        };
        Ok(Some(route))
    }
}

impl Resource {
    /// The routes that are about one object.
    fn on_one(&self) -> impl Iterator<Item = (&'static str, &Route)> {
        let parts = [
            ("read", &self.read),
            ("replace", &self.replace),
            ("patch", &self.patch),
            ("delete", &self.delete),
        ];
        parts
            .into_iter()
            .filter_map(|(part, route)| Some((part, route.as_ref()?)))
    }

    /// All routes apart from the parent's.
    pub(super) fn routes(&self) -> impl Iterator<Item = &Route> {
        [&self.create]
            .into_iter()
            .chain(&self.list)
            .chain(self.on_one().map(|(_, route)| route))
    }
}

/// Whether the route holds this placeholder anywhere.
pub(super) fn route_holds(route: &Route, name: &str) -> bool {
    let pairs = |pairs: &[(String, String)]| pairs.iter().any(|(_, text)| holds(text, name));
    let body = match &route.body {
        Body::None => false,
        Body::Json(value) => json_holds(value, name),
        Body::Form(form) => pairs(form),
    };
    body || holds(&route.path, name) || pairs(&route.headers)
}

fn paging(key: &Key, name: &str, written: &file::Paging) -> Compiled<Paging> {
    let key = key.then("paging");
    let offset = match (&written.offset, &written.page) {
        (Some(offset), None) => Offset::Items(offset.clone()),
        (None, Some(page)) => Offset::Pages(page.clone()),
        (Some(_), Some(_)) | (None, None) => {
            let message = format!(
                "resource `{name}`: `paging` needs either `offset`, which counts objects, or `page`"
            );
            return Err(Complaint::new(&key, message));
        }
    };
    let size = written.size.unwrap_or(50);
    if size == 0 {
        return Err(Complaint::new(
            &key.then("size"),
            format!("resource `{name}`: a page of 0 objects shows nothing"),
        ));
    }
    Ok(Paging {
        limit: written.limit.clone(),
        offset,
        size,
        most: written.most.unwrap_or(100),
    })
}

/// Whether any text of the value holds the placeholder; for claims.
pub(super) fn claims_hold(claims: Option<&Value>, name: &str) -> bool {
    claims.is_some_and(|claims| json_holds(claims, name))
}
