//! The phases of a run: base controls, parallel, quiet, exclusive, observing, base controls again, clean-up.

use std::time::Instant;

use futures_util::{StreamExt as _, stream};
use reports::model::{CaseResult, ScenarioResult};
use scenarios::judge::Control;
use scenarios::model::{Control as ControlOf, NamedControl, Phase, Scenario, Severity, Step};
use scenarios::verdict::{Mismatch, Verdict};

use crate::actors::Actor;
use crate::controls::{Sentinels, When};
use crate::diagnosis;
use crate::enrol::{NotEnrolled, enrol};
use crate::options::Progress;
use crate::outcome::{played, recorded, stated};
use crate::plan::{Planned, abilities, estimate, globs, plan};
use crate::play::{Case, play};
use crate::run::{Run, lock};
use crate::stage::{Done, Part, Seen, Shown, Stage, Stop};

/// The base control that tells who is at fault where a fresh credential is refused.
const AGREE: &str = "token.issuer-verifier-agree";

/// Runs everything; there is no error from here on, only verdicts.
pub(crate) async fn run_all(run: &Run, all: &[Scenario]) -> Vec<ScenarioResult> {
    if let Some(reset) = &run.target.accounts.reset {
        let url = crate::profile::join(&run.target.auth_url, &reset.path);
        run.client.get(&url).await;
    }
    let phase = |name, jobs| {
        let waited = run.options.time.waited_ms();
        run.timeline.begin(name, jobs, waited);
    };
    phase("enrolment", 1);
    let base = Base::establish(run).await;
    let planned = plan(all, &abilities(run), &run.options);
    if let Some(progress) = &run.options.progress {
        progress(Progress::Planned(
            planned.iter().filter(|p| p.lacks.is_none()).count(),
        ));
        let login_too = !run.target.credential.at_registration;
        let estimate = estimate(&planned, &run.target.limits, login_too);
        if let Some(estimate) = estimate.filter(|_| !run.options.time.is_shared()) {
            progress(Progress::Note(&format!(
                "keeps to declared limits: {estimate}"
            )));
        }
    }
    let mut results = Vec::new();
    let (skipped, mut wanted): (Vec<_>, Vec<_>) = planned
        .into_iter()
        .partition(|planned| planned.lacks.is_some());
    for planned in skipped.iter().filter(|planned| planned.reported) {
        let Some(lack) = &planned.lacks else { continue };
        results.push(stated(
            run,
            planned.scenario,
            &Verdict::Skipped(lack.why.clone()),
            lack.give.clone(),
        ));
    }
    phase("base", 1);
    let mut broken = base.broken();
    // Where the API refuses what the issuer gives, registration and login have no fault of their own.
    let mut first: Vec<_> = of(&wanted, Phase::Base).collect();
    first.sort_by_key(|planned| planned.scenario.id != AGREE);
    let mut disagree = false;
    for planned in first {
        let result = match disagree {
            true => {
                let why = base_failed(AGREE);
                stated(run, planned.scenario, &Verdict::Inconclusive(why), None)
            }
            false => base.judged(run, planned.scenario).await,
        };
        disagree |= planned.scenario.id == AGREE && result.verdict == reports::model::Verdict::Fail;
        if result.verdict == reports::model::Verdict::Fail && broken.is_none() {
            broken = Some(base_failed(&planned.scenario.id));
        }
        done(run, &result);
        results.extend(planned.reported.then_some(result));
    }
    let judged = |planned: &'_ Planned<'_>| {
        let (scenario, reported, broken) =
            (planned.scenario.clone(), planned.reported, broken.clone());
        async move {
            // Whether the connection is safe does not hang on an account.
            let result =
                match broken.filter(|_| scenario.control != ControlOf::Named(NamedControl::Tls)) {
                    Some(why) => stated(run, &scenario, &Verdict::Inconclusive(why), None),
                    None => run.timeline.chain(confirmed(run, &scenario)).await,
                };
            done(run, &result);
            reported.then_some(result)
        }
    };
    phase("parallel", at_once(run));
    let side_by_side = async |planned: &[Planned<'_>]| {
        // A slow one must not keep those behind it from starting; the report has them in their order all the same.
        let playing = of(planned, Phase::Parallel).enumerate();
        let playing = playing.map(|(place, planned)| {
            let result = judged(planned);
            async move { (place, result.await) }
        });
        // Made one by one as they begin: each is large.
        let side_by_side = stream::iter(playing).buffer_unordered(at_once(run));
        let mut played: Vec<_> = side_by_side.collect().await;
        played.sort_by_key(|(place, _)| *place);
        played.into_iter().filter_map(|(_, result)| result)
    };
    let unknown = run.key().is_none();
    results.extend(side_by_side(&wanted).await);
    if unknown && run.key().is_some() {
        let allowed = now_allowed(run, all, &skipped);
        results.retain(|result| !allowed.iter().any(|p| p.scenario.id == result.id));
        phase("guessed", at_once(run));
        results.extend(side_by_side(&allowed).await);
        wanted.extend(allowed);
    }
    for (name, alone) in [("quiet", Phase::Quiet), ("exclusive", Phase::Exclusive)] {
        phase(name, 1);
        for planned in of(&wanted, alone) {
            results.extend(judged(planned).await);
        }
    }
    phase("observing", 1);
    for planned in of(&wanted, Phase::Observing) {
        let result = match &broken {
            Some(why) => stated(
                run,
                planned.scenario,
                &Verdict::Inconclusive(why.clone()),
                None,
            ),
            None => observing(run, planned.scenario).await,
        };
        done(run, &result);
        results.extend(planned.reported.then_some(result));
    }
    run.close();
    phase("end", 1);
    if broken.is_none() {
        base_again(run, &mut results, all).await;
    }
    clean_up(run).await;
    run.timeline.end(run.options.time.waited_ms());
    results
}

fn of<'p, 'c>(planned: &'p [Planned<'c>], phase: Phase) -> impl Iterator<Item = &'p Planned<'c>> {
    planned
        .iter()
        .filter(move |planned| planned.scenario.phase == phase)
}

/// What was skipped for want of the signing secret, which has been guessed since then.
fn now_allowed<'c>(run: &Run, all: &'c [Scenario], skipped: &[Planned<'_>]) -> Vec<Planned<'c>> {
    let was_skipped = |id: &str| skipped.iter().any(|planned| planned.scenario.id == id);
    let allowed: Vec<_> = plan(all, &abilities(run), &run.options)
        .into_iter()
        .filter(|planned| planned.lacks.is_none() && was_skipped(&planned.scenario.id))
        .collect();
    run.note(format!(
        "the signing secret was guessed (token.weak-secret): {} scenarios that need it ran with it",
        allowed.len()
    ));
    allowed
}

fn done(run: &Run, result: &ScenarioResult) {
    if let Some(progress) = &run.options.progress {
        progress(Progress::Done {
            id: &result.id,
            verdict: result.verdict.word(),
        });
    }
}

/// What the enrolment of the shared actors showed.
struct Base {
    failure: Option<NotEnrolled>,
}

impl Base {
    async fn establish(run: &Run) -> Base {
        Base {
            failure: Base::enrolled(run).await.err(),
        }
    }

    /// Why everything else is inconclusive, where nobody could be enrolled.
    fn broken(&self) -> Option<String> {
        let failed = self.failure.as_ref()?;
        Some(base_failed(failed.at.base_control()))
    }

    async fn enrolled(run: &Run) -> Result<(), NotEnrolled> {
        for name in ["alice", "bob"] {
            match enrol(run, name).await {
                Ok((actor, _)) => drop(lock(&run.actors).insert(name.to_owned(), actor)),
                // One supplied account still allows what needs no second.
                Err(_) if name == "bob" && !run.target.routes.contains_key("register") => {}
                Err(failed) => return Err(failed),
            }
        }
        Ok(())
    }

    /// A base control: by its scenario where users could be enrolled, otherwise by how far that came.
    async fn judged(&self, run: &Run, scenario: &Scenario) -> ScenarioResult {
        let Some(failed) = &self.failure else {
            return self.played(run, scenario).await;
        };
        let own = failed.at.base_control();
        if scenario.id != own {
            let why = base_failed(own);
            return stated(run, scenario, &Verdict::Inconclusive(why), None);
        }
        let verdict = Verdict::Fail(Mismatch {
            consequence: diagnosis::enrolment(run, failed),
            expected: "an account that can be used".into(),
            actual: failed.why.clone(),
            severity: Severity::Critical,
        });
        let case = Case {
            name: "a user of our own".into(),
            verdict,
            exchanges: failed.exchanges.clone(),
        };
        played(run, scenario, &[case], 0)
    }

    async fn played(&self, run: &Run, scenario: &Scenario) -> ScenarioResult {
        let start = Instant::now();
        let mut cases = play(run, scenario).await;
        if let (Some(case), Some(actor)) = (cases.iter_mut().find(|case| fails(case)), alice(run))
            && scenario.id == AGREE
            && let (Verdict::Fail(mismatch), Some(last)) =
                (&mut case.verdict, case.exchanges.last())
        {
            mismatch.consequence = diagnosis::refused_token(run, &actor, last);
        }
        played(run, scenario, &cases, elapsed(start))
    }
}

fn base_failed(id: &str) -> String {
    format!("a base control failed: {id}")
}

/// How many scenarios run side by side. On a shared clock a wait moves everybody's time: where a declared limit is so
/// tight that they would wait for each other, they run one after another.
fn at_once(run: &Run) -> usize {
    use crate::target::Limit;
    let jobs = run.options.jobs.max(1);
    let limits = &run.target.limits;
    let tight = [limits.login_address, limits.registration, limits.requests]
        .iter()
        .any(|limit| matches!(limit, Limit::Count { count, .. } if *count as usize <= jobs));
    if tight && run.options.time.is_shared() {
        1
    } else {
        jobs
    }
}

fn fails(case: &Case) -> bool {
    matches!(case.verdict, Verdict::Fail(_))
}

fn alice(run: &Run) -> Option<Actor> {
    lock(&run.actors).get("alice").cloned()
}

fn elapsed(start: Instant) -> u64 {
    u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// Plays a scenario; a fail of medium or above is stated only if fresh objects show it once more.
async fn confirmed(run: &Run, scenario: &Scenario) -> ScenarioResult {
    let start = Instant::now();
    if run.is_over() {
        return stated(run, scenario, &Verdict::Inconclusive(run.ended()), None);
    }
    if run.options.signing_key.is_some()
        && run.key().is_none()
        && scenario
            .needs
            .iter()
            .any(|need| need.0 == [scenarios::model::Ability::Secret])
    {
        let opaque = alice(run).is_some_and(|alice| {
            alice.credential.token.is_some() && alice.credential.jwt().is_none()
        });
        let verdict = match opaque {
            true => Verdict::Skipped(
                "access tokens are opaque, so that the secret that was given signs none".into(),
            ),
            false => Verdict::Inconclusive(
                "the secret that was given did not sign the target's tokens; is it the right one?"
                    .into(),
            ),
        };
        return stated(run, scenario, &verdict, None);
    }
    let first = play(run, scenario).await;
    let grave = |cases: &[Case]| {
        cases
            .iter()
            .any(|case| matches!(&case.verdict, Verdict::Fail(m) if m.severity >= Severity::Medium))
    };
    if !grave(&first) {
        return played(run, scenario, &first, elapsed(start));
    }
    let second = play(run, scenario).await;
    if run.is_over() {
        // A confirmation that was cut off says nothing.
        return stated(run, scenario, &Verdict::Inconclusive(run.ended()), None);
    }
    let repeats = |case: &Case| {
        second
            .iter()
            .any(|other| other.name == case.name && fails(other))
    };
    let cases = first.into_iter().map(|case| match &case.verdict {
        Verdict::Fail(mismatch) if mismatch.severity >= Severity::Medium && !repeats(&case) => {
            let why = format!(
                "flaky: it failed once ({}) and did not the second time",
                mismatch.actual
            );
            let again = second.iter().find(|other| other.name == case.name);
            let mut exchanges = case.exchanges.clone();
            exchanges.extend(
                again
                    .map(|other| other.exchanges.clone())
                    .unwrap_or_default(),
            );
            Case {
                verdict: Verdict::Inconclusive(why),
                exchanges,
                ..case
            }
        }
        _ => case,
    });
    let cases: Vec<_> = cases.collect();
    played(run, scenario, &cases, elapsed(start))
}

/// Judges a scenario over the exchanges of others, beside cases of its own.
async fn observing(run: &Run, scenario: &Scenario) -> ScenarioResult {
    let start = Instant::now();
    if run.is_over() {
        return stated(run, scenario, &Verdict::Inconclusive(run.ended()), None);
    }
    let mut cases = match scenario.cases.is_empty() {
        true => Vec::new(),
        false => play(run, scenario).await,
    };
    let mut stage = match Stage::set(run, scenario, 0).await {
        Ok(stage) => stage,
        Err(_) => {
            return stated(
                run,
                scenario,
                &Verdict::Inconclusive("no actors to observe with".into()),
                None,
            );
        }
    };
    // Answers of a target that refuses everybody say nothing.
    if let Err(Stop::Skip(why) | Stop::Unclear(why) | Stop::Broken(why)) = around(&mut stage).await
    {
        return stated(run, scenario, &Verdict::Inconclusive(why), None);
    }
    let watched = globs(&scenario.observe);
    let mut seen: Vec<_> = run
        .seen()
        .into_iter()
        .filter(|seen| watched.is_match(&seen.scenario))
        .collect();
    seen.sort_by(|a, b| (&a.scenario, &a.case).cmp(&(&b.scenario, &b.case)));
    let answered = seen
        .iter()
        .filter(|seen| seen.exchange.response().is_some())
        .count();
    let (mut passed, mut broken) = (0, Vec::new());
    for kept in seen
        .iter()
        .filter(|seen| seen.exchange.response().is_some())
    {
        let done = Done::observed(kept.exchange.clone());
        let shown = Shown {
            valid: kept.good.clone(),
            ..Shown::default()
        };
        let looked = Seen::alone(&done, &shown);
        let step = Step::default();
        match Verdict::worst(stage.judge(&step, &scenario.observed, &Control::Held, looked)) {
            Some(Verdict::Fail(mismatch)) => broken.push(Case {
                name: format!("{} {}", kept.scenario, kept.case),
                verdict: Verdict::Fail(mismatch),
                exchanges: vec![kept.exchange.clone()],
            }),
            Some(_) | None => passed += 1,
        }
    }
    if broken.is_empty() && answered > 0 {
        let note = format!("{passed} answers of other scenarios were looked at");
        cases.push(Case {
            name: "answers of others".into(),
            verdict: Verdict::Pass { note: Some(note) },
            exchanges: vec![],
        });
    }
    cases.extend(broken);
    if cases.is_empty() {
        return stated(
            run,
            scenario,
            &Verdict::Inconclusive("there was nothing to observe".into()),
            None,
        );
    }
    played(run, scenario, &cases, elapsed(start))
}

/// The control of an observing scenario, on the identity route.
async fn around(stage: &mut Stage<'_>) -> Result<(), Stop> {
    let probe = Step {
        actor: Some("alice".into()),
        call: Some("probe".into()),
        ..Step::default()
    };
    let (mut shown, mut sentinels) = (Shown::default(), Sentinels::default());
    stage
        .control(&probe, When::Before, &mut shown, &mut sentinels)
        .await
}

/// Looks at the base controls once more: a target that died on the way has passed nothing.
async fn base_again(run: &Run, results: &mut [ScenarioResult], all: &[Scenario]) {
    let mut broken: Option<(&str, String, Vec<scenarios::exchange::Exchange>)> = None;
    if let Some(mut alice) = alice(run) {
        match crate::enrol::sign_in(run, &mut alice).await {
            Err(failed) => {
                broken = Some((
                    "login.happy-path",
                    diagnosis::enrolment(run, &failed),
                    failed.exchanges,
                ))
            }
            Ok(_) => {
                lock(&run.actors).insert("alice".into(), alice);
                broken = probe_refused(run).await;
            }
        }
    }
    let used = run
        .registration_used
        .load(std::sync::atomic::Ordering::Relaxed);
    if broken.is_none()
        && used
        && run.options.mode == scenarios::model::Mode::Full
        && let Err(failed) = enrol(run, "last").await
    {
        broken = Some((
            "registration.happy-path",
            diagnosis::enrolment(run, &failed),
            failed.exchanges,
        ));
    }
    let Some((id, why, exchanges)) = broken else {
        return;
    };
    registration_is_broken(results, all, id, &why);
    let Some(result) = results.iter_mut().find(|result| result.id == id) else {
        return;
    };
    let told = format!("at the end of the run: {why}");
    // What there was no time to look at may hold as well as not.
    let verdict = match exchanges.is_empty() && run.is_over() {
        true => reports::model::Verdict::Inconclusive,
        false => reports::model::Verdict::Fail,
    };
    result.verdict = verdict;
    result.reason = Some(told.clone());
    result.cases.push(CaseResult {
        name: "at the end of the run".into(),
        verdict,
        expected: "the same answer as at the start".into(),
        actual: exchanges.last().map_or(why, |exchange| exchange.outcome()),
        reason: Some(told),
        evidence: exchanges
            .iter()
            .map(|exchange| recorded(run, exchange))
            .collect(),
    });
}

/// PC-REG is observed before and after all scenarios of registration: a refusal beside a dead route says nothing.
/// After another base control broke, it cannot be observed any more.
fn registration_is_broken(results: &mut [ScenarioResult], all: &[Scenario], id: &str, why: &str) {
    use reports::model::Verdict::{Fail, Inconclusive, Pass};
    let needs_it = |id: &str| {
        all.iter().any(|scenario| {
            scenario.id == id && scenario.control == ControlOf::Named(NamedControl::Reg)
        })
    };
    for result in results {
        if matches!(result.verdict, Pass | Fail) && needs_it(&result.id) {
            result.verdict = Inconclusive;
            result.reason = Some(format!("at the end of the run {id} did not hold: {why}"));
            result.note = None;
        }
    }
}

async fn probe_refused(
    run: &Run,
) -> Option<(&'static str, String, Vec<scenarios::exchange::Exchange>)> {
    let scenario = Scenario::bare(AGREE);
    let mut stage = Stage::set(run, &scenario, 0).await.ok()?;
    let probe = Step {
        actor: Some("alice".into()),
        call: Some("probe".into()),
        ..Step::default()
    };
    match stage.perform(&probe, Part::Control, None).await {
        Ok(done) if done.complete => None,
        Err(crate::stage::Stop::Unclear(why)) => Some((AGREE, why, vec![])),
        Ok(done) => {
            let why = format!(
                "alice's credential was answered {}",
                done.exchange.outcome()
            );
            Some((AGREE, why, vec![done.exchange]))
        }
        Err(_) => None,
    }
}

/// Deletes what this run made, as far as the profile says how; also after an interrupt.
async fn clean_up(run: &Run) {
    // A server that this run started goes away whole.
    if run.options.launched {
        return;
    }
    let scenario = Scenario::bare("clean-up");
    // What is left once the target has fallen silent; it is not asked again.
    let mut left = 0;
    for created in run.take_created().into_iter().rev() {
        let resource = &run.target.resources[created.resource];
        if resource.delete.is_none() {
            continue;
        }
        if left > 0 {
            left += 1;
            continue;
        }
        let Ok(mut stage) = Stage::set(run, &scenario, created.resource).await else {
            left = 1;
            continue;
        };
        stage
            .actors
            .insert(created.owner.name.clone(), created.owner.clone());
        stage.objects.insert(
            "made".into(),
            crate::stage::Object {
                resource: created.resource,
                id: created.id,
                parent: created.parent,
                owner: created.owner.name.clone(),
                marker: String::new(),
                snapshot: None,
                deleted: false,
            },
        );
        let delete = Step {
            actor: Some(created.owner.name.clone()),
            call: Some(format!("{}.delete", resource.name)),
            on: Some("made".into()),
            ..Step::default()
        };
        // What is gone already answers 404.
        let deleted = stage.perform(&delete, Part::Look, None).await;
        if deleted.is_err() || matches!(&deleted, Ok(done) if done.exchange.response().is_none()) {
            left = 1;
        }
    }
    if left > 0 {
        run.note(format!(
            "clean-up: {left} of the objects that this run made may still be there, since the target no longer answered in \
             time; they belong to the accounts of this run"
        ));
    }
}
