//! Signs of a server's inside in an answer: stack traces, queries, file paths, settings.
//!
//! Words alone mislead (documentation, echoes of what was sent), so each pattern asks for the shape that only the real
//! thing has.

use std::sync::LazyLock;

use regex::Regex;

struct Sign {
    what: &'static str,
    pattern: &'static str,
    sample: &'static str,
}

const SIGNS: &[Sign] = &[
    Sign {
        what: "a Python traceback",
        pattern: r#"Traceback \(most recent call last\)|File "[^"\n]+", line \d+, in "#,
        sample: "Traceback (most recent call last):\n  File \"/srv/app.py\", line 3, in main",
    },
    Sign {
        what: "a JavaScript stack trace",
        pattern: r"\bat (?:async )?[\w.$<>\[\] ]+ \((?:file://|node:|/|[A-Z]:\\)[^)\n]*:\d+:\d+\)|\bat (?:file://|/)[^\s)]+:\d+:\d+",
        sample: "Error: x\n    at handler (/srv/app/routes.js:10:5)",
    },
    Sign {
        what: "a Java stack trace",
        pattern: r"\bat [\w$.]+\([\w$]+\.(?:java|kt|scala):\d+\)|\bjava\.(?:lang|sql)\.\w+(?:Exception|Error)\b",
        sample: "at com.shop.Api.get(Api.java:12)",
    },
    Sign {
        what: "a Go panic",
        pattern: r"\bgoroutine \d+ \[\w+\]|runtime error: [a-z]+",
        sample: "goroutine 1 [running]:",
    },
    Sign {
        what: "a Rust panic",
        pattern: r"thread '[^'\n]*' (?:\(\d+\) )?panicked at|called `(?:Result|Option)::\w+\(\)` on an? `\w+` value",
        sample: "thread 'main' panicked at src/main.rs:1:1",
    },
    Sign {
        what: "a .NET or PHP or Ruby stack trace",
        pattern: r"\bat [\w.`<>]+\([^)\n]*\) in [^\n]+:line \d+|<b>(?:Fatal error|Warning|Notice)</b>:|PHP Fatal error|\.rb:\d+:in [`']",
        sample: "<b>Fatal error</b>: Uncaught",
    },
    Sign {
        what: "a database error",
        pattern: r#"SQLSTATE\[|sqlalchemy\.exc\.|psycopg2?\.|sqlite3\.\w*Error|SQLITE_[A-Z]{4,}|You have an error in your SQL syntax|relation "\w+" does not exist|no such (?:table|column): |duplicate key value violates unique constraint|UNIQUE constraint failed: |syntax error at or near|ORA-\d{5}|PrismaClient\w*Error"#,
        sample: "sqlite3.OperationalError: no such table: users",
    },
    Sign {
        what: "a query",
        pattern: r"(?s)\b(?:SELECT\b.{1,200}\bFROM|INSERT INTO\b.{1,200}\bVALUES|UPDATE\b.{1,100}\bSET\b.{1,200}\bWHERE|DELETE FROM\b.{1,100}\bWHERE)\b",
        sample: "SELECT id, email FROM users WHERE id = $1",
    },
    Sign {
        what: "a connection address with credentials",
        pattern: r"\b(?:postgres(?:ql)?|mysql|mariadb|mongodb|redis|amqp)(?:\+\w+)?://[^\s:/@]*:[^\s@/]+@",
        sample: "postgresql://app:hunter2@db/app",
    },
    Sign {
        what: "the path of a source file",
        pattern: r"(?:/(?:usr|home|app|srv|opt|var|root|workspace)/[\w./@-]+|[A-Z]:\\[\w\\. -]+)\.(?:py|js|ts|mjs|java|rb|php|go|rs)\b",
        sample: "/usr/src/app/server.js",
    },
    Sign {
        what: "the name of a secret setting",
        pattern: r"\b(?:BETTER_AUTH_SECRET|JWT_SECRET|SECRET_KEY|DATABASE_URL|AUTH_SECRET|NEXTAUTH_SECRET)\b",
        sample: "KeyError: 'JWT_SECRET'",
    },
];

/// The patterns that fire on their own sample: one that does not could never say anything.
static PATTERNS: LazyLock<Vec<(&'static str, Regex)>> = LazyLock::new(|| {
    let built = SIGNS
        .iter()
        .filter_map(|sign| Some((sign, Regex::new(sign.pattern).ok()?)));
    built
        .filter(|(sign, pattern)| pattern.is_match(sign.sample))
        .map(|(sign, pattern)| (sign.what, pattern))
        .collect()
});

/// What of the inside a text shows that neither the request nor a good answer of the same target shows.
pub fn found(text: &str, sent: &str, good: &str) -> Vec<String> {
    PATTERNS
        .iter()
        .filter(|(_, pattern)| !pattern.is_match(good))
        .filter_map(|(what, pattern)| {
            let hit = pattern
                .find_iter(text)
                .find(|hit| !sent.contains(hit.as_str()))?;
            let line: String = hit.as_str().chars().take(60).collect();
            Some(format!("{what} (`{line}`)"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sign_fires_on_its_own_sample_and_every_pattern_is_valid() {
        assert_eq!(PATTERNS.len(), SIGNS.len());
        for sign in SIGNS {
            assert!(
                found(sign.sample, "", "")
                    .iter()
                    .any(|f| f.starts_with(sign.what)),
                "{}",
                sign.what
            );
        }
    }

    #[test]
    fn ordinary_refusals_show_nothing() {
        for text in [
            r#"{"detail":"Not authenticated"}"#,
            r#"{"detail":[{"type":"missing","loc":["body","title"],"msg":"Field required","input":{}}]}"#,
            r#"{"type":"about:blank","title":"Not Found","status":404}"#,
            "Please select one of the tasks from the list where possible",
            r#"{"message":"Invalid email or password","code":"INVALID_EMAIL_OR_PASSWORD"}"#,
            "<!doctype html><title>404</title><p>No page at /app/tasks",
        ] {
            assert_eq!(found(text, "", ""), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn what_was_sent_or_stands_in_a_good_answer_is_subtracted() {
        let sample = "SELECT id FROM users WHERE";
        assert_eq!(found(sample, sample, ""), Vec::<String>::new());
        assert_eq!(found(sample, "", sample), Vec::<String>::new());
    }
}
