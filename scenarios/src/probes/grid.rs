//! Every route of an owner's objects, in every spelling of its path and with the foreign identity in every place.

use super::owners::{NOBODY, Sheet, USERS, answered, attack, make, on, untouched};
use super::spelling::{Spelt, spellings};
use super::{Attempt, Lab, Owned, Probe, Run};
use crate::model::Step;
use crate::verdict::Verdict;

pub(super) const PROBE: Probe = Probe {
    name: "isolation-grid",
    run: |lab| -> Run<'_> { Box::pin(grid(lab, &USERS)) },
};

pub(super) const ANONYMOUS: Probe = Probe {
    name: "paths-without-a-token",
    run: |lab| -> Run<'_> { Box::pin(grid(lab, &NOBODY)) },
};

/// Parameters and members that back ends take for the owner.
const OWNER: [&str; 4] = ["user_id", "userId", "owner", "owner_id"];

async fn grid(lab: &mut dyn Lab, attackers: &[(Option<&str>, &str)]) -> Vec<Attempt> {
    let mut sheet = Sheet::default();
    if lab.public() {
        let why = "everybody may read the resource, by design".to_owned();
        sheet.uncovered(lab, "the resource".into(), &[why]);
        return sheet.done();
    }
    let routes = lab.owned();
    for &(attacker, victim) in attackers {
        for route in &routes {
            let who = attacker.unwrap_or("nobody");
            let name = format!("{who} on {victim}'s, {}", route.call);
            let row = Row {
                attacker,
                victim,
                route,
            };
            if let Err(why) = row.play(lab, &mut sheet, &name).await {
                return sheet.stopped(lab, name, why);
            }
        }
    }
    let apart = [
        "dot segments in paths: the client resolves them before they leave".to_owned(),
        "creation in other spellings (isolation.path-user-id has it as written)".to_owned(),
    ];
    sheet.uncovered(lab, "left out everywhere".into(), &apart);
    sheet.done()
}

/// One route in one direction.
struct Row<'a> {
    attacker: Option<&'a str>,
    victim: &'a str,
    route: &'a Owned,
}

impl Row<'_> {
    async fn play(&self, lab: &mut dyn Lab, sheet: &mut Sheet, name: &str) -> Result<(), String> {
        let call = self.route.call.as_str();
        let reads = matches!(call, "object.read" | "object.list");
        if !reads && !matches!(call, "object.replace" | "object.patch" | "object.delete") {
            if call != "object.create" {
                let why = format!("`{call}` is a route of the profile that no rule is known for");
                sheet.uncovered(lab, name.to_owned(), &[why]);
            }
            return Ok(());
        }
        make(lab, self.victim, "object").await?;
        make(lab, self.victim, "twin").await?;
        let user = lab.text(&format!("{{{}.id}}", self.victim)).ok();
        let in_path = user
            .as_deref()
            .filter(|_| self.route.path.contains("{user_id}"));
        if self.open_already(lab).await? {
            let by = match self.attacker {
                Some(_) => "isolation.read-other and its like",
                None => "token.missing",
            };
            let why = format!("as it is written the route is open already ({by})");
            sheet.uncovered(lab, name.to_owned(), &[why]);
            return Ok(());
        }
        let (object, twin) = (lab.text("{object.id}")?, lab.text("{twin.id}")?);
        let owners = on(self.victim, call, "object");
        let written = lab.path(&owners)?;
        let controls = lab.path(&on(self.victim, call, "twin"))?;
        let spelt = spellings(&written, Some(&object), in_path);
        let twins = spellings(&controls, Some(&twin), in_path);
        let mut silent = Vec::new();
        for ((how, at), (_, control)) in spelt.iter().zip(&twins) {
            if reads {
                self.read(lab, sheet, name, (how, at.clone()), &mut silent)
                    .await?;
            } else {
                self.write(lab, sheet, name, (how, at), control, &mut silent)
                    .await?;
            }
        }
        if let (Some(user), Some(attacker)) = (user.filter(|_| reads), self.attacker) {
            self.elsewhere(lab, sheet, name, (attacker, &user)).await;
        }
        sheet.uncovered(lab, format!("{name}: other spellings"), &silent);
        Ok(())
    }

    fn does(&self, what: &str) -> String {
        let who = self.attacker.map_or("anybody", |_| "a user");
        format!("{who} {what}")
    }

    /// Whether the attack works without any other spelling, which is the finding of another scenario.
    async fn open_already(&self, lab: &mut dyn Lab) -> Result<bool, String> {
        let call = &self.route.call;
        let own = attack(self.attacker, self.victim, call, "object");
        let mut ways = vec![own.clone()];
        if self.attacker.is_some() && self.route.path.contains("{user_id}") {
            let path = [("user_id".to_owned(), self.victim.to_owned())].into();
            ways.push(Step { path, ..own });
        }
        for way in ways {
            let sent = lab.send(way, true).await;
            let changed = untouched(lab, "object", "").await;
            if both(answered(sent, ""), changed) != Verdict::PASS {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A path of the owner's by which the owner reads, asked for by the attacker.
    async fn read(
        &self,
        lab: &mut dyn Lab,
        sheet: &mut Sheet,
        name: &str,
        (how, at): Spelt,
        silent: &mut Vec<String>,
    ) -> Result<(), String> {
        let call = &self.route.call;
        let control = Step {
            at: Some(at.clone()),
            ..on(self.victim, call, "object")
        };
        let control = lab.send(control, true).await?;
        if !control.accepted {
            silent.push(format!("{how} ({})", control.exchange.outcome()));
            return Ok(());
        }
        let consequence = format!(
            "with {how} in the path, {} what belongs to another",
            self.does("reads")
        );
        let attack = Step {
            at: Some(at.clone()),
            ..attack(self.attacker, self.victim, call, "object")
        };
        let sent = lab.send(attack, false).await;
        sheet.enter(lab, format!("{name}, {how}"), answered(sent, &consequence));
        // The object of another below the own path.
        if let Some(attacker) = self.attacker
            && call == "object.read"
            && self.route.path.contains("{user_id}")
        {
            let own = lab.path(&on(attacker, call, "object"))?;
            let ids = (
                lab.text("{object.id}")?,
                lab.text(&format!("{{{attacker}.id}}"))?,
            );
            let again = spellings(&own, Some(&ids.0), Some(&ids.1));
            if let Some((_, at)) = again.into_iter().find(|(other, _)| *other == how) {
                let step = Step {
                    at: Some(at),
                    ..on(attacker, call, "object")
                };
                let sent = lab.send(step, false).await;
                let verdict = answered(sent, &consequence);
                sheet.enter(lab, format!("{name}, {how}, own path"), verdict);
            }
        }
        Ok(())
    }

    /// A path by which the owner changes a twin of the object, used by the attacker on the object.
    async fn write(
        &self,
        lab: &mut dyn Lab,
        sheet: &mut Sheet,
        name: &str,
        (how, at): (&str, &str),
        control: &str,
        silent: &mut Vec<String>,
    ) -> Result<(), String> {
        let call = &self.route.call;
        let owners = Step {
            at: Some(control.to_owned()),
            ..on(self.victim, call, "twin")
        };
        let control = lab.send(owners, true).await?;
        if !control.accepted {
            silent.push(format!("{how} ({})", control.exchange.outcome()));
            return Ok(());
        }
        let attack = Step {
            at: Some(at.to_owned()),
            ..attack(self.attacker, self.victim, call, "object")
        };
        let consequence = format!(
            "with {how} in the path, {} what belongs to another",
            self.does("changes")
        );
        let sent = lab.send(attack, false).await;
        let verdict = both(
            answered(sent, &consequence),
            untouched(lab, "object", &consequence).await,
        );
        let broken = matches!(verdict, Verdict::Fail(_));
        sheet.enter(lab, format!("{name}, {how}"), verdict);
        if call == "object.delete" {
            make(lab, self.victim, "twin").await?;
        }
        if broken {
            make(lab, self.victim, "object").await?;
        }
        Ok(())
    }

    /// The own path, with the owner's id in a place where it decides nothing.
    async fn elsewhere(
        &self,
        lab: &mut dyn Lab,
        sheet: &mut Sheet,
        name: &str,
        (attacker, user): (&str, &str),
    ) {
        let call = &self.route.call;
        for place in OWNER {
            let step = Step {
                query: [(place.to_owned(), user.to_owned())].into(),
                ..on(attacker, call, "object")
            };
            let consequence =
                format!("a user who names another in the query ({place}) reads his objects");
            let sent = lab.send(step, false).await;
            sheet.enter(
                lab,
                format!("{name}, {place} in the query"),
                answered(sent, &consequence),
            );
        }
        let step = Step {
            extra: OWNER.map(|place| (place.to_owned(), user.into())).into(),
            ..on(attacker, call, "object")
        };
        let consequence = "a user who names another in the body reads his objects";
        let sent = lab.send(step, false).await;
        sheet.enter(
            lab,
            format!("{name}, owner in the body"),
            answered(sent, consequence),
        );
    }
}

fn both(first: Verdict, second: Verdict) -> Verdict {
    Verdict::worst([first, second]).unwrap_or(Verdict::PASS)
}
