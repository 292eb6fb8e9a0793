//! For a front end on another site every origin and media type is taken, and cookies travel everywhere (CWE-352).

use super::Defect;
use crate::bodies::Bodies;
use crate::identify::Identify;
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use crate::replies::Replies;
use std::sync::Arc;
use std::time::Duration;

pub(super) const DEFECT: Defect = Defect {
    id: "forms-of-other-sites-sign-in",
    title: "A form of any site can sign a browser in, and write",
    cwe: 352,
    caught_by: &[
        "cors.state-change-without-preflight",
        "login.csrf",
        "refresh.csrf",
    ],
    implies: &[],
    install: |parts| Parts {
        bodies: Arc::new(AnyMediaType(parts.bodies.clone())),
        identify: Arc::new(AnySite(parts.identify.clone())),
        replies: Arc::new(CookiesForAll(parts.replies.clone())),
        ..parts
    },
};

struct AnyMediaType(Arc<dyn Bodies>);

impl Bodies for AnyMediaType {
    fn inner(&self) -> &dyn Bodies {
        &*self.0
    }

    fn media_type(&self, _: &Parts, _: &Head) -> Result<(), Problem> {
        Ok(())
    }
}

struct AnySite(Arc<dyn Identify>);

impl Identify for AnySite {
    fn inner(&self) -> &dyn Identify {
        &*self.0
    }

    fn same_site(&self, _: &Parts, _: &Head) -> Result<(), Problem> {
        Ok(())
    }
}

struct CookiesForAll(Arc<dyn Replies>);

impl Replies for CookiesForAll {
    fn inner(&self) -> &dyn Replies {
        &*self.0
    }

    fn cookie(&self, parts: &Parts, name: &str, value: &str, max_age: Duration) -> String {
        let line = self.0.cookie(parts, name, value, max_age);
        line.replace("SameSite=Lax", "SameSite=None")
    }
}
