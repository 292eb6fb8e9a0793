//! Writes the list of embedded scenario files; runs again when one appears, changes or goes.

use std::{env, fmt::Write, fs, path::Path};

#[expect(
    clippy::disallowed_methods,
    reason = "a build script learns its place from the environment"
)]
fn main() {
    // Asked when it runs: a build directory that was copied from another tree would go on embedding the files of that one.
    let root = env::var("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR");
    let root = Path::new(&root);
    let mut list = String::from("&[\n");
    let mut areas: Vec<_> = directories(root);
    areas.sort();
    println!("cargo::rerun-if-changed=.");
    for area in areas {
        println!("cargo::rerun-if-changed={area}");
        let mut files: Vec<_> = fs::read_dir(root.join(&area))
            .into_iter()
            .flatten()
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| name.ends_with(".toml"))
            .collect();
        files.sort();
        for file in files {
            let path = root.join(&area).join(&file);
            println!("cargo::rerun-if-changed={area}/{file}");
            writeln!(
                list,
                "    ({:?}, include_str!({:?})),",
                format!("{area}/{file}"),
                path.display().to_string()
            )
            .expect("writing to a text cannot fail");
        }
    }
    list.push(']');
    assert!(
        list.contains("include_str!"),
        "no scenario file under {}",
        root.display()
    );
    let out = Path::new(&env::var("OUT_DIR").expect("cargo sets OUT_DIR")).join("embedded.rs");
    fs::write(out, list).expect("OUT_DIR is writable");
}

fn directories(root: &Path) -> Vec<String> {
    fs::read_dir(root)
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| !matches!(name.as_str(), "src" | "tests" | "benches" | "target"))
        .collect()
}
