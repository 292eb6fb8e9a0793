//! What each expectation makes of what was seen, one line a case.

use std::time::Duration;

use scenarios::disclosure::Disclosure;
use scenarios::exchange::{Answer, Exchange, NoAnswer, Request, Response};
use scenarios::judge::{
    Contact, Control, DecodedToken, Effect, ObjectState, Observation, Silence, judge,
};
use scenarios::model::{Expectation, Severity};
use scenarios::verdict::Verdict;
use serde::Deserialize;
use serde_json::{Value, json};

/// What was seen, to be changed one field at a time.
#[derive(Clone)]
struct Seen {
    answer: Answer,
    request: Request,
    control: Option<Response>,
    anonymous: Option<Response>,
    telling: bool,
    complete: bool,
    disclosed: bool,
    effect: Effect,
    object: ObjectState,
    credential: bool,
    works: Option<bool>,
    token: Option<(Value, Value)>,
    extra: Vec<(String, Value)>,
    cookie: Option<&'static str>,
    by_cookie: bool,
    other: Option<Answer>,
    sent: &'static str,
    silence: Silence,
    contact: Contact,
    life_left: Option<f64>,
    declared: Vec<u16>,
}

fn answered(status: u16, body: &str) -> Response {
    Response {
        status,
        body: body.into(),
        duration: Duration::ZERO,
        ..Response::default()
    }
}

fn with(status: u16, body: &str, headers: &[(&str, &str)]) -> Response {
    let headers = headers
        .iter()
        .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()));
    Response {
        headers: headers.collect(),
        ..answered(status, body)
    }
}

fn denied() -> Response {
    Response {
        denied: true,
        ..answered(200, r#"{"ok":false}"#)
    }
}

fn got(response: Response) -> Seen {
    Seen {
        answer: Answer::Response(response),
        request: Request::default(),
        control: None,
        anonymous: None,
        telling: false,
        complete: false,
        disclosed: false,
        effect: Effect::NotLooked,
        object: ObjectState::NotLooked,
        credential: false,
        works: None,
        token: None,
        extra: Vec::new(),
        cookie: None,
        by_cookie: false,
        other: None,
        sent: "",
        silence: Silence::Unclear,
        contact: Contact::NotOffered,
        life_left: None,
        declared: Vec::new(),
    }
}

fn status(status: u16) -> Seen {
    got(answered(status, "{}"))
}

fn nothing(reason: NoAnswer, silence: Silence) -> Seen {
    Seen {
        answer: Answer::Nothing(reason),
        silence,
        ..status(200)
    }
}

#[derive(Deserialize)]
struct Written {
    expect: Expectation,
}

fn judged(expect: &str, seen: &Seen, control: &Control) -> Verdict {
    let Written { expect } = toml::from_str(&format!("expect = {expect}")).unwrap();
    let exchange = |answer: &Answer| Exchange {
        actor: "alice".into(),
        call: "me".into(),
        control: false,
        request: seen.request.clone(),
        answer: answer.clone(),
        recipe: None,
    };
    let own = exchange(&seen.answer);
    let others: Vec<_> = seen
        .other
        .iter()
        .map(|other| ("other".to_owned(), exchange(other)))
        .collect();
    let found = Disclosure {
        owner: "alice".into(),
        what: "a marker of alice in the body".into(),
    };
    let members = |value: &Value| value.as_object().cloned().unwrap_or_default();
    let observation = Observation {
        exchange: &own,
        disclosed: seen.disclosed.then_some(found).into_iter().collect(),
        complete: seen.complete,
        wanted: "the answer",
        effect: seen.effect.clone(),
        object: seen.object.clone(),
        control: seen.control.as_ref(),
        control_is_telling: seen.telling,
        anonymous: seen.anonymous.as_ref(),
        credential: seen.credential,
        credential_works: seen.works,
        token: seen.token.as_ref().map(|(header, claims)| DecodedToken {
            header: members(header),
            claims: members(claims),
        }),
        extra: seen.extra.clone(),
        passwords: &["pass-word".into(), "seven77".into()],
        cookie: seen.cookie.map(str::to_owned),
        cookies_authenticate: seen.by_cookie,
        others: &others,
        sent: seen.sent,
        silence: seen.silence,
        contact: &seen.contact,
        life_left: seen.life_left,
        now: 1_000.0,
        declared: &[("bad_token", seen.declared.clone())],
    };
    judge(&expect, Severity::High, "it matters", control, &observation)
}

/// The verdict in a word; a note or a severity that is not the scenario's own stands behind it.
fn verdict(expect: &str, seen: &Seen) -> String {
    match judged(expect, seen, &Control::Held) {
        Verdict::Pass { note: Some(_) } => "pass, noted".into(),
        Verdict::Fail(m) if m.severity != Severity::High => format!("fail, {}", m.severity.word()),
        other => other.word().to_owned(),
    }
}

#[track_caller]
fn check(expect: &str, seen: Seen, want: &str) {
    assert_eq!(verdict(expect, &seen), want, "{expect}");
}

const REFUSED: &str = r#""refused""#;

#[test]
fn no_answer_says_nothing_unless_silence_is_a_refusal() {
    use Silence::{ClosingRefuses, Refuses, Unclear};
    let closed = || NoAnswer::Closed("eof".into());
    check(REFUSED, nothing(closed(), Unclear), "inconclusive");
    check(REFUSED, nothing(closed(), ClosingRefuses), "pass, noted");
    check(REFUSED, nothing(closed(), Refuses), "pass, noted");
    check(
        REFUSED,
        nothing(NoAnswer::TimedOut, ClosingRefuses),
        "inconclusive",
    );
    check(REFUSED, nothing(NoAnswer::TimedOut, Refuses), "pass, noted");
}

#[test]
fn a_throttled_answer_says_nothing_but_that_it_is_one() {
    check(REFUSED, status(429), "inconclusive");
    check(r#""throttled""#, status(429), "pass");
    check(r#""throttled""#, status(401), "fail");
    check("{ status = [401] }", status(429), "inconclusive");
}

#[test]
fn an_acceptance_is_a_success_with_what_belongs_in_it() {
    let whole = |response| Seen {
        complete: true,
        ..got(response)
    };
    check(r#""accepted""#, whole(answered(201, "{}")), "pass");
    check(r#""accepted""#, status(200), "fail");
    check(r#""accepted""#, whole(answered(401, "{}")), "fail");
    check(r#""accepted""#, whole(denied()), "fail");
}

#[test]
fn a_refusal_gives_nothing_away_and_changes_nothing() {
    for (code, want) in [
        (401, "pass"),
        (302, "pass"),
        (404, "pass"),
        (500, "pass, noted"),
        (150, "inconclusive"),
    ] {
        check(REFUSED, status(code), want);
    }
    let leaks = Seen {
        disclosed: true,
        ..status(404)
    };
    check(REFUSED, leaks.clone(), "fail");
    check(r#""discloses-nothing""#, leaks, "fail");
    check(r#""discloses-nothing""#, status(200), "pass");
    check(
        REFUSED,
        Seen {
            effect: Effect::Happened("it changed".into()),
            ..status(403)
        },
        "fail",
    );
    check(
        REFUSED,
        Seen {
            effect: Effect::Unknown("no answer".into()),
            ..status(403)
        },
        "inconclusive",
    );
    check(
        REFUSED,
        Seen {
            effect: Effect::None,
            ..status(403)
        },
        "pass",
    );
    check(
        REFUSED,
        Seen {
            credential: true,
            ..status(200)
        },
        "fail",
    );
    check(
        REFUSED,
        Seen {
            credential: true,
            ..status(401)
        },
        "pass",
    );
    check(REFUSED, got(denied()), "pass");
}

#[test]
fn a_success_is_a_refusal_where_it_is_what_nobody_gets() {
    let null = || answered(200, "null");
    let against = |control: Option<Response>, anonymous: Option<Response>| Seen {
        control,
        anonymous,
        ..got(null())
    };
    check(REFUSED, against(None, Some(null())), "pass");
    check(
        REFUSED,
        against(None, Some(answered(201, "null"))),
        "inconclusive",
    );
    check(
        REFUSED,
        against(None, Some(answered(200, "{}"))),
        "inconclusive",
    );
    check(
        REFUSED,
        Seen {
            telling: true,
            ..against(Some(answered(200, "{}")), None)
        },
        "pass, noted",
    );
    check(REFUSED, against(Some(null()), None), "fail");
    check(
        REFUSED,
        against(Some(answered(201, "null")), None),
        "inconclusive",
    );
    let other = || Some(answered(200, r#"{"mine":true}"#));
    check(REFUSED, against(other(), None), "inconclusive");
    check(
        REFUSED,
        Seen {
            effect: Effect::None,
            ..against(other(), None)
        },
        "pass, noted",
    );
}

#[test]
fn what_an_edge_refuses_says_nothing_of_the_target() {
    const PAGE: (&str, &str) = ("content-type", "text/html; charset=utf-8");
    const JSON: (&str, &str) = ("content-type", "application/json");
    let own = |headers: &[(&str, &str)]| Some(with(200, "{}", headers));
    for expect in [REFUSED, r#""rejected""#] {
        let page = |code| Seen {
            control: own(&[JSON]),
            ..got(with(code, "<p>", &[PAGE]))
        };
        for code in [403, 405, 406, 415, 444, 493, 499] {
            check(expect, page(code), "inconclusive");
        }
        check(expect, page(401), "pass");
        check(
            expect,
            Seen {
                control: own(&[PAGE]),
                ..page(403)
            },
            "pass",
        );
        check(
            expect,
            Seen {
                control: None,
                anonymous: own(&[JSON]),
                ..page(403)
            },
            "inconclusive",
        );
        check(
            expect,
            Seen {
                control: None,
                ..page(403)
            },
            "pass",
        );
        let server = |name| Seen {
            control: own(&[("server", "app")]),
            ..got(with(403, "{}", &[("server", name)]))
        };
        check(expect, server("waf"), "inconclusive");
        check(expect, server("app"), "pass");
        check(
            expect,
            Seen {
                control: own(&[("server", "app")]),
                ..status(403)
            },
            "pass",
        );
        check(
            expect,
            Seen {
                anonymous: own(&[("server", "waf")]),
                ..server("waf")
            },
            "pass",
        );
    }
}

#[test]
fn a_rejection_is_a_4xx_without_effect() {
    for (code, want) in [
        (400, "pass"),
        (499, "pass"),
        (200, "fail"),
        (302, "fail"),
        (500, "pass, noted"),
    ] {
        check(r#""rejected""#, status(code), want);
    }
    check(r#""rejected""#, got(denied()), "pass");
    check(
        r#""rejected""#,
        Seen {
            effect: Effect::Happened("it changed".into()),
            ..status(400)
        },
        "fail",
    );
}

#[test]
fn an_object_is_judged_by_how_it_reads() {
    use ObjectState::{AsItWas, Changed, Listed, Missing, NotLooked, Unknown};
    for (expect, right) in [
        (r#""unchanged""#, AsItWas),
        (r#""gone""#, Missing),
        (r#""present""#, Listed(true)),
        (r#""absent""#, Listed(false)),
    ] {
        for object in [
            AsItWas,
            Changed("the title".into()),
            Missing,
            Listed(true),
            Listed(false),
        ] {
            let want = if object == right { "pass" } else { "fail" };
            check(
                expect,
                Seen {
                    object,
                    ..status(200)
                },
                want,
            );
        }
        for object in [NotLooked, Unknown("no answer".into())] {
            check(
                expect,
                Seen {
                    object,
                    ..status(200)
                },
                "inconclusive",
            );
        }
    }
}

#[test]
fn a_member_is_taken_over_where_it_shows_and_not_for_a_neutral_account() {
    let sent = |body: &str| Seen {
        extra: vec![("role".into(), json!("admin"))],
        ..got(answered(200, body))
    };
    let expect = r#""not-taken-over""#;
    check(expect, sent(r#"{"user":{"role":"admin"}}"#), "fail");
    check(expect, sent(r#"[{"role":"admin"}]"#), "fail");
    check(expect, sent(r#"{"role":"user","kind":"admin"}"#), "pass");
    check(expect, sent("no json"), "pass");
    let shows = sent(r#"{"role":"admin"}"#);
    let neutral = |body| Some(answered(200, body));
    check(
        expect,
        Seen {
            control: neutral(r#"{"role":"admin"}"#),
            ..shows.clone()
        },
        "pass",
    );
    check(
        expect,
        Seen {
            control: neutral(r#"{"role":"user"}"#),
            ..shows
        },
        "fail",
    );
}

#[test]
fn crashes_internals_and_password_material_are_told() {
    check(r#""no-server-error""#, status(500), "fail");
    check(r#""no-server-error""#, status(499), "pass");
    let trace = "panic: goroutine 1 [running]: main";
    let shown = got(answered(400, trace));
    check(r#""no-internals""#, shown.clone(), "fail");
    check(
        r#""no-internals""#,
        Seen {
            control: Some(answered(200, trace)),
            ..shown
        },
        "pass",
    );
    check(r#""no-internals""#, status(400), "pass");
    let expect = r#""no-secret""#;
    check(
        expect,
        got(answered(201, r#"{"password":"pass-word"}"#)),
        "fail",
    );
    // Shorter ones stand in an answer by chance.
    check(
        expect,
        got(answered(201, r#"{"password":"seven77"}"#)),
        "pass",
    );
    check(
        expect,
        got(with(201, "{}", &[("x-echo", "pass-word")])),
        "fail",
    );
    check(
        expect,
        got(answered(201, r#"{"h":"$2b$12$abcdefgh"}"#)),
        "fail",
    );
    check(expect, status(201), "pass");
}

#[test]
fn a_key_is_fetched_or_not_or_nothing_was_offered() {
    let seen = |contact| Seen {
        contact,
        ..status(401)
    };
    check(r#""not-fetched""#, seen(Contact::None), "pass");
    check(
        r#""not-fetched""#,
        seen(Contact::Made("GET /jwks".into())),
        "fail",
    );
    check(
        r#""not-fetched""#,
        seen(Contact::NotOffered),
        "inconclusive",
    );
}

#[test]
fn a_new_credential_must_work() {
    let seen = |code, credential, works| Seen {
        credential,
        works,
        ..status(code)
    };
    let expect = r#""new-credential""#;
    check(expect, seen(200, true, Some(true)), "pass");
    check(expect, seen(200, true, Some(false)), "fail");
    check(expect, seen(200, true, None), "inconclusive");
    check(expect, seen(200, false, Some(true)), "fail");
    check(expect, seen(401, true, Some(true)), "fail");
}

#[test]
fn an_expectation_can_hold_for_some_answers_alone() {
    check(
        r#"{ is = "refused", when_status = [401] }"#,
        Seen {
            disclosed: true,
            ..status(404)
        },
        "pass",
    );
    check(
        r#"{ is = "refused", when_status = [4] }"#,
        Seen {
            disclosed: true,
            ..status(404)
        },
        "fail",
    );
    check(
        "{ status = [200], unless_status = [5] }",
        status(503),
        "inconclusive",
    );
    check(
        "{ status = [200], unless_status = [5] }",
        status(404),
        "fail",
    );
    check(
        "{ status = [200], when_status = [4] }",
        got(denied()),
        "fail",
    );
}

#[test]
fn a_fail_weighs_what_the_expectation_says() {
    check(
        r#"{ status = [200], severity = "low" }"#,
        status(404),
        "fail, low",
    );
    check(
        r#"{ status = [200], note = "odd" }"#,
        status(404),
        "pass, noted",
    );
    check(
        r#"{ is = "refused", severity = "low" }"#,
        Seen {
            disclosed: true,
            ..status(200)
        },
        "fail, low",
    );
    let either = r#"{ any_of = [{ status = [200] }, { status = [201] }], severity = "low" }"#;
    check(either, status(201), "pass");
    check(either, status(404), "fail, low");
    check(
        "{ any_of = [{ status = [200] }, { status = [201] }] }",
        status(404),
        "fail",
    );
    let lived = |life_left| Seen {
        disclosed: true,
        life_left,
        ..status(200)
    };
    let graded =
        r#"{ is = "refused", grade = [{ above = "10m" }, { above = "1h", severity = "low" }] }"#;
    check(graded, lived(Some(7_200.0)), "fail, low");
    check(graded, lived(Some(1_200.0)), "pass, noted");
    check(graded, lived(Some(600.0)), "fail");
    check(graded, lived(None), "fail");
}

#[test]
fn a_status_is_one_of_the_listed_or_of_its_class() {
    check("{ status = [401, 403] }", status(403), "pass");
    check("{ status = [4] }", status(404), "pass");
    check("{ status = [4] }", status(500), "fail");
    check("{ status = [4] }", got(denied()), "pass");
    check("{ status = [404] }", got(denied()), "pass");
    check("{ status = [2] }", got(denied()), "fail");
    check(
        "{ status = [401], policy = \"bad_token\" }",
        Seen {
            declared: vec![403],
            ..status(403)
        },
        "pass",
    );
    check(
        "{ status = [401], policy = \"bad_token\" }",
        status(403),
        "fail",
    );
    check(
        "{ status = [401], policy = \"other\" }",
        Seen {
            declared: vec![403],
            ..status(403)
        },
        "fail",
    );
    check("{ status_not = [5] }", status(500), "fail");
    check("{ status_not = [5] }", status(404), "pass");
}

#[test]
fn a_class_of_statuses_is_told_as_one() {
    let Verdict::Fail(mismatch) = judged("{ status = [401, 4] }", &status(200), &Control::Held)
    else {
        panic!("200 is neither")
    };
    assert_eq!(mismatch.expected, "401 or 4xx");
    assert_eq!(mismatch.actual, "200");
}

#[test]
fn a_difference_of_bodies_is_shown() {
    let seen = Seen {
        other: Some(Answer::Response(answered(401, "b"))),
        ..got(answered(401, "a"))
    };
    let Verdict::Fail(mismatch) = judged(r#"{ same_as = "other" }"#, &seen, &Control::Held) else {
        panic!("the bodies differ")
    };
    assert_eq!(mismatch.actual, "the body `a` instead of `b`");
}

#[test]
fn an_answer_is_compared_with_that_of_another_case() {
    let beside = |own, other| Seen {
        other: Some(Answer::Response(other)),
        ..got(own)
    };
    let same = r#"{ same_as = "other" }"#;
    let plain = || answered(401, r#"{"id":7,"at":"2026-01-01T00:00:00Z","m":"no"}"#);
    check(
        same,
        beside(
            plain(),
            answered(401, r#"{"id":8,"at":"2026-02-01T00:00:09Z","m":"no"}"#),
        ),
        "pass",
    );
    check(
        same,
        beside(
            plain(),
            answered(401, r#"{"id":7,"at":"2026-01-01T00:00:00Z","m":"who"}"#),
        ),
        "fail",
    );
    check(
        same,
        beside(plain(), answered(403, r#"{"id":7,"m":"no"}"#)),
        "fail",
    );
    check(
        same,
        beside(with(401, "{}", &[("x-user", "7")]), answered(401, "{}")),
        "fail",
    );
    check(
        same,
        beside(
            with(401, "{}", &[("Date", "now"), ("x-ratelimit-left", "7")]),
            answered(401, "{}"),
        ),
        "pass",
    );
    check(same, status(401), "inconclusive");
    check(same, beside(plain(), answered(429, "{}")), "inconclusive");
    check(
        r#"{ status_as = "other" }"#,
        beside(answered(401, "a"), answered(401, "b")),
        "pass",
    );
    check(
        r#"{ status_as = "other" }"#,
        beside(answered(401, ""), answered(404, "")),
        "fail",
    );
    let echo = |own: &str, other: &str, sent| Seen {
        sent,
        ..beside(answered(400, own), answered(400, other))
    };
    check(
        same,
        echo("no user longname here", "no user ~ here", "user=longname"),
        "pass",
    );
    check(
        same,
        echo("no user short here", "no user ~ here", "user=short"),
        "fail",
    );
}

#[test]
fn a_part_of_the_answer_is_judged_by_its_predicate() {
    let page = || {
        got(with(
            200,
            r#"{"n":7,"t":"Text","z":null,"l":[],"o":{},"b":true}"#,
            &[("x-one", "a"), ("x-one", "b")],
        ))
    };
    for (expect, want) in [
        (r#"{ header = "X-One", equals = "a, b" }"#, "pass"),
        (r#"{ header = "x-one", matches = "^A" }"#, "pass"),
        (r#"{ header = "x-one", lacks = "B$" }"#, "fail"),
        (r#"{ header = "x-one", lacks = "c" }"#, "pass"),
        (r#"{ header = "x-two", lacks = "c" }"#, "pass"),
        (r#"{ header = "x-two", matches = "c" }"#, "fail"),
        (r#"{ header = "x-two", present = false }"#, "pass"),
        (r#"{ header = "x-one", present = false }"#, "fail"),
        (r#"{ header = "x-one", present = true }"#, "pass"),
        (r#"{ header = "x-one", matches = "(" }"#, "inconclusive"),
        (r#"{ pointer = "/n", equals = 7 }"#, "pass"),
        (r#"{ pointer = "/n", equals = "7" }"#, "pass"),
        (r#"{ pointer = "/n", equals = 8 }"#, "fail"),
        (r#"{ pointer = "/t", equals = "Tex" }"#, "fail"),
        (r#"{ pointer = "/n", not = 7 }"#, "fail"),
        (r#"{ pointer = "/n", not = 8 }"#, "pass"),
        (r#"{ pointer = "/n", one_of = [6, 7] }"#, "pass"),
        (r#"{ pointer = "/n", one_of = [6, 8] }"#, "fail"),
        (r#"{ pointer = "/n", between = [7, 8] }"#, "pass"),
        (r#"{ pointer = "/n", between = [8, 9] }"#, "fail"),
        (r#"{ pointer = "/t", between = [8, 9] }"#, "fail"),
        (r#"{ pointer = "/n", kind = "number" }"#, "pass"),
        (r#"{ pointer = "/t", kind = "string" }"#, "pass"),
        (r#"{ pointer = "/z", kind = "null" }"#, "pass"),
        (r#"{ pointer = "/l", kind = "array" }"#, "pass"),
        (r#"{ pointer = "/o", kind = "object" }"#, "pass"),
        (r#"{ pointer = "/b", kind = "boolean" }"#, "pass"),
        (r#"{ pointer = "/b", kind = "string" }"#, "fail"),
        (r#"{ pointer = "/nowhere", kind = "string" }"#, "fail"),
        (r#"{ pointer = "/n" }"#, "inconclusive"),
        (r#"{ body = true, matches = '"t":"text"' }"#, "pass"),
        (r#"{ body = true, lacks = "Text" }"#, "fail"),
        (r#"{ claim = "sub", present = true }"#, "inconclusive"),
    ] {
        check(expect, page(), want);
    }
}

#[test]
fn a_cookie_is_judged_by_its_line_and_attributes() {
    let set = |cookie| Seen {
        cookie,
        ..status(200)
    };
    let line = Some("sid=secret; Path=/; HttpOnly; SameSite=Lax");
    check(
        r#"{ cookie_attribute = "httponly", present = true }"#,
        set(line),
        "pass",
    );
    check(
        r#"{ cookie_attribute = "secure", present = true }"#,
        set(line),
        "fail",
    );
    check(
        r#"{ cookie_attribute = "samesite", equals = "Lax" }"#,
        set(line),
        "pass",
    );
    check(
        r#"{ cookie_attribute = "sid", present = false }"#,
        set(line),
        "pass",
    );
    check(
        r#"{ cookie_attribute = "secure", present = true }"#,
        set(None),
        "inconclusive",
    );
    check(r#"{ cookie = true, lacks = "secret" }"#, set(line), "pass");
    check(
        r#"{ cookie = true, matches = "path=/" }"#,
        set(line),
        "pass",
    );
    check(r#"{ cookie = true, present = false }"#, set(None), "pass");
}

#[test]
fn a_token_is_judged_by_its_claims_and_its_life() {
    let token = |claims| Seen {
        token: Some((json!({"alg": "HS256"}), claims)),
        ..status(200)
    };
    check(
        r#"{ token_header = "alg", equals = "HS256" }"#,
        token(json!({})),
        "pass",
    );
    check(
        r#"{ token_header = "kid", present = false }"#,
        token(json!({})),
        "pass",
    );
    check(
        r#"{ claim = "*", lacks = "secret" }"#,
        token(json!({"x": "secret"})),
        "fail",
    );
    check(
        r#"{ claim = "sub", present = true }"#,
        token(json!({"sub": "7"})),
        "pass",
    );
    let life = r#"{ claim = "exp", minus = "iat", grade = [{ above = "1h" }, { above = "24h", severity = "low" }, { above = "8d", severity = "medium" }] }"#;
    let lives = |seconds: i64| token(json!({"iat": 500, "exp": 500 + seconds}));
    check(life, lives(3_600), "pass");
    check(life, lives(3_601), "pass, noted");
    check(life, lives(86_400), "pass, noted");
    check(life, lives(86_401), "fail, low");
    check(life, lives(691_201), "fail, medium");
    // Without `iat` it is counted from now, which is 1000 here.
    check(life, token(json!({"exp": 4_600})), "pass");
    check(life, token(json!({"exp": 4_601})), "pass, noted");
    check(life, token(json!({})), "fail");
}

#[test]
fn an_origin_may_read_what_the_fetch_standard_lets_it_read() {
    const ORIGIN: &str = "https://app.example";
    let asks = |method: &str, headers: &[(&str, &str)], by_cookie, response| Seen {
        request: Request {
            method: method.into(),
            headers: headers
                .iter()
                .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
                .collect(),
            ..Request::default()
        },
        by_cookie,
        ..got(response)
    };
    let from = &[("Origin", ORIGIN)][..];
    let own = ("access-control-allow-origin", ORIGIN);
    let any = ("access-control-allow-origin", "*");
    let credentials = ("access-control-allow-credentials", "true");
    let allowed = r#""origin-allowed""#;
    let get = |by_cookie, headers: &[(&str, &str)]| {
        asks("GET", from, by_cookie, with(200, "{}", headers))
    };
    check(allowed, get(false, &[own]), "pass");
    check(allowed, get(false, &[any]), "pass");
    check(allowed, get(true, &[any]), "fail");
    check(
        allowed,
        get(
            false,
            &[("access-control-allow-origin", "https://other.example")],
        ),
        "fail",
    );
    check(allowed, get(false, &[]), "fail");
    check(
        allowed,
        asks("GET", &[], false, with(200, "{}", &[own])),
        "inconclusive",
    );
    let refused = r#""origin-refused""#;
    check(refused, get(false, &[]), "pass");
    check(refused, get(false, &[any]), "pass");
    check(refused, get(false, &[own]), "pass, noted");
    check(
        refused,
        asks("GET", &[], false, with(200, "{}", &[own])),
        "inconclusive",
    );
    let weighs = |by_cookie| verdict(refused, &get(by_cookie, &[own, credentials]));
    assert_ne!(weighs(true), weighs(false));
    assert!(weighs(true).starts_with("fail") && weighs(false).starts_with("fail"));
    let wants = |method: &str, header: &str, status, extra: &[(&str, &str)]| {
        let asked = [
            ("Origin", ORIGIN),
            ("Access-Control-Request-Method", method),
            ("Access-Control-Request-Headers", header),
        ];
        let headers: Vec<_> = [own].into_iter().chain(extra.iter().copied()).collect();
        asks("OPTIONS", &asked, false, with(status, "", &headers))
    };
    let methods = |list| ("access-control-allow-methods", list);
    let headers = |list| ("access-control-allow-headers", list);
    let right = [
        methods("GET, PATCH"),
        headers("Authorization, content-type"),
    ];
    check(
        allowed,
        wants("PATCH", "authorization", 204, &right),
        "pass",
    );
    check(
        allowed,
        wants("PATCH", "authorization", 403, &right),
        "fail",
    );
    check(
        allowed,
        wants("DELETE", "authorization", 204, &right),
        "fail",
    );
    check(allowed, wants("POST", "authorization", 204, &right), "pass");
    check(allowed, wants("PATCH", "x-other", 204, &right), "fail");
    let wild = [methods("*"), headers("*")];
    check(allowed, wants("DELETE", "x-other", 204, &wild), "pass");
    check(
        allowed,
        wants("DELETE", "authorization", 204, &wild),
        "fail",
    );
    let kept = [methods("*"), headers("*"), credentials];
    check(allowed, wants("DELETE", "x-other", 204, &kept), "fail");
}

#[test]
fn a_broken_control_leaves_nothing_to_judge() {
    for seen in [
        status(401),
        status(200),
        nothing(NoAnswer::TimedOut, Silence::Refuses),
    ] {
        let broken = Control::Broken("the good token was refused".into());
        assert_eq!(judged(REFUSED, &seen, &broken).word(), "inconclusive");
    }
}
