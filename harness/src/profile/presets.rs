//! The profiles that ship with authspec, and the signs by which a backend that has one is recognised.

/// A profile that ships with authspec.
#[derive(Debug, Clone, Copy)]
pub struct Preset {
    pub name: &'static str,
    /// What it fits, in a few words.
    pub title: &'static str,
    /// The profile itself.
    pub text: &'static str,
    /// How a backend that it fits is told from others.
    pub recognise: Recognise,
}

/// One cheap GET whose answer tells whether a preset is likely.
#[derive(Debug, Clone, Copy)]
pub struct Recognise {
    /// Below the target's URL.
    pub path: &'static str,
    /// All of these lead to something in the JSON answer.
    pub json_pointers: &'static [&'static str],
    /// The answer holds this text.
    pub body_contains: Option<&'static str>,
}

/// All presets, the more special before the more common, so that the first that is recognised is the right one.
pub const PRESETS: &[Preset] = &[
    Preset {
        name: "authspec",
        title: "the reference server, tokens in the body",
        text: include_str!("../../presets/authspec.toml"),
        recognise: Recognise {
            path: "/openapi.json",
            json_pointers: &[
                "/paths/~1api~1auth~1sessions~1{id}",
                "/components/securitySchemes/session/scheme",
            ],
            body_contains: Some("authspec reference server"),
        },
    },
    Preset {
        name: "authspec-cookie",
        title: "the reference server, tokens in cookies",
        text: include_str!("../../presets/authspec-cookie.toml"),
        recognise: Recognise {
            path: "/openapi.json",
            json_pointers: &[
                "/paths/~1api~1auth~1sessions~1{id}",
                "/components/securitySchemes/session/name",
            ],
            body_contains: Some("authspec reference server"),
        },
    },
    Preset {
        name: "better-auth",
        title: "Better Auth with e-mail and password, session cookie",
        text: include_str!("../../presets/better-auth.toml"),
        recognise: Recognise {
            path: "/api/auth/ok",
            json_pointers: &["/ok"],
            body_contains: None,
        },
    },
    Preset {
        name: "fastapi",
        title: "FastAPI, JSON login under /api/auth, tasks under /api/{user_id}",
        text: include_str!("../../presets/fastapi.toml"),
        recognise: Recognise {
            path: "/openapi.json",
            json_pointers: &[
                "/paths/~1api~1auth~1register/post",
                "/paths/~1api~1auth~1login/post",
                "/paths/~1api~1{user_id}~1tasks/post",
            ],
            body_contains: None,
        },
    },
    Preset {
        name: "fastapi-oauth2-form",
        title: "FastAPI, OAuth2 password form at /token, items",
        text: include_str!("../../presets/fastapi-oauth2-form.toml"),
        recognise: Recognise {
            path: "/openapi.json",
            json_pointers: &[
                "/paths/~1token/post/requestBody/content/application~1x-www-form-urlencoded",
                "/paths/~1users/post",
                "/paths/~1items/post",
            ],
            body_contains: None,
        },
    },
    Preset {
        name: "realworld",
        title: "the RealWorld API (Conduit): nested bodies, Token scheme, articles",
        text: include_str!("../../presets/realworld.toml"),
        recognise: Recognise {
            path: "/api/articles?limit=1",
            json_pointers: &["/articles", "/articlesCount"],
            body_contains: None,
        },
    },
];

/// The preset with this name.
pub(super) fn find(name: &str) -> Option<&'static Preset> {
    PRESETS.iter().find(|preset| preset.name == name)
}
