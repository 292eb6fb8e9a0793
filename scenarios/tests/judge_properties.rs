//! The judge has an answer for everything, and less evidence never makes a verdict better.

use std::time::Duration;

use proptest::prelude::*;
use scenarios::exchange::{Answer, Exchange, NoAnswer, Request, Response};
use scenarios::judge::{Contact, Control, Effect, ObjectState, Observation, Silence, judge};
use scenarios::model::{Check, Expectation, Keyword, Severity};
use scenarios::verdict::Verdict;

const KEYWORDS: &[Keyword] = &[
    Keyword::Accepted,
    Keyword::Refused,
    Keyword::Rejected,
    Keyword::Throttled,
    Keyword::DisclosesNothing,
    Keyword::Unchanged,
    Keyword::Gone,
    Keyword::Present,
    Keyword::Absent,
    Keyword::NotTakenOver,
    Keyword::NoServerError,
    Keyword::NoInternals,
    Keyword::OriginAllowed,
    Keyword::OriginRefused,
    Keyword::NoSecret,
    Keyword::NewCredential,
    Keyword::NotFetched,
];

fn response() -> impl Strategy<Value = Response> {
    let name = prop_oneof![
        Just("access-control-allow-origin".to_owned()),
        Just("retry-after".to_owned()),
        "[a-z-]{1,12}"
    ];
    let body = prop_oneof![
        any::<Vec<u8>>(),
        Just(br#"{"id":7}"#.to_vec()),
        Just(Vec::new())
    ];
    let headers = proptest::collection::vec((name, "[ -~]{0,20}"), 0..4);
    let parts = (any::<u16>(), any::<bool>(), headers, body);
    parts.prop_map(|(status, denied, headers, body)| Response {
        status: 100 + status % 500,
        denied,
        headers,
        body,
        truncated: false,
        duration: Duration::ZERO,
    })
}

fn exchange() -> impl Strategy<Value = Exchange> {
    let answer = prop_oneof![
        4 => response().prop_map(Answer::Response),
        1 => Just(Answer::Nothing(NoAnswer::TimedOut)),
        1 => Just(Answer::Nothing(NoAnswer::Closed("eof".into()))),
    ];
    ("[A-Z]{3,7}", any::<bool>(), answer).prop_map(|(method, origin, answer)| {
        let headers = origin.then(|| ("Origin".to_owned(), "https://evil.example".to_owned()));
        Exchange {
            actor: "alice".into(),
            call: "me".into(),
            control: false,
            request: Request {
                method,
                headers: headers.into_iter().collect(),
                ..Request::default()
            },
            answer,
            recipe: None,
        }
    })
}

fn expectation() -> impl Strategy<Value = Expectation> {
    let keyword = proptest::sample::select(KEYWORDS).prop_map(Expectation::Keyword);
    let check = (
        proptest::option::of("\\PC{0,8}"),
        proptest::option::of("[ -~]{0,8}"),
        any::<bool>(),
    )
        .prop_map(|(pattern, pointer, body)| {
            let check = Check {
                matches: pattern,
                pointer,
                body,
                ..Check::default()
            };
            Expectation::Check(Box::new(check))
        });
    prop_oneof![3 => keyword, 1 => check]
}

fn effect() -> impl Strategy<Value = Effect> {
    prop_oneof![
        Just(Effect::NotLooked),
        Just(Effect::None),
        Just(Effect::Happened("it changed".into())),
        Just(Effect::Unknown("no answer".into())),
    ]
}

fn object() -> impl Strategy<Value = ObjectState> {
    prop_oneof![
        Just(ObjectState::NotLooked),
        Just(ObjectState::AsItWas),
        Just(ObjectState::Changed("the title".into())),
        Just(ObjectState::Missing),
        any::<bool>().prop_map(ObjectState::Listed),
        Just(ObjectState::Unknown("no answer".into())),
    ]
}

fn seen<'a>(
    exchange: &'a Exchange,
    control: Option<&'a Response>,
    anonymous: Option<&'a Response>,
) -> Observation<'a> {
    Observation {
        exchange,
        disclosed: Vec::new(),
        complete: false,
        wanted: "the answer",
        effect: Effect::NotLooked,
        object: ObjectState::NotLooked,
        control,
        control_is_telling: false,
        anonymous,
        credential: false,
        credential_works: None,
        token: None,
        extra: Vec::new(),
        passwords: &[],
        cookie: None,
        cookies_authenticate: false,
        others: &[],
        sent: "",
        silence: Silence::Unclear,
        contact: &Contact::NotOffered,
        life_left: None,
        now: 0.0,
        declared: &[],
    }
}

fn verdict(expect: &Expectation, control: &Control, seen: &Observation<'_>) -> Verdict {
    judge(expect, Severity::High, "it matters", control, seen)
}

proptest! {
    #[test]
    fn a_broken_control_is_inconclusive_whatever_was_seen(
        exchange in exchange(), expect in expectation(), effect in effect(), object in object(),
    ) {
        let seen = Observation { effect, object, ..seen(&exchange, None, None) };
        let broken = Control::Broken("the login is down".into());
        prop_assert_eq!(verdict(&expect, &broken, &seen).word(), "inconclusive");
        let _ = verdict(&expect, &Control::Held, &seen);
    }

    #[test]
    fn without_an_answer_nothing_passes_and_nothing_fails(expect in expectation(), effect in effect(), object in object()) {
        let silent = Exchange {
            actor: "alice".into(),
            call: "me".into(),
            control: false,
            request: Request::default(),
            answer: Answer::Nothing(NoAnswer::TimedOut),
            recipe: None,
        };
        let seen = Observation { effect, object, ..seen(&silent, None, None) };
        prop_assert_eq!(verdict(&expect, &Control::Held, &seen).word(), "inconclusive");
    }

    #[test]
    fn an_object_that_nobody_looked_at_neither_passes_nor_fails(exchange in exchange(), at in 5usize..9) {
        let expect = Expectation::Keyword(KEYWORDS[at]);
        prop_assert_eq!(verdict(&expect, &Control::Held, &seen(&exchange, None, None)).word(), "inconclusive");
    }

    /// Without the good answer beside it, what was unclear or a fault does not become a refusal.
    #[test]
    fn dropping_the_answers_of_the_controls_never_makes_a_refusal(
        exchange in exchange(), good in response(), nobody in response(), effect in effect(), telling in any::<bool>(),
    ) {
        let expect = Expectation::Keyword(Keyword::Refused);
        let with = Observation {
            effect: effect.clone(),
            control_is_telling: telling,
            ..seen(&exchange, Some(&good), Some(&nobody))
        };
        // An edge in front is known by comparison alone.
        let edge = exchange.status().is_some_and(|status| (300..500).contains(&status));
        let without = Observation { effect, ..seen(&exchange, None, None) };
        let (before, after) = (verdict(&expect, &Control::Held, &with), verdict(&expect, &Control::Held, &without));
        if before.word() != "pass" && !edge {
            prop_assert_ne!(after.word(), "pass");
        }
    }
}
