//! How long the whole catalogue takes on the reference server, by phase, beside what each phase could not be under.
//!
//! `cargo bench -p authspec --bench run`

use std::error::Error;
use std::io::{self, Write};

use authspec::demo::{Demo, Settings};
use authspec::options::Options;
use reports::model::Report;
use scenarios::catalogue::Catalogue;
use scenarios::model::Mode;

const ROUNDS: usize = 5;

fn main() -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let catalogue = Catalogue::embedded()?;
    let mut out = io::stdout().lock();
    for round in 1..=ROUNDS {
        let report = runtime.block_on(one_run(&catalogue))?;
        writeln!(
            out,
            "run {round}: {:.2} s, {} scenarios, {} requests",
            report.duration_ms as f64 / 1e3,
            report.summary.total,
            report.summary.requests
        )?;
        table(&mut out, &report)?;
    }
    Ok(())
}

async fn one_run(catalogue: &Catalogue) -> Result<Report, Box<dyn Error>> {
    let demo = Demo::start(&Settings::default(), &|_| None).await?;
    let options = Options {
        mode: Mode::Full,
        launched: true,
        signing_key: Some(demo.signing_key().clone()),
        ..Options::new(demo.time())
    };
    let report = authspec::check(demo.target()?, catalogue, options).await;
    demo.stop().await;
    Ok(report)
}

/// Wall time without waits beside the floor.
fn table(out: &mut impl Write, report: &Report) -> io::Result<()> {
    let (mut wall, mut floor) = (0, 0);
    for phase in &report.phases {
        let busy = phase.wall_ms.saturating_sub(phase.waited_ms);
        wall += busy;
        floor += phase.floor_ms;
        row(out, &phase.phase, phase.exchanges, busy, phase.floor_ms)?;
    }
    row(out, "all", report.summary.requests, wall, floor)
}

fn row(
    out: &mut impl Write,
    name: &str,
    exchanges: u64,
    wall_ms: u64,
    floor_ms: u64,
) -> io::Result<()> {
    let ratio = wall_ms as f64 / floor_ms.max(1) as f64;
    writeln!(
        out,
        "  {name:<10} {exchanges:>6} exchanges  wall {wall_ms:>6} ms  floor {floor_ms:>6} ms  ratio {ratio:.2}"
    )
}
