//! The real binary against hostile targets: exit code, what the terminal gets, and the memory that it takes.

use std::process::{Command, Output, Stdio};

use super::around::{Around, heavy};
use crate::{Reply, answering, whole};

/// Runs `authspec check` to its end; the second is the most memory that it held, in kB, where the system tells.
fn checked(arguments: &[&str]) -> (Output, Option<u64>) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_authspec"))
        .arg("check")
        .args(arguments)
        .args(["--no-progress", "--mode", "full"])
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let watch = std::thread::spawn(move || {
        let mut peak = None;
        while let Ok(text) = std::fs::read_to_string(&status) {
            let Some(now) = text.lines().find_map(|line| line.strip_prefix("VmHWM:")) else {
                break;
            };
            peak = now.trim().trim_end_matches(" kB").parse().ok().or(peak);
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        peak
    });
    let stdout = child.stdout.take().unwrap();
    let reader = std::thread::spawn(move || std::io::read_to_string(stdout).unwrap());
    let mut output = child.wait_with_output().unwrap();
    output.stdout = reader.join().unwrap().into_bytes();
    (output, watch.join().unwrap())
}

async fn checked_at(arguments: Vec<String>) -> (Output, Option<u64>) {
    let run = move || checked(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    tokio::task::spawn_blocking(run).await.unwrap()
}

fn words(line: &str) -> Vec<String> {
    line.split(' ').map(str::to_owned).collect()
}

#[track_caller]
fn nothing_raw(output: &Output) {
    for bytes in [&output.stdout, &output.stderr] {
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert!(!text.contains(['\u{1b}', '\u{7}', '\u{9b}']), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_terminal_gets_nothing_raw_and_the_exit_code_is_2() {
    let evil = b"{\"detail\":\"\xff\x1b]0;owned\x07\x1b[31m<script>\"}";
    let url = answering(whole("400 Bad Request", "x-raw: \u{9b}31m\r\n", evil)).await;
    let line = format!("{url} --preset fastapi --timeout 1s --deadline 4s");
    let (output, _) = checked_at(words(&line)).await;
    nothing_raw(&output);
    assert_eq!(output.status.code(), Some(2));
    // Without a preset it only looks for one, and says what it found.
    let (output, _) = checked_at(words(&format!("{url} --timeout 1s"))).await;
    nothing_raw(&output);
    assert_eq!(output.status.code(), Some(2));
}

/// Debug builds hold more than the 100 MB that a release may.
const MOST: u64 = 150_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn endless_bodies_are_not_held_in_memory() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n".to_vec();
    let url = answering(Reply::Endless(head, vec![b'['; 64 << 10])).await;
    let line = format!("{url} --preset fastapi --timeout 1s --deadline 4s");
    let (output, peak) = checked_at(words(&line)).await;
    assert_eq!(output.status.code(), Some(2));
    assert!(peak.is_none_or(|peak| peak < MOST), "{peak:?} kB");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn heavy_refusals_of_a_whole_run_are_not_held_in_memory() {
    let around = Around::start(0, None, heavy).await;
    let url = format!("http://{}", around.address());
    let line = format!(
        "{url} --preset authspec --timeout 5s --deadline 20s --select token.* --select isolation.* --select errors.*"
    );
    let start = std::time::Instant::now();
    let (output, peak) = checked_at(words(&line)).await;
    let took = start.elapsed();
    assert!(took < std::time::Duration::from_secs(30), "{took:?}");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("passed"), "{text}");
    assert!(peak.is_none_or(|peak| peak < MOST), "{peak:?} kB\n{text}");
}
