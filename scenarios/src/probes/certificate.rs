//! Looks at the certificate by a handshake: is it vouched for, for this host, today and in two weeks?

use super::{Attempt, Certificate, Lab, Probe, Run};
use crate::model::Severity;
use crate::verdict::{Mismatch, Verdict};

pub(super) const PROBE: Probe = Probe {
    name: "certificate",
    run: |lab| -> Run<'_> { Box::pin(looked_at(lab)) },
};

/// A renewal that failed this long before the end is noticed in time.
const DAYS: u32 = 14;

async fn looked_at(lab: &mut dyn Lab) -> Vec<Attempt> {
    vec![Attempt {
        name: "certificate".into(),
        verdict: judged(lab.certificate(DAYS).await),
    }]
}

fn judged(seen: Result<Certificate, String>) -> Verdict {
    match seen {
        Ok(Certificate::Trusted) => Verdict::PASS,
        Ok(Certificate::EndsSoon) => Verdict::Fail(Mismatch {
            consequence: format!("in less than {DAYS} days no client will trust the certificate"),
            expected: format!("a certificate that is good for {DAYS} days or more"),
            actual: "one that ends before".into(),
            severity: Severity::Low,
        }),
        Ok(Certificate::Refused(why)) => Verdict::Fail(Mismatch {
            consequence: "clients cannot tell the server from somebody in between: its certificate proves nothing"
                .into(),
            expected: "a certificate that is vouched for, for this host, today".into(),
            actual: why,
            severity: Severity::High,
        }),
        Err(why) => Verdict::Inconclusive(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_judged_by_who_trusts_it_and_for_how_long() {
        let weighs = |seen| match judged(seen) {
            Verdict::Fail(mismatch) => mismatch.severity.word(),
            other => other.word(),
        };
        assert_eq!(weighs(Ok(Certificate::Trusted)), "pass");
        assert_eq!(weighs(Ok(Certificate::EndsSoon)), "low");
        assert_eq!(weighs(Ok(Certificate::Refused("expired".into()))), "high");
        assert_eq!(weighs(Err("no answer".into())), "inconclusive");
    }
}
