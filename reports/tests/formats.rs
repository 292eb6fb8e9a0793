//! Each format over one sample report, and what no format may do with a target's text.

mod sample;

use reports::escape::is_hidden;
use reports::gate::Gate;
use reports::model::Verdict;
use reports::{FORMATS, RenderOptions, Report, format};
use sample::{green, mismatch, sample};

fn render(name: &str, report: &Report, options: &RenderOptions) -> String {
    (format(name).unwrap().render)(report, options)
}

#[test]
fn the_sample_in_each_format() {
    for format in FORMATS {
        insta::assert_snapshot!(
            format.name,
            (format.render)(&sample(), &RenderOptions::default())
        );
    }
}

#[test]
fn the_console_shows_a_failed_base_control_first() {
    insta::assert_snapshot!(
        "console-mismatch",
        render("console", &mismatch(), &RenderOptions::default())
    );
}

#[test]
fn the_console_shows_everything_when_asked() {
    let options = RenderOptions {
        verbose: true,
        width: 80,
        ..RenderOptions::default()
    };
    insta::assert_snapshot!("console-verbose", render("console", &sample(), &options));
}

#[test]
fn the_sample_has_each_verdict() {
    for verdict in [
        Verdict::Pass,
        Verdict::Fail,
        Verdict::Inconclusive,
        Verdict::Skipped,
        Verdict::Error,
    ] {
        assert!(
            sample()
                .results
                .iter()
                .any(|result| result.verdict == verdict),
            "{verdict:?}"
        );
    }
}

#[test]
fn nothing_hidden_reaches_the_reader() {
    for format in FORMATS {
        for verbose in [false, true] {
            let options = RenderOptions {
                verbose,
                ..RenderOptions::default()
            };
            let text = (format.render)(&sample(), &options);
            let hidden: Vec<_> = text
                .chars()
                .filter(|c| *c != '\n' && is_hidden(*c))
                .collect();
            assert!(hidden.is_empty(), "{}: {hidden:?}", format.name);
            assert!(
                text.ends_with('\n') && !text.ends_with("\n\n"),
                "{}",
                format.name
            );
        }
    }
}

#[test]
fn markup_of_a_target_is_text_in_xml() {
    let xml = render("junit", &sample(), &RenderOptions::default());
    assert!(!xml.contains("<script"));
    assert!(xml.contains("&lt;script"));
}

#[test]
fn colour_adds_styles_and_changes_no_word() {
    let plain = render("console", &sample(), &RenderOptions::default());
    let colored = render(
        "console",
        &sample(),
        &RenderOptions {
            color: true,
            ..RenderOptions::default()
        },
    );
    assert!(colored.contains("\u{1b}[1m\u{1b}[31mFAIL \u{1b}[0m"));
    let mut stripped = String::new();
    for (at, part) in colored.split("\u{1b}[").enumerate() {
        stripped.push_str(if at == 0 {
            part
        } else {
            part.split_once('m').unwrap().1
        });
    }
    assert_eq!(stripped, plain);
}

#[test]
fn prose_keeps_to_the_width() {
    for width in [80, 100, 120] {
        let options = RenderOptions {
            width,
            ..RenderOptions::default()
        };
        let text = render("console", &sample(), &options);
        let last = text.lines().count() - 1;
        for (at, row) in text.lines().enumerate() {
            // Commands are whole, and so is the last line.
            if at < last && !row.contains("curl -i") {
                assert!(row.chars().count() <= width, "{width}: {row}");
            }
        }
    }
}

#[test]
fn the_first_line_is_the_mode_and_the_last_one_what_was_not_judged() {
    let text = render("console", &green(), &RenderOptions::default());
    assert_eq!(
        text.lines().next(),
        Some("mode full: the target is on loopback")
    );
    assert_eq!(
        text.lines().last(),
        Some("gate passed; nothing was left out of 1 scenario")
    );
}

#[test]
fn json_reads_back_as_the_same_report() {
    let json = render("json", &sample(), &RenderOptions::default());
    assert_eq!(serde_json::from_str::<Report>(&json).unwrap(), sample());
}

#[test]
fn readers_ignore_what_they_do_not_know_and_do_without_what_was_added() {
    let mut value = serde_json::to_value(sample()).unwrap();
    value["later"] = 1.into();
    value["results"][0]["later"] = 1.into();
    for added in ["mode_reason", "interrupted", "gate_rules"] {
        value.as_object_mut().unwrap().remove(added);
    }
    for result in value["results"].as_array_mut().unwrap() {
        let result = result.as_object_mut().unwrap();
        result.remove("why");
        result.remove("give");
    }
    let report: Report = serde_json::from_value(value).unwrap();
    assert_eq!(report.summary.gate, Gate::Failed);
}

#[test]
fn concluding_twice_changes_nothing() {
    assert_eq!(sample().concluded(), sample());
}
