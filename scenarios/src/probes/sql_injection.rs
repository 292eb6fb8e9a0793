//! Pieces of SQL that are true or false, in ids, searches, orders and stored texts: no answer may tell which it was.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::json;

use super::owners::{Sheet, has, make, on, step};
use super::records::strings_with;
use super::{Attempt, Lab, Probe, Run, Sent};
use crate::model::{Severity, Step};
use crate::verdict::{Mismatch, Verdict};

pub(super) const PROBE: Probe = Probe {
    name: "sql-injection",
    run: |lab| -> Run<'_> { Box::pin(pasted(lab)) },
};

/// What a database says about a statement that it cannot read.
static COMPLAINT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?i)syntax error at or near|unterminated quoted string|unrecognized token: .?"|SQL syntax|SQLSTATE|ORA-\d{5}|near [^:]+: syntax error|unclosed quotation mark"#,
    )
    .ok()
});

/// A condition behind a text, once true and once false.
type Pair = (&'static str, &'static str);

/// Behind an id that stands in quotes, as a number, before the rest of a statement, and in brackets.
const IDS: [Pair; 4] = [
    ("' AND '1'='1", "' AND '1'='2"),
    (" AND 1=1", " AND 1=2"),
    ("' AND 1=1 -- ", "' AND 1=2 -- "),
    ("') AND ('1'='1", "') AND ('1'='2"),
];
/// Behind a text that is compared as a whole, or looked for anywhere: `LIKE '%text%'`.
const SEARCHES: [Pair; 5] = [
    ("' AND '1'='1", "' AND '1'='2"),
    ("%' AND '1%'='1", "%' AND '2%'='1"),
    ("' AND 1=1 -- ", "' AND 1=2 -- "),
    ("%' AND 1=1 -- ", "%' AND 1=2 -- "),
    ("%') AND ('1%'='1", "%') AND ('2%'='1"),
];
const SEARCH_NAMES: [&str; 6] = ["q", "search", "query", "filter", "title", "name"];
const SORT_NAMES: [&str; 5] = ["sort", "order_by", "order", "ordering", "sort_by"];
/// What joins two texts again in SQL: SQLite, PostgreSQL and Oracle; MySQL; SQL Server.
const JOINTS: [&str; 3] = ["'||'", "'/**/'", "'+'"];

async fn pasted(lab: &mut dyn Lab) -> Vec<Attempt> {
    let mut sheet = Sheet::default();
    if let Err(why) = make(lab, "alice", "object").await {
        return sheet.stopped(lab, "an object".into(), why);
    }
    let [reads, lists, updates] =
        ["object.read", "object.list", "object.update"].map(|call| has(lab, call));
    let mut silent = Vec::new();
    if reads {
        let verdict = said(in_path(lab).await);
        sheet.enter(lab, "the id in a path".into(), verdict);
    } else {
        silent.push("ids in paths: no route reads one object".to_owned());
    }
    if lists {
        searches(lab, &mut sheet, &mut silent).await;
        match sorts(lab).await {
            Ok(Some(verdict)) => sheet.enter(lab, "the order of a list".into(), verdict),
            Ok(None) => silent.push("orders: two new objects do not stand in the list".into()),
            Err(why) => sheet.enter(
                lab,
                "the order of a list".into(),
                Verdict::Inconclusive(why),
            ),
        }
    }
    let writes = [
        ("object.create", reads),
        ("object.update", reads && updates),
    ];
    for (call, _) in writes.into_iter().filter(|(_, there)| *there) {
        let verdict = said(in_body(lab, call).await);
        sheet.enter(lab, format!("a text in the body of {call}"), verdict);
    }
    sheet.uncovered(lab, "places that take nothing".into(), &silent);
    sheet.done()
}

fn said(verdict: Result<Verdict, String>) -> Verdict {
    verdict.unwrap_or_else(Verdict::Inconclusive)
}

fn fail(place: &str, actual: String, severity: Severity) -> Verdict {
    Verdict::Fail(Mismatch {
        consequence: format!(
            "{place} becomes part of a query: whoever writes SQL into it reads and changes the database"
        ),
        expected: "the same answer whether the SQL in it is true or false".into(),
        actual,
        severity,
    })
}

/// A text in some place: the request, and whether the object of alice stands in the answer.
struct Place<'a> {
    name: &'a str,
    step: &'a (dyn Fn(&str) -> Step + Sync),
    marker: String,
}

impl Place<'_> {
    async fn ask(&self, lab: &mut dyn Lab, text: &str) -> Result<(Sent, bool), String> {
        let sent = lab.send((self.step)(text), false).await?;
        match sent.exchange.response() {
            Some(response) if !response.is_throttled() => {
                let found = response.is_success() && response.text().contains(&self.marker);
                Ok((sent, found))
            }
            Some(_) | None => Err(sent.exchange.outcome()),
        }
    }

    /// True and false, and the same with the digits changed, since a search by words may find one of them somewhere:
    /// where the object comes and goes with the truth, the condition was read.
    async fn pairs(
        &self,
        lab: &mut dyn Lab,
        text: &str,
        pairs: &[Pair],
    ) -> Result<Option<Verdict>, String> {
        for (right, wrong) in pairs {
            let mut told = true;
            for digits in [str::to_owned, swapped] {
                told = told
                    && self.ask(lab, &format!("{text}{}", digits(right))).await?.1
                    && !self.ask(lab, &format!("{text}{}", digits(wrong))).await?.1;
            }
            if told {
                let actual = format!("the object with `…{right}`, and none with `…{wrong}`");
                return Ok(Some(fail(self.name, actual, Severity::Critical)));
            }
        }
        self.quote(lab, text).await
    }

    /// A lone quote breaks what two of them do not.
    async fn quote(&self, lab: &mut dyn Lab, text: &str) -> Result<Option<Verdict>, String> {
        let (lone, _) = self.ask(lab, &format!("{text}'")).await?;
        let (two, _) = self.ask(lab, &format!("{text}''")).await?;
        Ok(broken(self.name, &lone, &two))
    }
}

fn swapped(text: &str) -> String {
    let other = |c| match c {
        '1' => '2',
        '2' => '1',
        _ => c,
    };
    text.chars().map(other).collect()
}

/// Whether a lone quote broke a query.
fn broken(place: &str, lone: &Sent, two: &Sent) -> Option<Verdict> {
    let status = |sent: &Sent| {
        sent.exchange
            .response()
            .map_or(0, |response| response.status)
    };
    let complains = |sent: &Sent| {
        let response = sent.exchange.response()?;
        COMPLAINT
            .as_ref()?
            .find(&response.text())
            .map(|found| found.as_str().to_owned())
    };
    if let Some(words) = complains(lone) {
        let actual = format!("{} with `{words}` to a quote", status(lone));
        return Some(fail(place, actual, Severity::High));
    }
    (status(lone) >= 500 && status(two) < 500).then(|| {
        let actual = format!("{} to a quote, and {} to two", status(lone), status(two));
        fail(place, actual, Severity::High)
    })
}

async fn in_path(lab: &mut dyn Lab) -> Result<Verdict, String> {
    let id = lab.text("{object.id}")?;
    let place = Place {
        name: "the id in a path",
        step: &|id| Step {
            path: [("id".to_owned(), id.to_owned())].into(),
            ..step("alice", "object.read")
        },
        marker: lab.text("{object.marker}")?,
    };
    if !place.ask(lab, &id).await?.1 {
        return Err("the plain id does not lead to the object".into());
    }
    let told = place.pairs(lab, &id, &IDS).await?;
    match place.ask(lab, &id).await?.1 {
        true => Ok(told.unwrap_or(Verdict::PASS)),
        false => Err("afterwards the plain id does not lead to the object".into()),
    }
}

async fn searches(lab: &mut dyn Lab, sheet: &mut Sheet, silent: &mut Vec<String>) {
    for name in SEARCH_NAMES {
        let ask = |text: &str| Step {
            query: [(name.to_owned(), text.to_owned())].into(),
            ..step("alice", "object.list")
        };
        match search(lab, name, &ask).await {
            Ok(Some(verdict)) => {
                sheet.enter(lab, format!("{name} in the query of the list"), verdict)
            }
            Ok(None) => silent.push(format!(
                "{name} in the query of the list: it filters nothing"
            )),
            Err(why) => {
                let verdict = Verdict::Inconclusive(why);
                sheet.enter(lab, format!("{name} in the query of the list"), verdict);
            }
        }
    }
}

/// Nothing where the parameter is none by which objects are found.
async fn search(
    lab: &mut dyn Lab,
    name: &str,
    step: &(dyn Fn(&str) -> Step + Sync),
) -> Result<Option<Verdict>, String> {
    let marker = lab.text("{object.marker}")?;
    let place = Place {
        name: &format!("`{name}` in the query of the list"),
        step,
        marker: marker.clone(),
    };
    let nowhere = lab.text("{rand}")?;
    let live = place.ask(lab, &marker).await?.1 && !place.ask(lab, &nowhere).await?.1;
    if !live {
        return Ok(None);
    }
    let told = place.pairs(lab, &marker, &SEARCHES).await?;
    match place.ask(lab, &marker).await?.1 {
        true => Ok(Some(told.unwrap_or(Verdict::PASS))),
        false => Err("afterwards the plain text does not find the object".into()),
    }
}

/// Two objects in the order of a list, which a condition in the place of a column turns round or not.
async fn sorts(lab: &mut dyn Lab) -> Result<Option<Verdict>, String> {
    let mut column = None;
    let mut markers = Vec::new();
    for front in ["z", "a"] {
        let marker = lab.text(&format!("{front}{{marker}}"))?;
        let create = Step {
            fields: [("marker".to_owned(), json!(marker))].into(),
            ..step("alice", "object.create")
        };
        let made = lab.send(create, true).await?;
        column = member_of(&made, &marker).or(column);
        markers.push(marker);
    }
    let column = column.unwrap_or_else(|| "title".to_owned());
    let order = |sent: &Sent| {
        let response = sent
            .exchange
            .response()
            .filter(|response| response.is_success())?;
        let text = response.text();
        Some(text.find(&markers[0])? < text.find(&markers[1])?)
    };
    let plain = lab.send(step("alice", "object.list"), true).await?;
    if order(&plain).is_none() {
        return Ok(None);
    }
    for name in SORT_NAMES {
        let by = |truth: &str, way: &str| Step {
            query: [(
                name.to_owned(),
                format!("(CASE WHEN 1={truth} THEN {column} END){way}"),
            )]
            .into(),
            ..step("alice", "object.list")
        };
        let mut seen = Vec::new();
        for (truth, way) in [("1", ""), ("1", " DESC"), ("2", ""), ("2", " DESC")] {
            seen.push(order(&lab.send(by(truth, way), false).await?));
            if seen[0].is_none() {
                // Refused: it is no column.
                break;
            }
        }
        let [Some(up), Some(down), Some(no_up), Some(no_down)] = seen[..] else {
            continue;
        };
        if up == down || no_up != no_down {
            continue;
        }
        let again = order(&lab.send(by("1", ""), false).await?) == Some(up)
            && order(&lab.send(by("1", " DESC"), false).await?) == Some(down)
            && order(&lab.send(by("2", " DESC"), false).await?) == Some(no_down);
        if again {
            let place = format!("`{name}` in the query of the list");
            let actual = format!("sorted by `{column}` with 1=1, and not with 1=2");
            return Ok(Some(fail(&place, actual, Severity::Critical)));
        }
    }
    Ok(Some(Verdict::PASS))
}

/// The member of the sent body that holds a text.
fn member_of(sent: &Sent, text: &str) -> Option<String> {
    fn find(json: &serde_json::Value, text: &str) -> Option<String> {
        json.as_object()?
            .iter()
            .find_map(|(name, value)| match value.as_str() {
                Some(here) if here == text => Some(name.clone()),
                _ => find(value, text),
            })
    }
    find(
        &serde_json::from_slice(&sent.exchange.request.body).ok()?,
        text,
    )
}

/// Two texts with SQL between them that joins them again, stored and read back.
async fn in_body(lab: &mut dyn Lab, call: &str) -> Result<Verdict, String> {
    let place = format!("a text in the body of {call}");
    if !stored(lab, call, " ")
        .await?
        .1
        .iter()
        .any(|text| text.contains("left right"))
    {
        return Err("plain words do not read back".into());
    }
    for joint in JOINTS {
        let (_, texts) = stored(lab, call, joint).await?;
        if texts.iter().any(|text| text.contains("leftright")) {
            let actual = format!("`left{joint}right` reads back as `leftright`");
            return Ok(fail(&place, actual, Severity::Critical));
        }
    }
    let lone = stored(lab, call, "'").await?.0;
    let two = stored(lab, call, "''").await?.0;
    Ok(broken(&place, &lone, &two).unwrap_or(Verdict::PASS))
}

/// The answer to a write, and the texts that the object holds afterwards.
async fn stored(
    lab: &mut dyn Lab,
    call: &str,
    between: &str,
) -> Result<(Sent, Vec<String>), String> {
    let front = lab.text("{marker}")?;
    let fields = [(
        "marker".to_owned(),
        json!(format!("{front} left{between}right")),
    )]
    .into();
    if call == "object.update" {
        make(lab, "alice", "written").await?;
    }
    let write = match call {
        "object.update" => Step {
            fields,
            ..on("alice", call, "written")
        },
        _ => Step {
            fields,
            save: Some("written".into()),
            ..step("alice", call)
        },
    };
    let sent = lab.send(write, false).await?;
    match sent.exchange.response() {
        Some(response) if response.is_throttled() => return Err(sent.exchange.outcome()),
        Some(response) if !response.is_success() => return Ok((sent, Vec::new())),
        Some(_) => {}
        None => return Err(sent.exchange.outcome()),
    }
    if !sent.accepted {
        return Ok((sent, Vec::new()));
    }
    let read = lab
        .send(on("alice", "object.read", "written"), false)
        .await?;
    let json = read
        .exchange
        .response()
        .and_then(|response| response.json());
    let texts = json.map(|json| strings_with(&json, &front));
    Ok((sent, texts.unwrap_or_default()))
}

#[cfg(test)]
mod tests;
