//! One exchange as the report keeps it: redacted, cut, and with the command that repeats it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A request with its answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// Whether it is a control, and not the attack.
    pub control: bool,
    pub actor: String,
    pub request: EvidenceRequest,
    /// Absent where no answer came.
    pub response: Option<EvidenceResponse>,
    /// Why no answer came.
    #[serde(default)]
    pub no_answer: Option<String>,
    /// How the credential of the request was made, where the harness made it.
    #[serde(default)]
    pub forged: Option<Forged>,
    pub curl: String,
}

/// A request as it travelled, credentials replaced by variables such as `$ALICE_TOKEN`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceRequest {
    pub method: String,
    pub url: String,
    pub headers: Vec<(String, String)>,
    /// Empty where there is none.
    pub body: String,
    /// Names of the variables that stand in URL, headers and body, without the `$`.
    #[serde(default)]
    pub variables: Vec<String>,
    /// Whether the body is only the beginning of what was sent.
    #[serde(default)]
    pub truncated: bool,
}

/// An answer, its body as text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceResponse {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
    pub truncated: bool,
    pub duration_ms: u64,
}

/// A token that the harness made, in place of its text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Forged {
    pub recipe: String,
    #[serde(default)]
    pub header: Value,
    #[serde(default)]
    pub claims: Value,
}

impl Evidence {
    /// `GET /api/tasks as alice`; the query is left out.
    pub fn line(&self) -> String {
        let url = &self.request.url;
        let rest = url.split_once("://").map_or(url.as_str(), |(_, rest)| {
            rest.find('/').map_or("/", |at| &rest[at..])
        });
        let path = rest.split(['?', '#']).next().unwrap_or(rest);
        format!("{} {path} as {}", self.request.method, self.actor)
    }

    /// What came back, in a few words: `200`, `no answer: the connection was closed`.
    pub fn outcome(&self) -> String {
        match (&self.response, &self.no_answer) {
            (Some(response), _) => response.status.to_string(),
            (None, Some(why)) => format!("no answer: {why}"),
            (None, None) => "no answer".to_owned(),
        }
    }
}
