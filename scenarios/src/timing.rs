//! Whether answers about known addresses take another time than those about unknown ones, by a test whose errors are known.
//!
//! Requests go out in rounds of three, in random order: one for a known address, two for unknown ones. Without a gap the
//! three are exchangeable, whatever the noise of the line is and however it changes from round to round, so that their
//! differences within a round are symmetric: that is all that the signed-rank test of Wilcoxon asks for. The two unknown
//! ones are the control: what they differ by is the noise of the line itself.

use std::sync::LazyLock;

/// The times of one round, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Round {
    pub known: f64,
    pub unknown: f64,
    /// The second unknown one.
    pub other: f64,
}

/// What a look at the rounds so far came to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Finding {
    /// There is a gap that matters.
    Apart(Gap),
    /// There is none, or one too small to matter.
    Alike,
    /// The line is too noisy to tell, even after all rounds.
    Unclear(Gap),
}

/// How far two groups are apart, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gap {
    /// How much later known addresses are answered.
    pub shift: f64,
    /// The larger of the two medians.
    pub median: f64,
    /// What two groups of unknown addresses may differ by.
    pub noise: f64,
    pub rounds: usize,
}

/// The numbers of rounds at which is looked, and the most that there are.
pub const LOOKS: [usize; 3] = [14, 28, 56];
/// A gap below this part of the median does not matter,
const MATTERS: f64 = 0.1;
/// nor does one below this, in milliseconds: no network shows it to an attacker before any limit does.
const FLOOR: f64 = 1.0;
/// A gap counts where it is so many times the noise.
const NOISE: f64 = 3.0;
/// The chance of a gap that is none, at each look and to each side: under 1 in 1,000 for all together.
const FALSE_ALARM: f64 = 0.00015;
/// The chance that the gap lies beyond the interval by which it is ruled out, at each look and to each side.
const MISS: f64 = 0.005;

/// Looks at the rounds so far; nothing where more are needed.
pub fn look(rounds: &[Round]) -> Option<Finding> {
    let ranks = RANKS.iter().find(|ranks| ranks.rounds == rounds.len())?;
    let by_known = Shifts::of(rounds.iter().map(|round| round.known - round.unknown));
    let shift = by_known.middle();
    let of = |time: fn(&Round) -> f64| median(rounds.iter().map(time).collect());
    let median = of(|round| round.known).max(of(|round| round.unknown));
    let matters = (median * MATTERS).max(FLOOR);
    if shift.abs() <= matters && by_known.at_most(ranks.wide) < 2.0 * matters {
        return Some(Finding::Alike);
    }
    let (low, high) = by_known.within(ranks.strict);
    let stands_out = (low > 0.0 || high < 0.0) && shift.abs() > matters;
    let last = LOOKS.last() == Some(&rounds.len());
    if !stands_out && !last {
        return None;
    }
    let by_chance = Shifts::of(rounds.iter().map(|round| round.other - round.unknown));
    let gap = Gap {
        shift,
        median,
        noise: by_chance.at_most(ranks.wide),
        rounds: rounds.len(),
    };
    match stands_out && shift.abs() > gap.noise * NOISE {
        true => Some(Finding::Apart(gap)),
        false => last.then_some(Finding::Unclear(gap)),
    }
}

/// The averages of every two differences (Walsh): their median estimates the shift (Hodges and Lehmann), and their
/// order gives the interval that belongs to the signed-rank test.
struct Shifts(Vec<f64>);

impl Shifts {
    fn of(differences: impl Iterator<Item = f64>) -> Shifts {
        let differences: Vec<_> = differences.collect();
        let mut all = Vec::with_capacity(differences.len() * (differences.len() + 1) / 2);
        for (nth, one) in differences.iter().enumerate() {
            all.extend(differences[..=nth].iter().map(|other| (one + other) / 2.0));
        }
        all.sort_unstable_by(f64::total_cmp);
        Shifts(all)
    }

    fn middle(&self) -> f64 {
        middle(&self.0)
    }

    /// How far from zero they are, without so many at each end.
    fn at_most(&self, outside: usize) -> f64 {
        let (low, high) = self.within(outside);
        low.abs().max(high.abs())
    }

    /// Without so many at each end.
    fn within(&self, outside: usize) -> (f64, f64) {
        let last = self.0.len().saturating_sub(1);
        let at = |index: usize| self.0.get(index.min(last)).copied().unwrap_or_default();
        (at(outside), at(last.saturating_sub(outside)))
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    middle(&values)
}

/// The middle of values in order.
fn middle(values: &[f64]) -> f64 {
    let half = values.len() / 2;
    match values.len() {
        0 => 0.0,
        count if count % 2 == 0 => (values[half - 1] + values[half]) / 2.0,
        _ => values[half],
    }
}

/// How many averages may lie outside of the intervals, for one number of rounds.
struct Ranks {
    rounds: usize,
    strict: usize,
    wide: usize,
}

static RANKS: LazyLock<[Ranks; 3]> = LazyLock::new(|| {
    LOOKS.map(|rounds| Ranks {
        rounds,
        strict: critical(rounds, FALSE_ALARM),
        wide: critical(rounds, MISS),
    })
});

/// The largest rank sum that is reached from below with at most this chance where there is no shift.
fn critical(rounds: usize, chance: f64) -> usize {
    // The chance of each sum of ranks 1 to `rounds`, each of which is in it or not by the toss of a coin.
    let mut chances = vec![1.0];
    for rank in 1..=rounds {
        let mut next = vec![0.0; chances.len() + rank];
        for (sum, chance) in chances.iter().enumerate() {
            next[sum] += chance / 2.0;
            next[sum + rank] += chance / 2.0;
        }
        chances = next;
    }
    let mut below = 0.0;
    let within = chances.iter().take_while(|each| {
        below += **each;
        below <= chance
    });
    within.count().saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use rand::rngs::StdRng;
    use rand::{RngExt as _, SeedableRng};

    use super::*;

    #[test]
    fn the_ranks_are_those_of_the_tables() {
        // Wilcoxon's signed-rank table, one-sided: n = 14 at 0.005, n = 28 at 0.005.
        assert_eq!(critical(14, 0.005), 12);
        assert_eq!(critical(28, 0.005), 91);
        assert_eq!(critical(14, FALSE_ALARM), 1);
    }

    /// How a line delays each answer.
    #[derive(Debug, Clone, Copy)]
    enum Line {
        /// A loopback: half a millisecond of jitter.
        Quiet,
        /// A machine that is busy with something else: one answer in five waits for it.
        Busy,
        /// A network: a long tail.
        Network,
        /// It becomes slower all the time, and has bad seconds.
        Drifting,
        /// Noise of the size of the answers themselves.
        Storm,
    }

    const LINES: [Line; 5] = [
        Line::Quiet,
        Line::Busy,
        Line::Network,
        Line::Drifting,
        Line::Storm,
    ];

    impl Line {
        fn delay(self, rng: &mut StdRng, nth: usize) -> f64 {
            let uniform = |rng: &mut StdRng| rng.random_range(1e-9..1.0_f64);
            let normal = |rng: &mut StdRng| {
                let turn = std::f64::consts::TAU * uniform(rng);
                (-2.0 * uniform(rng).ln()).sqrt() * turn.cos()
            };
            match self {
                Line::Quiet => 0.3 + 0.5 * normal(rng).abs(),
                Line::Busy if uniform(rng) < 0.2 => 4.0 + 16.0 * uniform(rng),
                Line::Busy => 0.5 + normal(rng).abs(),
                Line::Network => 30.0 + (1.0 + 0.8 * normal(rng)).exp(),
                Line::Drifting if (nth / 10).is_multiple_of(4) => 10.0 + 3.0 * normal(rng).abs(),
                Line::Drifting => 0.1 * nth as f64 + normal(rng).abs(),
                Line::Storm => 100.0 * uniform(rng) * uniform(rng),
            }
        }
    }

    /// Looks until something is found, as the probe does. A known address costs `gap` more than `base`.
    fn found(line: Line, base: f64, gap: f64, rng: &mut StdRng) -> Finding {
        let (mut rounds, mut nth) = (Vec::new(), 0);
        loop {
            let mut times = [0.0; 3];
            let mut order = [0, 1, 2];
            order.swap(0, rng.random_range(0..3));
            order.swap(1, rng.random_range(1..3));
            for arm in order {
                let own = if arm == 0 { gap } else { 0.0 };
                times[arm] = base + own + line.delay(rng, nth);
                nth += 1;
            }
            let [known, unknown, other] = times;
            rounds.push(Round {
                known,
                unknown,
                other,
            });
            if let Some(finding) = look(&rounds) {
                return finding;
            }
        }
    }

    /// Of so many runs: how many find a gap, none, or nothing.
    fn counted(line: Line, base: f64, gap: f64, runs: u32) -> [u32; 3] {
        let mut rng = StdRng::seed_from_u64(20);
        let mut counts = [0; 3];
        for _ in 0..runs {
            let which = match found(line, base, gap, &mut rng) {
                Finding::Apart(_) => 0,
                Finding::Alike => 1,
                Finding::Unclear(_) => 2,
            };
            counts[which] += 1;
        }
        counts
    }

    #[test]
    fn without_a_gap_fewer_than_one_run_in_a_thousand_finds_one() {
        let (mut runs, mut alarms) = (0, 0);
        for line in LINES {
            for base in [2.0, 60.0] {
                let [apart, ..] = counted(line, base, 0.0, 1000);
                assert!(apart <= 3, "{apart} of 1000 on {line:?} at {base} ms");
                runs += 1000;
                alarms += apart;
            }
        }
        assert!(alarms * 1000 < runs, "{alarms} of {runs}");
    }

    #[test]
    fn a_hash_that_is_not_computed_is_never_taken_for_none() {
        for line in LINES {
            for hash in [18.0, 60.0, 250.0] {
                let [_, alike, _] = counted(line, 2.0, hash, 500);
                assert_eq!(alike, 0, "on {line:?} for {hash} ms");
            }
        }
    }

    #[test]
    fn it_is_found_wherever_it_stands_out_of_the_noise() {
        for (line, hash) in [
            (Line::Quiet, 18.0),
            (Line::Busy, 18.0),
            (Line::Network, 60.0),
            (Line::Drifting, 60.0),
            (Line::Storm, 250.0),
        ] {
            let [apart, ..] = counted(line, 2.0, hash, 500);
            assert!(apart >= 495, "{apart} of 500 on {line:?} for {hash} ms");
        }
    }

    #[test]
    fn where_both_are_hashed_most_lines_are_clear_enough_to_say_so() {
        for line in [Line::Quiet, Line::Busy, Line::Network, Line::Drifting] {
            let [_, alike, _] = counted(line, 60.0, 0.0, 500);
            assert!(alike >= 475, "{alike} of 500 on {line:?}");
        }
    }

    #[test]
    fn a_gap_that_does_not_matter_is_not_found() {
        for (base, gap) in [(60.0, 3.0), (0.5, 0.7)] {
            let [apart, ..] = counted(Line::Quiet, base, gap, 500);
            assert_eq!(apart, 0, "{gap} ms of {base}");
        }
    }

    #[test]
    fn a_storm_is_told_as_one() {
        let [apart, alike, unclear] = counted(Line::Storm, 20.0, 0.0, 500);
        assert_eq!(apart, 0);
        assert!(unclear > alike, "{alike} alike, {unclear} unclear");
    }

    #[test]
    fn more_rounds_are_asked_for_between_the_looks() {
        let round = Round {
            known: 20.0,
            unknown: 20.0,
            other: 20.0,
        };
        assert_eq!(look(&[round; 13]), None);
        assert_eq!(look(&[round; 14]), Some(Finding::Alike));
    }
}
